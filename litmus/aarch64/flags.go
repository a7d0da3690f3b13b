package aarch64

import (
	"strings"

	"github.com/weakmem/litmus/litmus/ir"
)

// The condition flags are four registers that no test can name; MRS and MSR
// compose and decompose NZCV. Each depends on all that the flags were computed from.
const (
	flagN = "PSTATE.N"
	flagZ = "PSTATE.Z"
	flagC = "PSTATE.C"
	flagV = "PSTATE.V"
)

var flagNames = [4]string{flagN, flagZ, flagC, flagV}

// flags are the values of N, Z, C and V.
type flags [4]ir.Operand

func (l *lowering) setFlags(f flags) {
	for i, name := range flagNames {
		l.ComputeTo(l.Reg(name), ir.Move, 1, false, f[i])
	}
}

// flagsOfResult are N and Z of a result, with C and V clear.
func (l *lowering) flagsOfResult(size uint8, result ir.Operand) flags {
	// Clear, but still written by this instruction: NZCV is one register to what depends on it.
	none := l.Compute(ir.Xor, size, result, result)
	return flags{l.Compute(ir.LtS, size, result, ir.Imm(0)), l.Compute(ir.Eq, size, result, ir.Imm(0)), none, none}
}

// flagsOfSum are the flags of result = a + b + carry.
func (l *lowering) flagsOfSum(size uint8, result, a, b, carry ir.Operand) flags {
	return flags{
		l.Compute(ir.LtS, size, result, ir.Imm(0)), l.Compute(ir.Eq, size, result, ir.Imm(0)),
		l.Compute(ir.AddCarry, size, a, b, carry), l.Compute(ir.AddOverflow, size, a, b, carry),
	}
}

// flagsOfDifference are the flags of a - b. It needs no difference: addresses
// compare, though they do not subtract.
func (l *lowering) flagsOfDifference(size uint8, a, b ir.Operand) flags {
	return flags{
		l.Compute(ir.SubNegative, size, a, b), l.Compute(ir.Eq, size, a, b),
		l.Compute(ir.SubCarry, size, a, b), l.Compute(ir.SubOverflow, size, a, b),
	}
}

// condition is a condition of B.cond, CSEL and the like (section C1.2.4).
type condition string

func (c condition) String() string { return string(c) }

// inverses pairs every condition with its negation; AL has none.
var inverses = map[condition]condition{
	"EQ": "NE", "NE": "EQ", "CS": "CC", "CC": "CS", "MI": "PL", "PL": "MI", "VS": "VC", "VC": "VS",
	"HI": "LS", "LS": "HI", "GE": "LT", "LT": "GE", "GT": "LE", "LE": "GT",
}

var conditionAliases = map[string]condition{
	"HS": "CS", "LO": "CC", "NV": "AL",
	"NONE": "EQ", "ANY": "NE", "TCONT": "GE", "TSTOP": "LT", "NLAST": "CS", "LAST": "CC", "FIRST": "MI", "NFRST": "PL",
	"NFIRST": "PL", "PLAST": "LS",
}

func parseCondition(text string) (condition, bool) {
	name := strings.ToUpper(text)
	if c, ok := conditionAliases[name]; ok {
		return c, true
	}
	c := condition(name)
	_, ok := inverses[c]
	return c, ok || c == "AL"
}

// holds emits the value, 0 or 1, of a condition.
func (l *lowering) holds(c condition) ir.Operand {
	flag := func(name string) ir.Operand { return ir.R(l.Reg(name)) }
	not := func(v ir.Operand) ir.Operand { return l.Compute(ir.Xor, 1, v, ir.Imm(1)) }
	switch c {
	case "EQ":
		return flag(flagZ)
	case "CS":
		return flag(flagC)
	case "MI":
		return flag(flagN)
	case "VS":
		return flag(flagV)
	case "HI":
		return l.Compute(ir.AndNot, 1, flag(flagC), flag(flagZ))
	case "GE":
		return l.Compute(ir.Eq, 1, flag(flagN), flag(flagV))
	case "GT":
		return l.Compute(ir.AndNot, 1, l.Compute(ir.Eq, 1, flag(flagN), flag(flagV)), flag(flagZ))
	case "AL":
		return ir.Imm(1)
	}
	return not(l.holds(inverses[c]))
}

// selects is the CSEL family: operand d = cond ? n : fn(m).
func selects(d, n, m, cond int, inverted bool, fn func(l *lowering, size uint8, v ir.Operand) ir.Operand) func(*lowering) error {
	return func(l *lowering) error {
		c := l.in.operands[cond].(condition)
		if inverted {
			inverse, ok := inverses[c]
			if !ok {
				return l.errorf("%s does not go with this instruction", c)
			}
			c = inverse
		}
		size := l.size(d)
		source := func(i int) ir.Operand {
			if i < 0 {
				return ir.Imm(0)
			}
			return l.read(i)
		}
		value := source(m)
		if fn != nil {
			value = fn(l, size, value)
		}
		l.Emit(ir.Micro{
			Kind: ir.Select, Dst: l.destination(l.register(d)), Size: size, Src: [3]ir.Operand{l.holds(c), source(n), value},
		})
		return nil
	}
}

func increment(l *lowering, size uint8, v ir.Operand) ir.Operand {
	return l.Compute(ir.Add, size, v, ir.Imm(1))
}

func invert(l *lowering, size uint8, v ir.Operand) ir.Operand { return l.Compute(ir.Not, size, v) }

func negate(l *lowering, size uint8, v ir.Operand) ir.Operand { return l.Compute(ir.Neg, size, v) }

// compareIf is CCMP and CCMN: the flags of a comparison if the condition holds, else those given.
func compareIf(negative bool) func(*lowering) error {
	return func(l *lowering) error {
		size, nzcv := l.size(0), l.immediate(2)
		if nzcv < 0 || nzcv > 15 {
			return l.errorf("expected flags of 0 to 15")
		}
		a, b := l.read(0), l.read(1)
		f := l.flagsOfDifference(size, a, b)
		if negative {
			f = l.flagsOfSum(size, l.Compute(ir.Add, size, a, b), a, b, ir.Imm(0))
		}
		cond := l.Compute(ir.Move, 1, l.holds(l.in.operands[3].(condition)))
		for i, name := range flagNames {
			l.Emit(ir.Micro{
				Kind: ir.Select, Dst: l.Reg(name), Size: 1, Src: [3]ir.Operand{cond, f[i], ir.Imm(nzcv >> (3 - i) & 1)},
			})
		}
		return nil
	}
}

// readSystem is MRS Xt,NZCV; with the Nested Virtualization extension VNCR_EL2 is in memory.
func readSystem(l *lowering) error {
	if l.in.operands[1] == operand(systemVNCR) {
		l.load(l.register(0), l.redirected(), 8, loadForm{})
		return nil
	}
	value := ir.Imm(0)
	for i, name := range flagNames {
		bit := l.Compute(ir.Shl, 8, ir.R(l.Reg(name)), ir.Imm(int64(31-i)))
		value = l.Compute(ir.Or, 8, value, bit)
	}
	l.write(0, ir.Move, value)
	return nil
}

// writeSystem is MSR NZCV,Xt.
func writeSystem(l *lowering) error {
	if l.in.operands[0] == operand(systemVNCR) {
		l.store(l.read(1), l.redirected(), 8, 0, 0)
		return nil
	}
	var f flags
	for i := range f {
		f[i] = l.Compute(ir.And, 8, l.Compute(ir.ShrU, 8, l.read(1), ir.Imm(int64(31-i))), ir.Imm(1))
	}
	l.setFlags(f)
	return nil
}

// redirected emits the address that stands for VNCR_EL2 when FEAT_NV2 turns accesses to system registers into
// accesses to memory: 0xb0 after what VNCR_EL2 holds (section D8.11.6).
func (l *lowering) redirected() ir.Operand {
	return l.Compute(ir.Add, 8, ir.R(l.Reg(string(systemVNCR))), ir.Imm(0xb0))
}

func flagForms(add func(string, *form)) {
	add("CSEL", takes("rrrc", selects(0, 1, 2, 3, false, nil)))
	add("CSINC", takes("rrrc", selects(0, 1, 2, 3, false, increment)))
	add("CSINV", takes("rrrc", selects(0, 1, 2, 3, false, invert)))
	add("CSNEG", takes("rrrc", selects(0, 1, 2, 3, false, negate)))
	add("CSET", takes("rc", selects(0, -1, -1, 1, true, increment)))
	add("CSETM", takes("rc", selects(0, -1, -1, 1, true, invert)))
	add("CINC", takes("rrc", selects(0, 1, 1, 2, true, increment)))
	add("CINV", takes("rrc", selects(0, 1, 1, 2, true, invert)))
	add("CNEG", takes("rrc", selects(0, 1, 1, 2, true, negate)))
	add("CCMP", takes("roic", compareIf(false)))
	add("CCMN", takes("roic", compareIf(true)))
	add("MRS", takes("xS", readSystem))
	add("MSR", takes("Sx", writeSystem))
}
