package aarch64

import "github.com/weakmem/litmus/litmus/ir"

// Branches and the addresses of code. Instructions are four bytes long.
const instructionBytes = 4

// index returns the instruction that a distance goes to.
func (l *lowering) index(t target) (int, error) {
	here := l.Here() - 1
	to := here + t.offset/instructionBytes
	if t.offset%instructionBytes != 0 {
		return 0, l.errorf("expected a distance of a multiple of %d bytes", instructionBytes)
	}
	if to < 0 {
		return 0, l.errorf("the distance goes before the first instruction")
	}
	return to, nil
}

// branch emits a branch to operand i if cond holds, or a jump there if it is immediate.
func (l *lowering) branch(i int, cond ir.Operand) error {
	t := l.in.operands[i].(target)
	always := cond.Reg == ir.NoReg
	switch {
	case !t.relative && always:
		l.JumpTo(t.label, l.pos)
	case !t.relative:
		l.BranchTo(cond, t.label, l.pos)
	default:
		to, err := l.index(t)
		if err != nil {
			return err
		}
		m := ir.Micro{Kind: ir.Branch, Dst: ir.NoReg, Src: [3]ir.Operand{cond}, Target: int32(to)}
		if always {
			m.Kind = ir.Jump
		}
		l.Emit(m)
	}
	return nil
}

// codeAddress emits the address of a label, or of the instruction at a distance.
func (l *lowering) codeAddress(t target) (ir.Operand, error) {
	at := l.Temp()
	if !t.relative {
		l.LabelAddress(at, t.label, l.pos)
		return ir.R(at), nil
	}
	to, err := l.index(t)
	if err != nil {
		return ir.Operand{}, err
	}
	l.CodeAddress(at, to)
	return ir.R(at), nil
}

// link emits X30 = the address of the next instruction.
func (l *lowering) link() { l.CodeAddress(l.Reg(linkRegister), l.Here()) }

func jump(l *lowering) error { return l.branch(0, ir.Imm(1)) }

// branchIf is B.cond.
func branchIf(c condition) func(*lowering) error {
	return func(l *lowering) error { return l.branch(0, l.holds(c)) }
}

// compareAndBranch is CBZ and CBNZ.
func compareAndBranch(fn ir.Fn) func(*lowering) error {
	return func(l *lowering) error { return l.branch(1, l.Compute(fn, l.size(0), l.read(0), ir.Imm(0))) }
}

// testAndBranch is TBZ and TBNZ.
func testAndBranch(fn ir.Fn) func(*lowering) error {
	return func(l *lowering) error {
		n := l.immediate(1)
		if n < 0 || n >= l.bits(0) {
			return l.errorf("expected a bit number of 0 to %d", l.bits(0)-1)
		}
		bit := l.Compute(ir.And, 8, l.Compute(ir.ShrU, 8, l.read(0), ir.Imm(n)), ir.Imm(1))
		return l.branch(2, l.Compute(fn, 8, bit, ir.Imm(0)))
	}
}

func call(l *lowering) error {
	l.link()
	return l.branch(0, ir.Imm(1))
}

// jumpRegister is BR and, with the link, BLR.
func jumpRegister(linked bool) func(*lowering) error {
	return func(l *lowering) error {
		to := l.Compute(ir.Move, 8, l.read(0))
		if linked {
			l.link()
		}
		l.Emit(ir.Micro{Kind: ir.JumpReg, Dst: ir.NoReg, Src: [3]ir.Operand{to}})
		return nil
	}
}

// ret is RET. A thread whose link register was never set is a whole function, as
// compilers print them: it returns to what called the test.
func ret(l *lowering) error {
	r := register{linkRegister, 8}
	if l.has(0) {
		r = l.register(0)
	}
	to := l.source(r)
	l.when(l.Compute(ir.Eq, 8, to, ir.Imm(0)), func() { l.Emit(ir.Micro{Kind: ir.Exit, Dst: ir.NoReg}) })
	l.Emit(ir.Micro{Kind: ir.JumpReg, Dst: ir.NoReg, Src: [3]ir.Operand{to}})
	return nil
}

// addressOf is ADR.
func addressOf(l *lowering) error {
	at, err := l.codeAddress(l.in.operands[1].(target))
	if err != nil {
		return err
	}
	l.write(0, ir.Move, at)
	return nil
}

func branchForms(add func(string, *form)) {
	add("B", takes("l", jump))
	add("B.AL", takes("l", jump))
	for c := range inverses {
		add("B."+string(c), takes("l", branchIf(c)))
	}
	add("CBZ", takes("rl", compareAndBranch(ir.Eq)))
	add("CBNZ", takes("rl", compareAndBranch(ir.Ne)))
	add("TBZ", takes("ril", testAndBranch(ir.Eq)))
	add("TBNZ", takes("ril", testAndBranch(ir.Ne)))
	add("BL", takes("l", call))
	add("BR", takes("x", jumpRegister(false)))
	add("BLR", takes("x", jumpRegister(true)))
	add("RET", takes("x?", ret))
	add("ADR", takes("xl", addressOf))
}
