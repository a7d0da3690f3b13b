package x86

import "github.com/weakmem/litmus/litmus/ir"

// The flags are kept as what they were computed from, and computed when an instruction asks for them. An
// equality of two addresses can then be told where their difference, which the sign flag needs, cannot.
//
//	zero      zeroA == zeroB
//	less      lessA < lessB, signed: the sign and overflow flags differ
//	carry     carryA < carryB, unsigned
//	sign      (zeroA - zeroB) << signShift < 0
//
// All are sign-extended to 64 bits, which keeps the order of unsigned numbers too. At first they are clear.
const (
	zeroA, zeroB   = Flags + "zero.a", Flags + "zero.b"
	lessA, lessB   = Flags + "less.a", Flags + "less.b"
	carryA, carryB = Flags + "carry.a", Flags + "carry.b"
	signShift      = Flags + "sign.shift"
)

// Flags is how the names of registers of the IR that stand for the flags begin.
const Flags = "FLAGS."

// flag is one of the registers above.
func (l *lowering) flag(name string) int32 {
	if name == zeroA && !l.b.Known(zeroA) {
		l.b.SetReg(zeroA, ir.Type{Size: 8}, ir.Int(1))
	}
	return l.b.Reg(name)
}

// setFlag sets one of the registers above to a value of the instruction's size.
func (l *lowering) setFlag(name string, value ir.Operand) {
	l.b.ComputeTo(l.flag(name), ir.Move, l.size, true, value)
}

// flagsOfDifference sets the flags that a-b leaves.
func (l *lowering) flagsOfDifference(a, b ir.Operand) {
	l.setFlag(zeroA, a)
	l.setFlag(zeroB, b)
	l.setFlag(lessA, a)
	l.setFlag(lessB, b)
	l.setFlag(carryA, a)
	l.setFlag(carryB, b)
	l.b.ComputeTo(l.flag(signShift), ir.Move, 8, false, ir.Imm(64-8*int64(l.size)))
}

// flagsOfResult sets the flags that a logical operation leaves: no carry, no overflow.
func (l *lowering) flagsOfResult(result ir.Operand) {
	l.resultFlags(result)
	l.setFlag(lessA, result)
	l.setFlag(lessB, ir.Imm(0))
	l.setFlag(carryA, ir.Imm(0))
	l.setFlag(carryB, ir.Imm(0))
}

// flagsOfSum sets the flags that a+b leaves; inc and dec leave the carry alone.
func (l *lowering) flagsOfSum(a, b, sum ir.Operand) {
	l.resultFlags(sum)
	negative := l.b.Compute(ir.LtS, l.size, sum, ir.Imm(0))
	overflow := l.b.Compute(ir.AddOverflow, l.size, a, b, ir.Imm(0))
	l.b.ComputeTo(l.flag(lessA), ir.Move, 8, false, ir.Imm(0))
	l.b.ComputeTo(l.flag(lessB), ir.Xor, 8, false, negative, overflow)
	if l.mnemonic == "inc" || l.mnemonic == "dec" {
		return
	}
	l.b.ComputeTo(l.flag(carryA), ir.Move, 8, false, ir.Imm(0))
	l.b.ComputeTo(l.flag(carryB), ir.AddCarry, l.size, false, a, b, ir.Imm(0))
}

func (l *lowering) resultFlags(result ir.Operand) {
	l.setFlag(zeroA, result)
	l.setFlag(zeroB, ir.Imm(0))
	l.b.ComputeTo(l.flag(signShift), ir.Move, 8, false, ir.Imm(0))
}

// condition computes whether the instruction's condition holds: 1 or 0.
func (l *lowering) condition() ir.Operand {
	of := func(fn ir.Fn, a, b string) ir.Operand {
		return l.b.Compute(fn, 8, ir.R(l.flag(a)), ir.R(l.flag(b)))
	}
	not := func(v ir.Operand) ir.Operand { return l.b.Compute(ir.Xor, 8, v, ir.Imm(1)) }
	sign := func() ir.Operand {
		shifted := l.b.Compute(ir.Shl, 8, of(ir.Sub, zeroA, zeroB), ir.R(l.flag(signShift)))
		return l.b.Compute(ir.LtS, 8, shifted, ir.Imm(0))
	}
	or := func(a, b ir.Operand) ir.Operand { return l.b.Compute(ir.Or, 8, a, b) }
	switch l.cond {
	case "e":
		return of(ir.Eq, zeroA, zeroB)
	case "ne":
		return of(ir.Ne, zeroA, zeroB)
	case "l":
		return of(ir.LtS, lessA, lessB)
	case "ge":
		return not(of(ir.LtS, lessA, lessB))
	case "le":
		return or(of(ir.LtS, lessA, lessB), of(ir.Eq, zeroA, zeroB))
	case "g":
		return not(or(of(ir.LtS, lessA, lessB), of(ir.Eq, zeroA, zeroB)))
	case "b":
		return of(ir.LtU, carryA, carryB)
	case "ae":
		return not(of(ir.LtU, carryA, carryB))
	case "be":
		return or(of(ir.LtU, carryA, carryB), of(ir.Eq, zeroA, zeroB))
	case "a":
		return not(or(of(ir.LtU, carryA, carryB), of(ir.Eq, zeroA, zeroB)))
	case "s":
		return sign()
	case "ns":
		return not(sign())
	case "o":
		return l.b.Compute(ir.Xor, 8, of(ir.LtS, lessA, lessB), sign())
	}
	return not(l.b.Compute(ir.Xor, 8, of(ir.LtS, lessA, lessB), sign()))
}

func (l *lowering) jumpIf() error {
	l.b.BranchTo(l.condition(), l.label, l.pos)
	return nil
}

func (l *lowering) setIf() error {
	dst := l.operands[0]
	if dst.kind == memory {
		l.at = l.location(dst)
	}
	l.write(dst, l.condition())
	return nil
}

func (l *lowering) moveIf() error {
	dst := l.operands[0]
	// The source is read whether the condition holds or not.
	value := l.read(l.operands[1])
	old := l.read(dst)
	t := l.b.Temp()
	l.b.Emit(ir.Micro{Kind: ir.Select, Size: l.size, Dst: t, Src: [3]ir.Operand{l.condition(), value, old}})
	l.write(dst, ir.R(t))
	return nil
}
