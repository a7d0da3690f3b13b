package arm64

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// Build makes the machine code of a plan for a test in AArch64. Errors name the thread, and the instruction, with its place in the
// file, or the register that cannot be run.
//
// The loop's state is on the stack, so that the test has all registers but SP and one more. X18, X28 and X29 of a test are others
// of the machine's.
func Build(p *plan.Plan) (*plan.Code, error) {
	if p.Test.Dialect != "AArch64" {
		return nil, fmt.Errorf("a test in %s: expected AArch64", p.Test.Dialect)
	}
	b := &builder{plan: p, code: &plan.Code{}}
	if err := b.functions(); err != nil {
		return nil, err
	}
	return b.code, nil
}

// builder builds one function after the other.
type builder struct {
	plan *plan.Plan
	code *plan.Code
	asm  Assembler

	thread    int
	registers *allocation
	instance  Register // the instance's address; for a moment after the test, where registers go
	waits     int      // so far, to tell their labels apart
}

// The loop's state, in 8 bytes each from SP on.
const (
	slotRecord = iota * 8
	slotTable
	slotOut
	slotCount
	slotShared
	slotInterval
	slotPatience
	slotLimit
	slotStep
	slotMask
	slotDelay
	slotTarget // the time at which the instance is due; about that of the start, where that plays no part
	slotGoal   // of Shared.Barrier
	slotLink   // where to return to
	frame      // SP is a multiple of 16
)

func stacked(n int64) Memory { return At(SP).Plus(n) }

// Fields of the memory that is shared with Go.
var recordFields = map[int64]uintptr{
	slotTable:    unsafe.Offsetof(plan.Record{}.Table),
	slotOut:      unsafe.Offsetof(plan.Record{}.Out),
	slotCount:    unsafe.Offsetof(plan.Record{}.Count),
	slotShared:   unsafe.Offsetof(plan.Record{}.Shared),
	slotInterval: unsafe.Offsetof(plan.Record{}.Interval),
	slotPatience: unsafe.Offsetof(plan.Record{}.Patience),
	slotLimit:    unsafe.Offsetof(plan.Record{}.Limit),
	slotStep:     unsafe.Offsetof(plan.Record{}.Step),
	slotMask:     unsafe.Offsetof(plan.Record{}.Mask),
}

const (
	recordEntered = int64(unsafe.Offsetof(plan.Record{}.Entered))
	recordLate    = int64(unsafe.Offsetof(plan.Record{}.Late))
	sharedArrived = int64(unsafe.Offsetof(plan.Shared{}.Arrived))
	sharedThreads = int64(unsafe.Offsetof(plan.Shared{}.Threads))
	sharedStart   = int64(unsafe.Offsetof(plan.Shared{}.Start))
	sharedBarrier = int64(unsafe.Offsetof(plan.Shared{}.Barrier))
)

// schedYield is the number of the system call of Linux (include/uapi/asm-generic/unistd.h).
const schedYield = 124

func (b *builder) functions() error {
	for _, item := range b.plan.Test.Init {
		if item.Type == "ins_t" {
			return source.Errorf(item.Pos, "%s: an instruction as data is not supported", item.Place)
		}
	}
	for t := range b.plan.Threads {
		if err := b.function(t); err != nil {
			return err
		}
	}
	var err error
	b.code.Text, err = b.asm.Assemble()
	return err
}

func (b *builder) function(t int) error {
	b.thread = t
	if err := b.check(); err != nil {
		return err
	}
	b.code.Entries = append(b.code.Entries, b.offset())
	b.place(-1, "entering")
	b.op("sub", SP, SP, Immediate(frame))
	b.op("str", X(link), stacked(slotLink))
	// Of a fault Go's runtime says where it came from if the link register leads to none of its own functions (shouldPushSigpanic).
	b.op("mov", X(link), XZR)
	b.op("str", X(0), stacked(slotRecord))
	for _, s := range []int64{slotTable, slotOut, slotCount, slotShared, slotInterval, slotPatience, slotLimit, slotStep, slotMask} {
		b.op("ldr", X(1), At(X(0)).Plus(int64(recordFields[s])))
		b.op("str", X(1), stacked(s))
	}
	b.op("str", XZR, stacked(slotDelay))
	b.op("str", XZR, stacked(slotGoal))
	b.arrive()

	loop := b.perpetual
	if !b.plan.Perpetual {
		loop = b.instances
	}
	if err := loop(); err != nil {
		return err
	}

	b.place(-1, "leaving")
	if b.plan.Sync == plan.Time && !b.plan.Perpetual {
		b.now(X(0))
		b.op("ldr", X(1), stacked(slotTarget))
		b.op("subs", X(0), X(0), X(1))
		b.op("csel", X(0), X(0), XZR, CS)
		b.op("ldr", X(1), stacked(slotRecord))
		b.op("str", X(0), At(X(1)).Plus(recordLate))
	}
	b.asm.Label(string(b.label("leave")))
	b.op("ldr", X(link), stacked(slotLink))
	b.op("add", SP, SP, Immediate(frame))
	b.op("ret")
	return nil
}

// check allocates the thread's registers, and refuses what the machine would not do as the test means it.
func (b *builder) check() error {
	t := &b.plan.Test.Threads[b.thread]
	// What is between the thread's own code and that of others has no text.
	if slices.ContainsFunc(b.ir().Code, func(in ir.Instr) bool { return in.Text == "" }) {
		return b.errorf("it jumps to addresses that registers hold, and other threads' code has such: expected jumps within the thread")
	}
	var err error
	if b.registers, err = allocate(t, b.ir().Regs); err != nil {
		return err
	}
	if b.instance, err = b.registers.take(); err != nil {
		return b.errorf("%w", err)
	}
	return nil
}

func (b *builder) ir() *ir.Thread { return &b.plan.Test.Program.Threads[b.thread] }

// arrive has all threads begin at the same time, or leaves.
func (b *builder) arrive() {
	b.place(-1, "waiting for all threads to arrive")
	b.now(X(0))
	b.op("str", X(0), stacked(slotTarget))
	b.op("ldr", X(0), stacked(slotShared))
	b.increment("ldaxr", "stlxr", sharedArrived)
	b.op("ldr", X(0), stacked(slotShared))
	b.op("ldr", X(2), At(X(0)).Plus(sharedThreads))
	b.op("cmp", X(1), X(2))
	b.op("b.ne", b.label("arrived"))
	b.now(X(1))
	b.op("add", X(1), X(1), Immediate(plan.Lead))
	b.op("add", X(0), X(0), Immediate(sharedStart))
	b.op("stlr", X(1), At(X(0)))
	b.asm.Label(string(b.label("arrived")))
	b.wait(func(done Label) {
		b.op("ldr", X(0), stacked(slotShared))
		b.op("add", X(0), X(0), Immediate(sharedStart))
		b.op("ldar", X(1), At(X(0)))
		b.op("cbnz", X(1), done)
	}, func() {
		b.over(slotPatience, b.label("patient"))
		b.op("ldr", X(0), stacked(slotShared))
		b.op("ldr", X(2), At(X(0)).Plus(sharedThreads))
		b.op("add", X(0), X(0), Immediate(sharedArrived))
		b.asm.Label(string(b.label("withdraw")))
		b.op("ldaxr", X(1), At(X(0)))
		b.op("cmp", X(1), X(2))
		b.op("b.eq", b.label("arrived"))
		b.op("sub", X(1), X(1), Immediate(1))
		b.op("stlxr", W(8), X(1), At(X(0)))
		b.op("cbnz", W(8), b.label("withdraw"))
		b.op("b", b.label("leave"))
		b.asm.Label(string(b.label("patient")))
	})
	b.op("ldr", X(0), stacked(slotRecord))
	b.op("mov", X(2), Immediate(1))
	b.op("str", X(2), At(X(0)).Plus(recordEntered))
	// Each instance adds the interval before it waits.
	b.op("ldr", X(0), stacked(slotInterval))
	b.op("sub", X(1), X(1), X(0))
	b.op("str", X(1), stacked(slotTarget))
}

// increment adds one to a field of the shared memory, whose address is in X0, and leaves the sum in X1. It overwrites X0 and X2.
func (b *builder) increment(load, store Opcode, field int64) {
	again := b.next("increment")
	b.op("add", X(0), X(0), Immediate(field))
	b.asm.Label(string(again))
	b.op(load, X(1), At(X(0)))
	b.op("add", X(1), X(1), Immediate(1))
	b.op(store, W(2), X(1), At(X(0)))
	b.op("cbnz", W(2), again)
}

// wait looks until look jumps, which may overwrite X0 and X1. After plan.Spins looks it does what long does. It overwrites X2 and
// what a system call does.
func (b *builder) wait(look func(done Label), long func()) {
	again, once, done := b.next("again"), b.next("look"), b.next("done")
	b.asm.Label(string(again))
	b.op("mov", X(2), Immediate(plan.Spins))
	b.asm.Label(string(once))
	look(done)
	b.op("yield")
	b.op("sub", X(2), X(2), Immediate(1))
	b.op("cbnz", X(2), once)
	long()
	if b.plan.Yield {
		b.op("mov", X(8), Immediate(schedYield))
		b.op("svc", Immediate(0))
	}
	b.op("b", again)
	b.asm.Label(string(done))
}

// over jumps unless the ticks in a slot have gone by since slotTarget. It overwrites X0 and X1.
func (b *builder) over(ticks int64, otherwise Label) {
	b.now(X(0))
	b.op("ldr", X(1), stacked(slotTarget))
	b.op("sub", X(0), X(0), X(1))
	b.op("ldr", X(1), stacked(ticks))
	b.op("cmp", X(0), X(1))
	b.op("b.cc", otherwise)
}

// now reads the time once what comes before is done ("Generic Timer": reads of the counter may be early).
func (b *builder) now(to Register) {
	b.op("isb")
	b.op("mrs", to, CNTVCT_EL0)
}

// instances is the loop over instances.
func (b *builder) instances() error {
	b.asm.Label(string(b.label("instance")))
	b.place(-1, "preparing an instance")
	b.op("ldr", X(0), stacked(slotTable))
	b.op("ldr", b.instance, At(X(0)).Post(8))
	b.op("str", X(0), stacked(slotTable))
	for _, p := range b.plan.Threads[b.thread].Preloads {
		b.add(X(0), b.instance, int64(p.Offset), X(0))
		switch p.How {
		case plan.Fetch:
			b.op("prfm", PLDL1KEEP, At(X(0)))
		case plan.Load:
			b.op("ldrb", W(0), At(X(0)))
		case plan.Flush:
			b.op("dc", CIVAC, X(0))
		}
	}
	b.synchronise()
	b.delay()
	if err := b.set(); err != nil {
		return err
	}
	if err := b.body(nil); err != nil {
		return err
	}
	b.op("ldr", b.instance, stacked(slotOut))
	if err := b.record(b.instance); err != nil {
		return err
	}
	b.op("str", b.instance, stacked(slotOut))
	b.op("ldr", X(0), stacked(slotCount))
	b.op("sub", X(0), X(0), Immediate(1))
	b.op("str", X(0), stacked(slotCount))
	b.op("cbnz", X(0), b.label("instance"))
	return nil
}

// synchronise waits for the other threads, or for the time. It orders nothing: whatever of an instance is done early, before
// others are there, is done as the model has it, and may be seen so.
func (b *builder) synchronise() {
	switch b.plan.Sync {
	case plan.Time:
		b.place(-1, "waiting for the time of the instance")
		b.op("ldr", X(0), stacked(slotTarget))
		b.op("ldr", X(1), stacked(slotInterval))
		b.op("add", X(0), X(0), X(1))
		b.op("str", X(0), stacked(slotTarget))
		b.wait(func(done Label) {
			b.op("mrs", X(0), CNTVCT_EL0)
			b.op("ldr", X(1), stacked(slotTarget))
			b.op("cmp", X(0), X(1))
			b.op("b.cs", done)
		}, func() {})
	case plan.Barrier:
		b.place(-1, "waiting for the other threads")
		b.op("ldr", X(0), stacked(slotShared))
		b.op("ldr", X(1), At(X(0)).Plus(sharedThreads))
		b.op("ldr", X(2), stacked(slotGoal))
		b.op("add", X(1), X(1), X(2))
		b.op("str", X(1), stacked(slotGoal))
		b.increment("ldxr", "stxr", sharedBarrier)
		b.wait(func(done Label) {
			b.op("ldr", X(0), stacked(slotShared))
			b.op("ldr", X(0), At(X(0)).Plus(sharedBarrier))
			b.op("ldr", X(1), stacked(slotGoal))
			b.op("cmp", X(0), X(1))
			b.op("b.cs", done)
		}, func() {
			b.over(slotLimit, b.label("waiting"))
			b.all(Constant(X(1), plan.Released))
			b.op("ldr", X(0), stacked(slotShared))
			b.op("add", X(0), X(0), Immediate(sharedBarrier))
			b.op("str", X(1), At(X(0)))
			b.asm.Label(string(b.label("waiting")))
		})
	}
}

// delay goes round an empty loop.
func (b *builder) delay() {
	b.place(-1, "delaying the instance")
	b.op("ldr", X(0), stacked(slotDelay))
	b.op("ldr", X(1), stacked(slotStep))
	b.op("add", X(0), X(0), X(1))
	b.op("str", X(0), stacked(slotDelay))
	b.op("ldr", X(1), stacked(slotMask))
	b.op("and", X(0), X(0), X(1))
	b.op("lsr", X(0), X(0), Immediate(plan.DelayShift))
	b.op("cbz", X(0), b.label("delayed"))
	b.asm.Label(string(b.label("delay")))
	b.op("sub", X(0), X(0), Immediate(1))
	b.op("cbnz", X(0), b.label("delay"))
	b.asm.Label(string(b.label("delayed")))
}

// set gives the test's registers their initial values, with the instance's address where it is.
func (b *builder) set() error {
	b.place(-1, "setting the registers")
	returns, flags := b.returns(), false
	for i, reg := range b.ir().Regs {
		flags = flags || strings.HasPrefix(reg.Name, "PSTATE.")
		v := b.ir().Init[i]
		r, ok := b.registers.register(reg.Name)
		switch {
		case (!ok || r == XZR) && v != ir.Value{}:
			return b.errorf("register %s cannot be set", reg.Name)
		case !ok || r == XZR:
		case v == ir.Value{} && returns[reg.Name]:
			b.op("adr", r, b.label("end"))
		case v.Sym == 0:
			b.all(Constant(r, uint64(v.Int)))
		default:
			if err := b.address(r, reg.Name, v); err != nil {
				return err
			}
		}
	}
	if flags {
		b.op("msr", NZCV, XZR)
	}
	if b.exclusives() {
		b.op("clrex")
	}
	return nil
}

// address sets a register to the address that an initial value is.
func (b *builder) address(r Register, name string, v ir.Value) error {
	symbol := b.plan.Test.Program.Symbols[v.Sym-1]
	switch symbol.Kind {
	case ir.Location:
		offset, ok := b.plan.Offsets[symbol.Name]
		if !ok {
			return b.errorf("register %s: there is no location %s", name, symbol.Name)
		}
		b.add(r, b.instance, int64(offset)+v.Int, r)
	case ir.Label:
		b.op("adr", r, Label(symbol.Name))
	default:
		return b.errorf("register %s: an instruction as data is not supported", name)
	}
	return nil
}

// record stores the registers that are looked at, and has to point past them.
func (b *builder) record(to Register) error {
	for _, index := range b.plan.Threads[b.thread].Out {
		name := b.ir().Regs[index].Name
		r, ok := b.registers.register(name)
		if !ok {
			return b.errorf("register %s cannot be looked at", name)
		}
		b.op("str", r, At(to).Post(8))
	}
	return nil
}

// perpetual is the loop over iterations of a perpetual test. It leaves the flags alone, which are set once.
func (b *builder) perpetual() error {
	stores := b.plan.Threads[b.thread].Stores
	taken := make([]Register, 2+len(stores)) // where registers go, how many iterations are left, and what is stored
	for i := range taken {
		var err error
		if taken[i], err = b.registers.take(); err != nil {
			return b.errorf("%w", err)
		}
	}
	out, left, values := taken[0], taken[1], taken[2:]
	b.place(-1, "preparing the first iteration")
	b.op("ldr", X(0), stacked(slotTable))
	b.op("ldr", b.instance, At(X(0)))
	b.op("ldr", out, stacked(slotOut))
	b.op("ldr", left, stacked(slotCount))
	stored := map[int]Register{}
	for i, s := range stores {
		stored[s.Line] = values[i]
		b.all(Constant(values[i], uint64(s.First)))
	}
	if err := b.set(); err != nil {
		return err
	}
	b.asm.Label(string(b.label("iteration")))
	if err := b.body(stored); err != nil {
		return err
	}
	if err := b.record(out); err != nil {
		return err
	}
	for i, s := range stores {
		b.add(values[i], values[i], s.Stride, b.instance)
	}
	b.op("sub", left, left, Immediate(1))
	b.op("cbnz", left, b.label("iteration"))
	return nil
}

// add adds n: d = base + n. It overwrites scratch if n is no immediate, which is to be other than base then.
func (b *builder) add(d, base Register, n int64, scratch Register) {
	in := New("add", d, base, Immediate(n))
	if !encodes(in) {
		b.all(Constant(scratch, uint64(n)))
		in = New("add", d, base, scratch)
	}
	b.asm.Add(in)
}

func (b *builder) op(op Opcode, operands ...Operand) { b.asm.Add(New(op, operands...)) }

func (b *builder) all(code []Instruction) {
	for _, in := range code {
		b.asm.Add(in)
	}
}

// label names a place of the harness in this thread's function, next one of which there may be several. Labels of the test are
// P0:L0.
func (b *builder) label(name string) Label { return Label(fmt.Sprintf("P%d/%s", b.thread, name)) }

func (b *builder) next(name string) Label {
	b.waits++
	return b.label(fmt.Sprint(name, b.waits))
}

func (b *builder) offset() int { return Size * len(b.asm.instructions) }

// place says what is done from here on.
func (b *builder) place(instr int, what string) {
	b.code.Places = append(b.code.Places, plan.Place{Offset: b.offset(), Thread: b.thread, Instr: instr, What: what})
}

func (b *builder) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{b.plan.Test.Threads[b.thread].Name}, args...)...)
}
