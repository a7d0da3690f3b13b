package x86

import "github.com/weakmem/litmus/litmus/ir"

// shift shifts in 8 bytes, of which the result is the lowest: counts are modulo 32 or 64, and may be above the width of what is shifted
// (Intel SDM volume 2, SAL/SAR/SHL/SHR).
func (l *lowering) shift() error {
	mask := int64(31)
	if l.size == 8 {
		mask = 63
	}
	dst := l.operands[0]
	count := l.b.Compute(ir.And, 8, l.read(l.operands[1]), ir.Imm(mask))
	extended := l.b.Temp()
	l.b.ComputeTo(extended, ir.Move, l.size, l.op.fn == ir.ShrS, l.read(dst))
	old := ir.R(extended)
	result := l.b.Compute(l.op.fn, 8, old, count)
	skip := l.b.Emit(ir.Micro{Kind: ir.Skip, Dst: ir.NoReg, Src: [3]ir.Operand{count}})
	l.flagsOfShift(old, count, result)
	l.b.Patch(skip)
	l.write(dst, result)
	return nil
}

// flagsOfShift sets the flags that a shift by other than 0 leaves: the carry is the last bit shifted out, and the overflow tells whether
// a shift by 1 has changed the sign. For longer shifts the processor leaves the overflow undefined, and the carry if there is no such bit.
func (l *lowering) flagsOfShift(old, count, result ir.Operand) {
	last := l.b.Compute(ir.Sub, 8, count, ir.Imm(1))
	if l.op.fn == ir.Shl {
		last = l.b.Compute(ir.Sub, 8, ir.Imm(8*int64(l.size)), count)
	}
	carry := l.b.Compute(ir.And, 8, l.b.Compute(ir.ShrU, 8, old, last), ir.Imm(1))
	negative := l.b.Compute(ir.LtS, l.size, result, ir.Imm(0))
	less := negative // sign and overflow differ
	switch l.op.fn {
	case ir.Shl:
		less = carry
	case ir.ShrU:
		less = l.b.Compute(ir.Xor, 8, negative, l.b.Compute(ir.LtS, l.size, old, ir.Imm(0)))
	}
	l.resultFlags(result)
	l.b.ComputeTo(l.flag(lessA), ir.Move, 8, false, ir.Imm(0))
	l.b.ComputeTo(l.flag(lessB), ir.Move, 8, false, less)
	l.b.ComputeTo(l.flag(carryA), ir.Move, 8, false, ir.Imm(0))
	l.b.ComputeTo(l.flag(carryB), ir.Move, 8, false, carry)
}
