package aarch64

import "github.com/weakmem/litmus/litmus/ir"

// Integer arithmetic and logic on registers and immediates. The flexible second
// source is an immediate, or a register shifted or extended (sections C3.3, C3.4).

var shiftFunctions = map[string]ir.Fn{"LSL": ir.Shl, "LSR": ir.ShrU, "ASR": ir.ShrS, "ROR": ir.Ror}

// extension is how many low bits of a register an extension keeps, and how.
type extension struct {
	bits   int64
	signed bool
}

var extensions = map[string]extension{
	"UXTB": {8, false}, "UXTH": {16, false}, "UXTW": {32, false}, "UXTX": {64, false},
	"SXTB": {8, true}, "SXTH": {16, true}, "SXTW": {32, true}, "SXTX": {64, true},
}

// extended emits v extended as name says.
func (l *lowering) extended(v ir.Operand, name string) ir.Operand {
	e := extensions[name]
	switch {
	case e.bits == 64:
		return v
	case e.signed:
		return l.Compute(ir.ExtS, 8, v, ir.Imm(e.bits))
	}
	return l.Compute(ir.ExtU, 8, v, ir.Imm(e.bits))
}

// flexible emits operand i with the modifier after it, if there is one.
func (l *lowering) flexible(i int, size uint8) ir.Operand {
	v := l.read(i)
	if !l.has(i + 1) {
		return v
	}
	m, ok := l.in.operands[i+1].(modifier)
	if !ok {
		return v
	}
	if _, extends := extensions[m.name]; extends {
		v = l.extended(v, m.name)
		if m.amount == 0 {
			return v
		}
		return l.Compute(ir.Shl, 8, v, ir.Imm(m.amount))
	}
	if m.amount == 0 {
		return v
	}
	return l.Compute(shiftFunctions[m.name], size, v, ir.Imm(m.amount))
}

// binary is Rd = Rn fn operand 2, each by its place among the operands; -1
// stands for the zero register.
type binary struct {
	fn       ir.Fn
	d, n, m  int
	setFlags bool
}

func (f binary) lower(l *lowering) error {
	size := l.size(max(f.d, f.n))
	a := ir.Imm(0)
	if f.n >= 0 {
		a = l.read(f.n)
	}
	b := l.flexible(f.m, size)
	if !f.setFlags {
		l.write(f.d, f.fn, a, b)
		return nil
	}
	discard := f.d < 0 || l.destination(l.register(f.d)) == ir.NoReg
	var set flags
	var result ir.Operand
	if f.fn != ir.Sub || !discard {
		result = l.Compute(f.fn, size, a, b)
	}
	switch f.fn {
	case ir.Add:
		set = l.flagsOfSum(size, result, a, b, ir.Imm(0))
	case ir.Sub:
		set = l.flagsOfDifference(size, a, b)
	default:
		set = l.flagsOfResult(size, result)
	}
	l.setFlags(set)
	if !discard {
		l.write(f.d, ir.Move, result)
	}
	return nil
}

// withCarry is ADC, SBC and their flag-setting forms; SBC adds the complement.
type withCarry struct {
	d, n, m            int
	subtract, setFlags bool
}

func (f withCarry) lower(l *lowering) error {
	size := l.size(f.d)
	a, b, carry := ir.Imm(0), l.read(f.m), ir.R(l.Reg(flagC))
	if f.n >= 0 {
		a = l.read(f.n)
	}
	if f.subtract {
		b = l.Compute(ir.Not, size, b)
	}
	result := l.Compute(ir.Add3, size, a, b, carry)
	if f.setFlags {
		l.setFlags(l.flagsOfSum(size, result, a, b, carry))
	}
	l.write(f.d, ir.Move, result)
	return nil
}

// plain is Rd = fn of the other operands as they stand.
func plain(fn ir.Fn, sources ...int) func(*lowering) error {
	return func(l *lowering) error {
		var src []ir.Operand
		for _, i := range sources {
			src = append(src, l.read(i))
		}
		l.write(0, fn, src...)
		return nil
	}
}

// shift is LSL, LSR, ASR and ROR, by a register or an immediate.
func shift(fn ir.Fn) func(*lowering) error {
	return func(l *lowering) error {
		if n, ok := l.in.operands[2].(immediate); ok && (n < 0 || int64(n) >= l.bits(0)) {
			return l.errorf("expected a shift of 0 to %d", l.bits(0)-1)
		}
		l.write(0, fn, l.read(1), l.read(2))
		return nil
	}
}

// product is Rd = Ra ± Rn×Rm; without Ra it is zero.
type product struct {
	subtract bool
	extend   string // of Rn and Rm, for products longer than they are
}

func (f product) lower(l *lowering) error {
	size := l.size(0)
	n, m := l.read(1), l.read(2)
	if f.extend != "" {
		n, m = l.extended(n, f.extend), l.extended(m, f.extend)
	}
	a := ir.Imm(0)
	if l.has(3) {
		a = l.read(3)
	}
	fn := ir.Add
	if f.subtract {
		fn = ir.Sub
	}
	l.write(0, fn, a, l.Compute(ir.Mul, size, n, m))
	return nil
}

// move is MOV, MOVZ and MOVN: an immediate, shifted, or a register.
func move(inverted bool) func(*lowering) error {
	return func(l *lowering) error {
		if _, ok := l.in.operands[1].(register); ok {
			l.write(0, ir.Move, l.read(1))
			return nil
		}
		at, err := l.halfword(2)
		if err != nil {
			return err
		}
		n := l.immediate(1) << at
		if inverted {
			n = ^n
		}
		l.write(0, ir.Move, ir.Imm(n))
		return nil
	}
}

// halfword returns the shift of operand i, 0 if it is missing: a multiple of 16.
func (l *lowering) halfword(i int) (int64, error) {
	if !l.has(i) {
		return 0, nil
	}
	at := l.in.operands[i].(modifier).amount
	if at%16 != 0 || at >= l.bits(0) {
		return 0, l.errorf("expected a shift by a multiple of 16 less than %d", l.bits(0))
	}
	return at, nil
}

// moveKeep is MOVK: 16 bits of Rd.
func moveKeep(l *lowering) error {
	at, err := l.halfword(2)
	if err != nil {
		return err
	}
	l.write(0, ir.Insert, l.read(0), l.read(1), ir.Imm(at<<8|16))
	return nil
}

func arithmeticForms(add func(string, *form)) {
	for name, fn := range map[string]ir.Fn{"ADD": ir.Add, "SUB": ir.Sub, "AND": ir.And, "BIC": ir.AndNot} {
		add(name, takes("rrom?", binary{fn: fn, d: 0, n: 1, m: 2}.lower))
		add(name+"S", takes("rrom?", binary{fn: fn, d: 0, n: 1, m: 2, setFlags: true}.lower))
	}
	for name, fn := range map[string]ir.Fn{"ORR": ir.Or, "ORN": ir.OrNot, "EOR": ir.Xor, "EON": ir.XorNot} {
		add(name, takes("rrom?", binary{fn: fn, d: 0, n: 1, m: 2}.lower))
	}
	for name, fn := range map[string]ir.Fn{"CMP": ir.Sub, "CMN": ir.Add, "TST": ir.And} {
		add(name, takes("rom?", binary{fn: fn, d: -1, n: 0, m: 1, setFlags: true}.lower))
	}
	add("NEG", takes("rrm?", binary{fn: ir.Sub, d: 0, n: -1, m: 1}.lower))
	add("NEGS", takes("rrm?", binary{fn: ir.Sub, d: 0, n: -1, m: 1, setFlags: true}.lower))
	add("MVN", takes("rrm?", binary{fn: ir.OrNot, d: 0, n: -1, m: 1}.lower))
	add("ADC", takes("rrr", withCarry{d: 0, n: 1, m: 2}.lower))
	add("ADCS", takes("rrr", withCarry{d: 0, n: 1, m: 2, setFlags: true}.lower))
	add("SBC", takes("rrr", withCarry{d: 0, n: 1, m: 2, subtract: true}.lower))
	add("SBCS", takes("rrr", withCarry{d: 0, n: 1, m: 2, subtract: true, setFlags: true}.lower))
	add("NGC", takes("rr", withCarry{d: 0, n: -1, m: 1, subtract: true}.lower))
	add("NGCS", takes("rr", withCarry{d: 0, n: -1, m: 1, subtract: true, setFlags: true}.lower))
	for name, fn := range shiftFunctions {
		add(name, takes("rro", shift(fn)))
		add(name+"V", takes("rrr", shift(fn)))
	}
	for name, fn := range map[string]ir.Fn{"SMAX": ir.MaxS, "SMIN": ir.MinS, "UMAX": ir.MaxU, "UMIN": ir.MinU} {
		add(name, takes("rro", plain(fn, 1, 2)))
	}
	add("MUL", takes("rrr", product{}.lower))
	add("MNEG", takes("rrr", product{subtract: true}.lower))
	add("MADD", takes("rrrr", product{}.lower))
	add("MSUB", takes("rrrr", product{subtract: true}.lower))
	for letter, extend := range map[string]string{"S": "SXTW", "U": "UXTW"} {
		add(letter+"MULL", takes("xww", product{extend: extend}.lower))
		add(letter+"MNEGL", takes("xww", product{extend: extend, subtract: true}.lower))
		add(letter+"MADDL", takes("xwwx", product{extend: extend}.lower))
		add(letter+"MSUBL", takes("xwwx", product{extend: extend, subtract: true}.lower))
	}
	add("SMULH", takes("xxx", plain(ir.MulHiS, 1, 2)))
	add("UMULH", takes("xxx", plain(ir.MulHiU, 1, 2)))
	add("SDIV", takes("rrr", plain(ir.DivS, 1, 2)))
	add("UDIV", takes("rrr", plain(ir.DivU, 1, 2)))
	add("MOV", takes("ro", move(false)))
	add("MOVZ", takes("ris?", move(false)))
	add("MOVN", takes("ris?", move(true)))
	add("MOVK", takes("ris?", moveKeep))
}
