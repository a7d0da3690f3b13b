package aarch64

import (
	"fmt"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// Instruction is a parsed instruction.
type Instruction struct {
	mnemonic string // upper case
	form     *form
	operands []operand // as the form lists them; optional ones at the end may be missing
}

// form is what a mnemonic takes and what it does.
type form struct {
	operands []class
	lower    func(*lowering) error
}

// String is the instruction's canonical text: upper case, decimal immediates
// after "#", nothing but a comma between operands.
func (in *Instruction) String() string { return in.print(operand.String) }

// Relative is String with each label operand as a distance from this
// instruction, ".+8" or ".-4": the text by which the instruction is known as data.
// offset gives a label's distance in bytes; it may not know the label.
func (in *Instruction) Relative(offset func(label string) (bytes int, ok bool)) string {
	return in.print(func(o operand) string {
		if t, ok := o.(target); ok && !t.relative {
			if n, ok := offset(t.label); ok {
				return target{relative: true, offset: n}.String()
			}
		}
		return o.String()
	})
}

func (in *Instruction) print(show func(operand) string) string {
	var b strings.Builder
	b.WriteString(in.mnemonic)
	for i, o := range in.operands {
		if i == 0 {
			b.WriteByte(' ')
		} else {
			b.WriteByte(',')
		}
		b.WriteString(show(o))
	}
	return b.String()
}

// Lower emits the instruction into b.
func (in *Instruction) Lower(b *ir.Builder, pos source.Pos) error {
	l := &lowering{Builder: b, in: in, pos: pos}
	if in.throughCapability() {
		// The base is a capability register. Nothing here puts a tagged capability into one, so the access
		// faults, and there is no handler.
		l.Emit(ir.Micro{Kind: ir.Exit, Dst: ir.NoReg})
		return nil
	}
	return in.form.lower(l)
}

func (in *Instruction) throughCapability() bool {
	for _, o := range in.operands {
		if a, ok := o.(address); ok && a.capability {
			return true
		}
	}
	return false
}

// lowering is the lowering of one instruction.
type lowering struct {
	*ir.Builder
	in  *Instruction
	pos source.Pos
}

func (l *lowering) errorf(format string, args ...any) error {
	return source.Errorf(l.pos, "%s: %s", l.in, fmt.Sprintf(format, args...))
}

// has reports whether operand i is there.
func (l *lowering) has(i int) bool { return i < len(l.in.operands) }

// register returns operand i, which is a register.
func (l *lowering) register(i int) register { return l.in.operands[i].(register) }

// immediate returns operand i, which is an immediate.
func (l *lowering) immediate(i int) int64 { return int64(l.in.operands[i].(immediate)) }

// address returns operand i, which is the address of an access.
func (l *lowering) address(i int) address { return l.in.operands[i].(address) }

// size is the width in bytes of register operand i.
func (l *lowering) size(i int) uint8 { return l.register(i).size }

// bits is the width in bits of register operand i.
func (l *lowering) bits(i int) int64 { return 8 * int64(l.size(i)) }

// source returns what reading r gives. W registers give all of their X
// register: every use has a size that cuts it.
func (l *lowering) source(r register) ir.Operand {
	if r.name == zeroRegister {
		return ir.Imm(0)
	}
	return ir.R(l.Reg(r.name))
}

// read returns the value of operand i, a register or an immediate.
func (l *lowering) read(i int) ir.Operand {
	if n, ok := l.in.operands[i].(immediate); ok {
		return ir.Imm(int64(n))
	}
	return l.source(l.register(i))
}

// destination returns the register to write for r: none for the zero register.
func (l *lowering) destination(r register) int32 {
	if r.name == zeroRegister {
		return ir.NoReg
	}
	return l.Reg(r.name)
}

// write emits register operand i = fn(src...) at its width.
func (l *lowering) write(i int, fn ir.Fn, src ...ir.Operand) {
	r := l.register(i)
	l.ComputeTo(l.destination(r), fn, r.size, false, src...)
}
