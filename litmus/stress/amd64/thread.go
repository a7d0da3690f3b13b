package amd64

import (
	"fmt"
	"unsafe"

	"github.com/weakmem/litmus/litmus/stress/plan"
)

// Build makes the machine code of a plan for a test in X86 or X86_64. Errors name the thread, and the instruction
// or register that cannot be run.
//
// The loop's state is on the stack, so that the test has all registers but RSP and one more.
func Build(p *plan.Plan) (*plan.Code, error) {
	b := &builder{plan: p, code: &plan.Code{}}
	for t := range p.Threads {
		if err := b.function(t); err != nil {
			return nil, fmt.Errorf("%s: %w", p.Test.Threads[t].Name, err)
		}
	}
	text, err := b.asm.Assemble()
	if err != nil {
		return nil, err
	}
	b.code.Text = text
	for i := range b.code.Places {
		b.code.Places[i].Offset = b.asm.Offset(b.code.Places[i].Offset)
	}
	for t := range b.code.Entries {
		b.code.Entries[t] = b.asm.Offset(b.code.Entries[t])
	}
	return b.code, nil
}

// builder builds one function after the other. Until the program is assembled its offsets count instructions.
type builder struct {
	plan *plan.Plan
	code *plan.Code
	asm  Assembler

	thread   int
	free     []Register // that the test leaves alone
	instance Register   // the instance's address; for a moment after the test, where registers go
	symbolic map[string]Register
	waits    int // so far, to tell their labels apart
}

// The loop's state, in 8 bytes each from RSP on.
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
	slotTarget // the time at which the instance is due; where that plays no part, of the arrival, then of the start
	slotGoal   // of Shared.Barrier
	frame
)

func slot(n int32) Memory { return Memory{Base: RSP, Disp: n} }

// Fields of the memory that is shared with Go.
var (
	recordFields = map[int32]uintptr{
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
	entered = int32(unsafe.Offsetof(plan.Record{}.Entered))
	late    = int32(unsafe.Offsetof(plan.Record{}.Late))
	arrived = Memory{Base: RCX, Disp: int32(unsafe.Offsetof(plan.Shared{}.Arrived))}
	threads = Memory{Base: RCX, Disp: int32(unsafe.Offsetof(plan.Shared{}.Threads))}
	start   = Memory{Base: RCX, Disp: int32(unsafe.Offsetof(plan.Shared{}.Start))}
	barrier = Memory{Base: RCX, Disp: int32(unsafe.Offsetof(plan.Shared{}.Barrier))}
)

// schedYield is the number of the system call of Linux (arch/x86/entry/syscalls/syscall_64.tbl).
const schedYield = 24

func (b *builder) function(t int) error {
	b.thread = t
	if err := b.registers(); err != nil {
		return err
	}
	b.code.Entries = append(b.code.Entries, b.asm.Len())
	b.place(-1, "entering")
	b.op(Sub, RSP, Immediate(frame))
	b.op(Mov, slot(slotRecord), RDI)
	for _, s := range []int32{slotTable, slotOut, slotCount, slotShared, slotInterval, slotPatience, slotLimit, slotStep, slotMask} {
		b.op(Mov, RAX, Memory{Base: RDI, Disp: int32(recordFields[s])})
		b.op(Mov, slot(s), RAX)
	}
	b.op(Mov, slot(slotDelay), Immediate(0))
	b.op(Mov, slot(slotGoal), Immediate(0))
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
		b.now()
		b.op(Xor, RCX, RCX)
		b.op(Sub, RAX, slot(slotTarget))
		b.asm.Add(Instruction{Op: Cmovcc, Size: 8, Condition: Below, Dst: RAX, Src: RCX})
		b.op(Mov, RDI, slot(slotRecord))
		b.op(Mov, Memory{Base: RDI, Disp: late}, RAX)
	}
	b.asm.Label(b.label("leave"))
	b.op(Add, RSP, Immediate(frame))
	b.asm.Add(Instruction{Op: Ret})
	return nil
}

// arrive has all threads begin at the same time, or leaves.
func (b *builder) arrive() {
	b.place(-1, "waiting for all threads to arrive")
	b.now()
	b.op(Mov, slot(slotTarget), RAX)
	b.op(Mov, RCX, slot(slotShared))
	b.asm.Add(Instruction{Op: Mov, Size: 4, Dst: RAX, Src: Immediate(1)})
	b.asm.Add(Instruction{Op: Xadd, Size: 8, Lock: true, Dst: arrived, Src: RAX})
	b.op(Add, RAX, Immediate(1))
	b.op(Cmp, RAX, threads)
	b.jump(NotEqual, b.label("arrived"))
	b.now()
	b.op(Add, RAX, Immediate(plan.Lead))
	b.op(Mov, start, RAX)
	b.asm.Label(b.label("arrived"))
	b.wait(func(done string) {
		b.op(Mov, RAX, start)
		b.op(Test, RAX, RAX)
		b.jump(NotEqual, done)
	}, func() {
		b.over(slotPatience, b.label("patient"))
		b.op(Mov, RAX, arrived)
		b.asm.Label(b.label("withdraw"))
		b.op(Cmp, RAX, threads)
		b.jump(Equal, b.label("arrived"))
		b.op(Lea, RDX, Memory{Base: RAX, Disp: -1})
		b.asm.Add(Instruction{Op: Cmpxchg, Size: 8, Lock: true, Dst: arrived, Src: RDX})
		b.jump(NotEqual, b.label("withdraw"))
		b.asm.Add(Instruction{Op: Jmp, Dst: Label(b.label("leave"))})
		b.asm.Label(b.label("patient"))
	})
	b.op(Mov, slot(slotTarget), RAX)
	b.op(Mov, RDI, slot(slotRecord))
	b.op(Mov, Memory{Base: RDI, Disp: entered}, Immediate(1))
}

// wait looks, with the address of the shared memory in RCX, until look jumps. After plan.Spins looks it does what long does. It
// overwrites RDX and what a system call does.
func (b *builder) wait(look func(done string), long func()) {
	b.waits++
	again, once, done := b.label(fmt.Sprint("again", b.waits)), b.label(fmt.Sprint("look", b.waits)), b.label(fmt.Sprint("done", b.waits))
	b.asm.Label(again)
	b.asm.Add(Instruction{Op: Mov, Size: 4, Dst: RDX, Src: Immediate(plan.Spins)})
	b.asm.Label(once)
	look(done)
	b.asm.Add(Instruction{Op: Pause})
	b.op(Sub, RDX, Immediate(1))
	b.jump(NotEqual, once)
	long()
	if b.plan.Yield {
		b.asm.Add(Instruction{Op: Mov, Size: 4, Dst: RAX, Src: Immediate(schedYield)})
		b.asm.Add(Instruction{Op: Syscall})
		b.op(Mov, RCX, slot(slotShared))
	}
	b.asm.Add(Instruction{Op: Jmp, Dst: Label(again)})
	b.asm.Label(done)
}

// over jumps unless the ticks in a slot have gone by since slotTarget.
func (b *builder) over(ticks int32, otherwise string) {
	b.now()
	b.op(Sub, RAX, slot(slotTarget))
	b.op(Cmp, RAX, slot(ticks))
	b.jump(Below, otherwise)
}

// now reads the time-stamp counter into RAX.
func (b *builder) now() {
	b.asm.Add(Instruction{Op: Rdtsc})
	b.op(Shl, RDX, Immediate(32))
	b.op(Or, RAX, RDX)
}

// instances is the loop over instances.
func (b *builder) instances() error {
	b.asm.Label(b.label("instance"))
	b.place(-1, "preparing an instance")
	b.op(Mov, RAX, slot(slotTable))
	b.op(Mov, b.instance, Memory{Base: RAX})
	b.op(Add, slot(slotTable), Immediate(8))
	for _, p := range b.plan.Threads[b.thread].Preloads {
		line := Memory{Base: b.instance, Disp: p.Offset}
		switch p.How {
		case plan.Fetch:
			b.asm.Add(Instruction{Op: Prefetcht0, Dst: line})
		case plan.Load:
			b.asm.Add(Instruction{Op: Movzx, Size: 4, From: 1, Dst: RAX, Src: line})
		case plan.Flush:
			b.asm.Add(Instruction{Op: Clflush, Dst: line})
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
	b.op(Mov, b.instance, slot(slotOut))
	n, err := b.record(b.instance)
	if err != nil {
		return err
	}
	b.op(Add, slot(slotOut), Immediate(n))
	b.op(Sub, slot(slotCount), Immediate(1))
	b.jump(NotEqual, b.label("instance"))
	return nil
}

// synchronise waits for the other threads, or for the time.
func (b *builder) synchronise() {
	switch b.plan.Sync {
	case plan.Time:
		b.place(-1, "waiting for the time of the instance")
		b.op(Mov, RCX, slot(slotTarget))
		b.op(Add, RCX, slot(slotInterval))
		b.op(Mov, slot(slotTarget), RCX)
		b.asm.Label(b.label("time"))
		b.now()
		b.op(Cmp, RAX, RCX)
		b.jump(Below, b.label("time"))
	case plan.Barrier:
		b.place(-1, "waiting for the other threads")
		b.op(Mov, RCX, slot(slotShared))
		b.op(Mov, RAX, threads)
		b.op(Add, slot(slotGoal), RAX)
		b.asm.Add(Instruction{Op: Inc, Size: 8, Lock: true, Dst: barrier})
		b.wait(func(done string) {
			b.op(Mov, RAX, barrier)
			b.op(Cmp, RAX, slot(slotGoal))
			b.jump(AboveOrEqual, done)
		}, func() {
			b.over(slotLimit, b.label("waiting"))
			b.op(Mov, RAX, Immediate(plan.Released))
			b.op(Mov, barrier, RAX)
			b.asm.Label(b.label("waiting"))
		})
	}
}

// delay goes round an empty loop.
func (b *builder) delay() {
	b.op(Mov, RAX, slot(slotDelay))
	b.op(Add, RAX, slot(slotStep))
	b.op(Mov, slot(slotDelay), RAX)
	b.op(And, RAX, slot(slotMask))
	b.op(Shr, RAX, Immediate(plan.DelayShift))
	b.jump(Equal, b.label("delayed"))
	b.asm.Label(b.label("delay"))
	b.op(Sub, RAX, Immediate(1))
	b.jump(NotEqual, b.label("delay"))
	b.asm.Label(b.label("delayed"))
}

// perpetual is the loop over iterations of a perpetual test.
func (b *builder) perpetual() error {
	var taken [2]Register // where registers go; how many iterations are left
	values := map[int]Register{}
	var err error
	for i := range taken {
		if taken[i], err = b.take(); err != nil {
			return err
		}
	}
	stores := b.plan.Threads[b.thread].Stores
	for _, s := range stores {
		if values[s.Line], err = b.take(); err != nil {
			return err
		}
	}
	out, left := taken[0], taken[1]
	b.place(-1, "preparing the first iteration")
	b.op(Mov, RAX, slot(slotTable))
	b.op(Mov, b.instance, Memory{Base: RAX})
	b.op(Mov, out, slot(slotOut))
	b.op(Mov, left, slot(slotCount))
	for _, s := range stores {
		b.op(Mov, values[s.Line], Immediate(s.First))
	}
	if err := b.set(); err != nil {
		return err
	}
	b.asm.Label(b.label("iteration"))
	if err := b.body(values); err != nil {
		return err
	}
	n, err := b.record(out)
	if err != nil {
		return err
	}
	b.op(Add, out, Immediate(n))
	for _, s := range stores {
		b.op(Add, values[s.Line], Immediate(s.Stride))
	}
	b.op(Sub, left, Immediate(1))
	b.jump(NotEqual, b.label("iteration"))
	return nil
}

// op adds an instruction of 8 bytes.
func (b *builder) op(op Op, dst, src Operand) {
	b.asm.Add(Instruction{Op: op, Size: 8, Dst: dst, Src: src})
}

func (b *builder) jump(c Condition, label string) {
	b.asm.Add(Instruction{Op: Jcc, Condition: c, Dst: Label(label)})
}

// label names a place of the harness in this thread's function; labelOf one of the test.
func (b *builder) label(name string) string   { return fmt.Sprintf("P%d/%s", b.thread, name) }
func (b *builder) labelOf(name string) string { return fmt.Sprintf("P%d.%s", b.thread, name) }

// place says what is done from here on.
func (b *builder) place(instr int, what string) {
	b.code.Places = append(b.code.Places, plan.Place{Offset: b.asm.Len(), Thread: b.thread, Instr: instr, What: what})
}
