package arm64

import "fmt"

// alias is an instruction that is a special case of another: chapter C6.2 has a
// section for each, "Alias of". Its rewrite gives the other instruction. It gets at
// least as many operands as it needs.
type alias struct {
	base    Opcode
	least   int
	rewrite func(base Opcode, o []Operand) (Instruction, error)
}

// expand returns the instruction of which in is an alias, or in.
func expand(in Instruction) (Instruction, error) {
	if a, ok := aliases[in.Op]; ok {
		if len(in.Operands) < a.least {
			return in, fmt.Errorf("expected %d operands, found %d", a.least, len(in.Operands))
		}
		base, err := a.rewrite(a.base, in.Operands)
		if err != nil {
			return in, err
		}
		in = base
	}
	return complement(in), nil
}

// opposites are what assemblers take for a negative immediate.
var opposites = map[Opcode]Opcode{"add": "sub", "sub": "add", "adds": "subs", "subs": "adds"}

// complement turns the addition of a negative immediate into a subtraction and the
// other way round.
func complement(in Instruction) Instruction {
	opposite, ok := opposites[in.Op]
	if !ok || len(in.Operands) < 3 {
		return in
	}
	n, ok := in.Operands[2].(Immediate)
	if !ok || n >= 0 {
		return in
	}
	operands := append([]Operand{in.Operands[0], in.Operands[1], -n}, in.Operands[3:]...)
	return New(opposite, operands...)
}

// expectRegister returns o, which has to be a register.
func expectRegister(o Operand) (Register, error) {
	r, ok := o.(Register)
	if !ok || r&general == 0 {
		return 0, fmt.Errorf("expected a register, found %v", o)
	}
	return r, nil
}

// withZero is the alias in which operand at is the zero register, as wide as the first.
func withZero(base Opcode, at int) alias {
	return alias{base, max(at, 1), func(base Opcode, o []Operand) (Instruction, error) {
		r, err := expectRegister(o[0])
		if err != nil {
			return Instruction{}, err
		}
		operands := append([]Operand{}, o[:at]...)
		operands = append(operands, r.zero())
		return New(base, append(operands, o[at:]...)...), nil
	}}
}

// conditional is the alias whose condition is the inverse of the base's. It has n
// source registers: without, both of the base's are zero; with one, it stands for both.
func conditional(base Opcode, n int) alias {
	return alias{base, n + 2, func(base Opcode, o []Operand) (Instruction, error) {
		r, err := expectRegister(o[0])
		if err != nil {
			return Instruction{}, err
		}
		var source Operand = r.zero()
		if n > 0 {
			source = o[1]
		}
		c, ok := o[n+1].(Condition)
		if !ok || c >= AL {
			return Instruction{}, fmt.Errorf("expected a condition other than al, found %v", o[n+1])
		}
		return New(base, append([]Operand{r, source, source, c ^ 1}, o[n+2:]...)...), nil
	}}
}

// shift is LSL, LSR, ASR and ROR: by a register the base, by an immediate that
// which of gives.
func shift(base Opcode, of func(d, n Operand, amount, width int64) Instruction) alias {
	return alias{base, 3, func(base Opcode, o []Operand) (Instruction, error) {
		amount, ok := o[2].(Immediate)
		if !ok {
			return New(base, o...), nil
		}
		r, err := expectRegister(o[0])
		if err != nil {
			return Instruction{}, err
		}
		if amount < 0 || int64(amount) >= r.bits() {
			return Instruction{}, fmt.Errorf("%s: expected a shift of #0 to #%d", amount, r.bits()-1)
		}
		in := of(o[0], o[1], int64(amount), r.bits())
		in.Operands = append(in.Operands, o[3:]...)
		return in, nil
	}}
}

// field is an alias of a bit-field move that has the lowest bit and the width of the
// field: an insertion at that bit (BFI, SBFIZ, UBFIZ), or an extraction from it
// (BFXIL, SBFX, UBFX).
func field(base Opcode, insertion bool) alias {
	return alias{base, 4, func(base Opcode, o []Operand) (Instruction, error) {
		r, err := expectRegister(o[0])
		if err != nil {
			return Instruction{}, err
		}
		low, ok1 := o[2].(Immediate)
		count, ok2 := o[3].(Immediate)
		width := Immediate(r.bits())
		if !ok1 || !ok2 || low < 0 || low >= width || count < 1 || count > width-low {
			return Instruction{}, fmt.Errorf("expected a bit field within %d bits", width)
		}
		immr, imms := low, low+count-1
		if insertion {
			immr, imms = (width-low)%width, count-1
		}
		return New(base, append([]Operand{o[0], o[1], immr, imms}, o[4:]...)...), nil
	}}
}

// clearField is BFC: BFI of the zero register.
func clearField() alias {
	return alias{"bfm", 3, func(base Opcode, o []Operand) (Instruction, error) {
		in, err := withZero(base, 1).rewrite(base, o)
		if err != nil {
			return in, err
		}
		return field(base, true).rewrite(base, in.Operands)
	}}
}

// extend is SXTB, UXTH and the like. The source is a W register; the base has one
// as wide as the destination.
func extend(base Opcode, bits Immediate) alias {
	return alias{base, 2, func(base Opcode, o []Operand) (Instruction, error) {
		d, err := expectRegister(o[0])
		if err != nil {
			return Instruction{}, err
		}
		n, err := expectRegister(o[1])
		if err != nil {
			return Instruction{}, err
		}
		if n.Wide() || d.Wide() && base == "ubfm" || !d.Wide() && bits == 32 {
			return Instruction{}, fmt.Errorf("%s, %s: expected another width", d, n)
		}
		return New(base, append([]Operand{d, n | d&wide, Immediate(0), bits - 1}, o[2:]...)...), nil
	}}
}

// move is MOV: (to/from SP), (register), (wide immediate), (inverted wide immediate)
// or (bitmask immediate).
func move(base Opcode, o []Operand) (Instruction, error) {
	d, err := expectRegister(o[0])
	if err != nil {
		return Instruction{}, err
	}
	var in Instruction
	switch source := o[1].(type) {
	case Register:
		in = New(base, d, d.zero(), source)
		if d.isStack() || source.isStack() {
			in = New("add", d, source, Immediate(0))
		}
	case Immediate:
		if in, err = moveImmediate(base, d, int64(source)); err != nil {
			return in, err
		}
	default:
		return in, fmt.Errorf("expected a register or an immediate, found %v", o[1])
	}
	in.Operands = append(in.Operands, o[2:]...)
	return in, nil
}

func moveImmediate(base Opcode, d Register, n int64) (Instruction, error) {
	v, mask := uint64(n), ^uint64(0)
	if !d.Wide() {
		if n != int64(int32(n)) && n != int64(uint32(n)) {
			return Instruction{}, fmt.Errorf("#%d: expected 32 bits", n)
		}
		mask = 1<<32 - 1
		v &= mask
	}
	if !d.isStack() {
		for _, wide := range []struct {
			op Opcode
			v  uint64
		}{{"movz", v}, {"movn", ^v & mask}} {
			for at := 0; at < int(d.bits()); at += 16 {
				if wide.v&^(0xffff<<at) == 0 {
					return New(wide.op, d, Immediate(wide.v>>at), Modifier{LSL, uint8(at)}), nil
				}
			}
		}
	}
	if _, err := bitmask(n, d.bits()); err != nil {
		return Instruction{}, fmt.Errorf("no single instruction moves #%d: expected 16 bits among zeros or ones, or a bitmask immediate", n)
	}
	return New(base, d, d.zero(), Immediate(n)), nil
}

// aliases is the table of the aliases.
var aliases = allAliases()

func allAliases() map[Opcode]alias {
	table := map[Opcode]alias{
		"cmp": withZero("subs", 0), "cmn": withZero("adds", 0), "tst": withZero("ands", 0),
		"neg": withZero("sub", 1), "negs": withZero("subs", 1), "mvn": withZero("orn", 1),
		"ngc": withZero("sbc", 1), "ngcs": withZero("sbcs", 1),
		"mul": withZero("madd", 3), "mneg": withZero("msub", 3),
		"smull": withZero("smaddl", 3), "smnegl": withZero("smsubl", 3),
		"umull": withZero("umaddl", 3), "umnegl": withZero("umsubl", 3),
		"cset": conditional("csinc", 0), "csetm": conditional("csinv", 0),
		"cinc": conditional("csinc", 1), "cinv": conditional("csinv", 1), "cneg": conditional("csneg", 1),
		"bfi": field("bfm", true), "sbfiz": field("sbfm", true), "ubfiz": field("ubfm", true),
		"bfxil": field("bfm", false), "sbfx": field("sbfm", false), "ubfx": field("ubfm", false), "bfc": clearField(),
		"uxtb": extend("ubfm", 8), "uxth": extend("ubfm", 16),
		"sxtb": extend("sbfm", 8), "sxth": extend("sbfm", 16), "sxtw": extend("sbfm", 32),
		"lsl": shift("lslv", func(d, n Operand, by, width int64) Instruction {
			return New("ubfm", d, n, Immediate((width-by)%width), Immediate(width-1-by))
		}),
		"lsr": shift("lsrv", func(d, n Operand, by, width int64) Instruction {
			return New("ubfm", d, n, Immediate(by), Immediate(width-1))
		}),
		"asr": shift("asrv", func(d, n Operand, by, width int64) Instruction {
			return New("sbfm", d, n, Immediate(by), Immediate(width-1))
		}),
		"ror":   shift("rorv", func(d, n Operand, by, _ int64) Instruction { return New("extr", d, n, n, Immediate(by)) }),
		"mov":   {"orr", 2, move},
		"rev64": {"rev", 2, reverseDouble},
	}
	for _, s := range strengths {
		if s.acquire {
			continue
		}
		for _, suffix := range []string{"", "b", "h"} {
			for _, name := range operations {
				table[Opcode("st"+name+s.suffix+suffix)] = withZero(Opcode("ld"+name+s.suffix+suffix), 1)
			}
		}
	}
	for name, n := range map[Opcode]Immediate{
		"nop": 0, "yield": 1, "wfe": 2, "wfi": 3, "sev": 4, "sevl": 5, "dgh": 6, "esb": 16, "csdb": 20,
	} {
		table[name] = alias{"hint", 0, func(base Opcode, o []Operand) (Instruction, error) {
			return New(base, append([]Operand{n}, o...)...), nil
		}}
	}
	return table
}

// reverseDouble is REV64: REV of an X register.
func reverseDouble(base Opcode, o []Operand) (Instruction, error) {
	r, err := expectRegister(o[0])
	if err != nil {
		return Instruction{}, err
	}
	if !r.Wide() {
		return Instruction{}, fmt.Errorf("%s: expected an x register", r)
	}
	return New(base, o...), nil
}
