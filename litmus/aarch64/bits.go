package aarch64

import "github.com/weakmem/litmus/litmus/ir"

// Moves and extractions of bit fields, reversals and counts (section C3.4).

// fieldMove moves a bit field: UBFM, SBFM, BFM and their aliases. With the
// immediates r and s of the three, s ≥ r takes bits r … s of Rn to the bottom
// of Rd; s < r takes bits 0 … s to bit width-r. What is around them in Rd is
// zero, the sign, or kept.
type fieldMove struct {
	around around
	// immediates gives r and s for the alias's own operands, from operand 2 on, which may not be below the
	// lowest or above the highest that make sense.
	immediates func(width, a, b int64) (r, s int64, ok bool)
}

type around uint8

const (
	zeros around = iota
	signs
	kept
)

func (f fieldMove) lower(l *lowering) error {
	return l.moveField(f, l.register(0), l.read(1), l.immediate(2), l.immediate(3))
}

func (l *lowering) moveField(f fieldMove, d register, value ir.Operand, first, second int64) error {
	width := 8 * int64(d.size)
	r, s, ok := f.immediates(width, first, second)
	if !ok {
		return l.errorf("expected a bit field within %d bits", width)
	}
	dst := l.destination(d)
	n, at := s-r+1, int64(0)
	if s < r {
		n, at = s+1, width-r
	} else if r > 0 {
		value = l.Compute(ir.ShrU, d.size, value, ir.Imm(r))
	}
	switch f.around {
	case kept:
		l.ComputeTo(dst, ir.Insert, d.size, false, l.source(d), value, ir.Imm(at<<8|n))
		return nil
	case signs:
		value = l.Compute(ir.ExtS, d.size, value, ir.Imm(n))
	default:
		value = l.Compute(ir.ExtU, d.size, value, ir.Imm(n))
	}
	l.ComputeTo(dst, ir.Shl, d.size, false, value, ir.Imm(at))
	return nil
}

func plainField(width, r, s int64) (int64, int64, bool) {
	return r, s, r >= 0 && s >= 0 && r < width && s < width
}

// extracted is BFXIL, SBFX and UBFX: n bits from bit lsb.
func extracted(width, lsb, n int64) (int64, int64, bool) {
	return lsb, lsb + n - 1, lsb >= 0 && lsb < width && n >= 1 && n <= width-lsb
}

// inserted is BFI, SBFIZ and UBFIZ: n bits to bit lsb.
func inserted(width, lsb, n int64) (int64, int64, bool) {
	_, _, ok := extracted(width, lsb, n)
	return (width - lsb) % width, n - 1, ok
}

// clearField is BFC Rd,#lsb,#n.
func clearField(l *lowering) error {
	return l.moveField(fieldMove{kept, inserted}, l.register(0), ir.Imm(0), l.immediate(1), l.immediate(2))
}

// extend is UXTB, UXTH, SXTB, SXTH and SXTW as instructions.
func extend(name string) func(*lowering) error {
	return func(l *lowering) error {
		l.write(0, ir.Move, l.extended(l.read(1), name))
		return nil
	}
}

// extract is EXTR: a register's width of bits of Rn:Rm from bit lsb.
func extract(l *lowering) error {
	size, lsb := l.size(0), l.immediate(3)
	if lsb < 0 || lsb >= l.bits(0) {
		return l.errorf("expected a bit number of 0 to %d", l.bits(0)-1)
	}
	low := l.Compute(ir.ShrU, size, l.read(2), ir.Imm(lsb))
	high := l.Compute(ir.Move, size, ir.Imm(0), l.read(1))
	if lsb > 0 {
		high = l.Compute(ir.Shl, size, l.read(1), ir.Imm(l.bits(0)-lsb))
	}
	l.write(0, ir.Or, low, high)
	return nil
}

// reverse is REV and its kind: the bytes of each group reversed; 0 for one group.
func reverse(group int64) func(*lowering) error {
	return func(l *lowering) error {
		group := group
		if group == 0 {
			group = int64(l.size(0))
		}
		l.write(0, ir.RevBytes, l.read(1), ir.Imm(group))
		return nil
	}
}

// countSign is CLS: the leading bits that equal the sign, without the sign.
func countSign(l *lowering) error {
	size := l.size(0)
	changes := l.Compute(ir.Xor, size, l.read(1), l.Compute(ir.ShrS, size, l.read(1), ir.Imm(1)))
	l.write(0, ir.Sub, l.Compute(ir.Clz, size, changes), ir.Imm(1))
	return nil
}

func absolute(l *lowering) error {
	size := l.size(0)
	l.write(0, ir.MaxS, l.read(1), l.Compute(ir.Neg, size, l.read(1)))
	return nil
}

func bitForms(add func(string, *form)) {
	add("UBFM", takes("rrii", fieldMove{zeros, plainField}.lower))
	add("SBFM", takes("rrii", fieldMove{signs, plainField}.lower))
	add("BFM", takes("rrii", fieldMove{kept, plainField}.lower))
	add("UBFX", takes("rrii", fieldMove{zeros, extracted}.lower))
	add("SBFX", takes("rrii", fieldMove{signs, extracted}.lower))
	add("BFXIL", takes("rrii", fieldMove{kept, extracted}.lower))
	add("UBFIZ", takes("rrii", fieldMove{zeros, inserted}.lower))
	add("SBFIZ", takes("rrii", fieldMove{signs, inserted}.lower))
	add("BFI", takes("rrii", fieldMove{kept, inserted}.lower))
	add("BFC", takes("rii", clearField))
	add("UXTB", takes("ww", extend("UXTB")))
	add("UXTH", takes("ww", extend("UXTH")))
	add("SXTB", takes("rw", extend("SXTB")))
	add("SXTH", takes("rw", extend("SXTH")))
	add("SXTW", takes("xw", extend("SXTW")))
	add("EXTR", takes("rrri", extract))
	add("REV", takes("rr", reverse(0)))
	add("REV16", takes("rr", reverse(2)))
	add("REV32", takes("xx", reverse(4)))
	add("REV64", takes("xx", reverse(8)))
	add("RBIT", takes("rr", plain(ir.RevBits, 1)))
	add("CLZ", takes("rr", plain(ir.Clz, 1)))
	add("CLS", takes("rr", countSign))
	add("ABS", takes("rr", absolute))
}
