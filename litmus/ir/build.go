package ir

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// Builder collects the code of one thread. A dialect's instructions emit
// micro-operations into it; labels are resolved by Finish.
type Builder struct {
	prog   *Program
	thread int
	regs   map[string]int32
	temps  []int32 // of the current instruction's size class; reused by the next instruction
	used   int
	labels map[string]int // by full name, P0:L0
	scope  int            // the thread whose labels the code names
	fixups []fixup
	codes  []codeFixup
	t      Thread
}

type fixup struct {
	instr, micro int
	label        string
	pos          source.Pos
	asValue      bool // the micro's Src[0] becomes the label's address
}

// codeFixup is a micro whose Src[0] becomes the address of instruction index.
type codeFixup struct {
	instr, micro, index int
	name                string // of the label, if none names that instruction
}

// NewBuilder starts thread number thread of p.
func NewBuilder(p *Program, thread int) *Builder {
	return &Builder{
		prog: p, thread: thread, scope: thread,
		regs: map[string]int32{}, labels: map[string]int{},
		t: Thread{Name: fmt.Sprintf("P%d", thread)},
	}
}

// Thread returns the number of the thread being built.
func (b *Builder) Thread() int { return b.thread }

// Program returns the program that the thread belongs to.
func (b *Builder) Program() *Program { return b.prog }

// Reg returns the register of that canonical name, making it (holding zero) at first use.
func (b *Builder) Reg(name string) int32 {
	if r, ok := b.regs[name]; ok {
		return r
	}
	r := int32(len(b.t.Regs))
	b.t.Regs = append(b.t.Regs, Reg{Name: name, Type: Type{Size: 4}})
	b.t.Init = append(b.t.Init, Value{})
	b.regs[name] = r
	return r
}

// Known reports whether a register of that name exists already.
func (b *Builder) Known(name string) bool { _, ok := b.regs[name]; return ok }

// Register returns a register's type and initial value.
func (b *Builder) Register(r int32) (Type, Value) { return b.t.Regs[r].Type, b.t.Init[r] }

// SetReg declares a register's type and initial value.
func (b *Builder) SetReg(name string, typ Type, init Value) {
	r := b.Reg(name)
	b.t.Regs[r].Type, b.t.Init[r] = typ, init
}

// Declare gives the register of that name a type, keeping its initial value.
func (b *Builder) Declare(name string, typ Type) int32 {
	r := b.Reg(name)
	b.t.Regs[r].Type = typ
	return r
}

// Scratch returns a new register without a name, for a value that several
// instructions need.
func (b *Builder) Scratch() int32 {
	b.t.Regs = append(b.t.Regs, Reg{})
	b.t.Init = append(b.t.Init, Value{})
	return int32(len(b.t.Regs) - 1)
}

// Temp returns a register that lives until the end of the current instruction.
func (b *Builder) Temp() int32 {
	if b.used == len(b.temps) {
		b.temps = append(b.temps, int32(len(b.t.Regs)))
		b.t.Regs = append(b.t.Regs, Reg{})
		b.t.Init = append(b.t.Init, Value{})
	}
	b.used++
	return b.temps[b.used-1]
}

// Instruction starts a new instruction: a new point of program order.
func (b *Builder) Instruction(text string, pos source.Pos) {
	b.used = 0
	b.t.Code = append(b.t.Code, Instr{Text: text, Pos: pos})
}

// Scope says that the labels of the code that follows are those of another
// thread: the code is a copy of that thread's, for this one to jump into
// (addresses of code are shared, registers are not).
func (b *Builder) Scope(thread int) { b.scope = thread }

func (b *Builder) labelName(name string) string { return fmt.Sprintf("P%d:%s", b.scope, name) }

// Label names the next instruction.
func (b *Builder) Label(name string, pos source.Pos) error {
	full := b.labelName(name)
	if _, ok := b.labels[full]; ok {
		return source.Errorf(pos, "label %s is defined twice in %s", name, b.t.Name)
	}
	b.labels[full] = len(b.t.Code)
	return nil
}

// HasLabel reports whether a label of that name was given.
func (b *Builder) HasLabel(name string) bool { _, ok := b.labels[b.labelName(name)]; return ok }

// CodeAddresses reports whether the code jumps to addresses that registers hold,
// and whether it takes addresses of labels.
func (b *Builder) CodeAddresses() (jumps, takes bool) {
	for _, in := range b.t.Code {
		for _, m := range in.Micro {
			jumps = jumps || m.Kind == JumpReg
		}
	}
	for _, f := range b.fixups {
		takes = takes || f.asValue
	}
	return jumps, takes
}

// Emit appends a micro-operation to the current instruction and returns its
// index there, for [Builder.Patch].
func (b *Builder) Emit(m Micro) int {
	in := &b.t.Code[len(b.t.Code)-1]
	in.Micro = append(in.Micro, m)
	return len(in.Micro) - 1
}

// Patch sets the Target of a Skip emitted before to jump to here.
func (b *Builder) Patch(skip int) {
	in := &b.t.Code[len(b.t.Code)-1]
	in.Micro[skip].Target = int32(len(in.Micro) - 1 - skip)
}

// Compute emits Dst = Fn(src...) into a new temporary and returns it.
func (b *Builder) Compute(fn Fn, size uint8, src ...Operand) Operand {
	t := b.Temp()
	b.ComputeTo(t, fn, size, false, src...)
	return R(t)
}

// ComputeTo emits dst = Fn(src...).
func (b *Builder) ComputeTo(dst int32, fn Fn, size uint8, signed bool, src ...Operand) {
	m := Micro{Kind: Compute, Fn: fn, Size: size, Dst: dst}
	if signed {
		m.Flags |= Signed
	}
	for i := range m.Src {
		m.Src[i] = Imm(0)
	}
	copy(m.Src[:], src)
	b.Emit(m)
}

// BranchTo emits a Branch (on cond) to a label.
func (b *Builder) BranchTo(cond Operand, label string, pos source.Pos) {
	b.fix(b.Emit(Micro{Kind: Branch, Dst: NoReg, Src: [3]Operand{cond}}), label, pos, false)
}

// JumpTo emits a Jump to a label.
func (b *Builder) JumpTo(label string, pos source.Pos) {
	b.fix(b.Emit(Micro{Kind: Jump, Dst: NoReg}), label, pos, false)
}

// LabelAddress emits dst = the address of a label of this thread.
func (b *Builder) LabelAddress(dst int32, label string, pos source.Pos) {
	b.ComputeTo(dst, Move, 8, false)
	in := &b.t.Code[len(b.t.Code)-1]
	b.fix(len(in.Micro)-1, label, pos, true)
}

// CodeAddress emits dst = the address of the instruction of that index: that of a
// label that names it, or of one made up for it.
func (b *Builder) CodeAddress(dst int32, index int) {
	b.ComputeTo(dst, Move, 8, false)
	in := &b.t.Code[len(b.t.Code)-1]
	b.codes = append(b.codes, codeFixup{len(b.t.Code) - 1, len(in.Micro) - 1, index, b.labelName(fmt.Sprintf(".%d", index))})
}

func (b *Builder) fix(micro int, label string, pos source.Pos, asValue bool) {
	b.fixups = append(b.fixups, fixup{len(b.t.Code) - 1, micro, b.labelName(label), pos, asValue})
}

// Here is the index of the next instruction.
func (b *Builder) Here() int { return len(b.t.Code) }

// Symbol returns the Sym of a symbol, interning it.
func (p *Program) Symbol(kind SymbolKind, name string) int32 {
	for i := range p.Symbols {
		if p.Symbols[i].Kind == kind && p.Symbols[i].Name == name {
			return int32(i + 1)
		}
	}
	p.Symbols = append(p.Symbols, Symbol{Kind: kind, Name: name})
	return int32(len(p.Symbols))
}

// Lookup returns the Sym of a symbol, if it is there.
func (p *Program) Lookup(kind SymbolKind, name string) (int32, bool) {
	for i := range p.Symbols {
		if p.Symbols[i].Kind == kind && p.Symbols[i].Name == name {
			return int32(i + 1), true
		}
	}
	return 0, false
}

// LabelSymbol returns the Sym of a code label, which prints as P<thread>:<name>.
func (p *Program) LabelSymbol(thread int, name string) int32 {
	return p.Symbol(Label, fmt.Sprintf("P%d:%s", thread, name))
}

// Finish resolves the labels and appends the thread to the program.
func (b *Builder) Finish() error {
	for _, f := range b.fixups {
		at, ok := b.labels[f.label]
		if !ok {
			_, name, _ := strings.Cut(f.label, ":")
			return source.Errorf(f.pos, "label %s is not defined in %s", name, b.t.Name)
		}
		m := &b.t.Code[f.instr].Micro[f.micro]
		if f.asValue {
			m.Src[0] = ImmValue(Value{Sym: b.prog.Symbol(Label, f.label)})
		} else {
			m.Target = int32(at)
		}
	}
	for _, f := range b.codes {
		name := f.name
		for _, label := range slices.Sorted(maps.Keys(b.labels)) {
			if b.labels[label] == f.index {
				name = label
				break
			}
		}
		b.labels[name] = f.index
		b.t.Code[f.instr].Micro[f.micro].Src[0] = ImmValue(Value{Sym: b.prog.Symbol(Label, name)})
	}
	b.t.Labels = map[int32]int{}
	for _, name := range slices.Sorted(maps.Keys(b.labels)) {
		b.t.Labels[b.prog.Symbol(Label, name)] = b.labels[name]
	}
	b.prog.Threads = append(b.prog.Threads, b.t)
	return nil
}
