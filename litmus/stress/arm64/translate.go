package arm64

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/weakmem/litmus/litmus/aarch64"
)

// Translate returns the machine form of an instruction of the AArch64 dialect of
// litmus tests. symbolic gives the dialect's symbolic registers (%name) the numbers
// of X registers; labels stay labels.
//
// The error names what has no machine form, here or at this privilege. That
// the form has an encoding is for [Instruction.Encode] to say.
func Translate(in *aarch64.Instruction, symbolic map[string]int) (Instruction, error) {
	t := translation{symbolic: symbolic}
	out, err := t.instruction(in)
	if err != nil {
		return Instruction{}, fmt.Errorf("%s: %w", in, err)
	}
	return out, nil
}

type translation struct {
	symbolic map[string]int
}

func (t translation) instruction(in *aarch64.Instruction) (Instruction, error) {
	out := Instruction{Op: Opcode(strings.ToLower(in.Mnemonic()))}
	operands := in.Operands()
	switch out.Op {
	case "bti":
		n, ok := branchTargets[word(operands)]
		if !ok {
			return out, fmt.Errorf("expected BTI C, J or JC")
		}
		return New("hint", n), nil
	case "hlt":
		return out, fmt.Errorf("it halts for a debugger, or is undefined without: not supported")
	}
	for i, o := range operands {
		translated, err := t.operand(out.Op, o)
		if err != nil {
			return out, err
		}
		if i+1 < len(operands) {
			translated = beforeExtension(translated, operands[i+1])
		}
		out.Operands = append(out.Operands, translated)
	}
	return out, nil
}

// branchTargets are the numbers of BTI among the hints (section C6.2, "BTI").
var branchTargets = map[string]Immediate{"": 32, "C": 34, "J": 36, "JC": 38}

// word is the single operand, a name, or "" if there is none.
func word(operands []aarch64.Operand) string {
	if len(operands) == 0 {
		return ""
	}
	w, _ := operands[0].(aarch64.Word)
	return string(w)
}

// beforeExtension is o, or its low half if it is a register of which an extension
// that follows takes no more: the dialect lets it be written as an X register.
func beforeExtension(o Operand, next aarch64.Operand) Operand {
	r, isRegister := o.(Register)
	m, extends := next.(aarch64.Modifier)
	if !isRegister || !extends {
		return o
	}
	if s := shiftNamed(m.Name); s.extends() && s != UXTX && s != SXTX {
		return r &^ wide
	}
	return o
}

func (t translation) operand(op Opcode, o aarch64.Operand) (Operand, error) {
	switch o := o.(type) {
	case aarch64.Register:
		return t.register(o)
	case aarch64.Immediate:
		return Immediate(o), nil
	case aarch64.Modifier:
		return Modifier{shiftNamed(o.Name), uint8(o.Amount)}, nil
	case aarch64.Address:
		return t.address(o)
	case aarch64.Target:
		if o.Label == "" {
			return Distance(o.Distance), nil
		}
		return Label(o.Label), nil
	case aarch64.Word:
		return named(op, string(o))
	}
	return nil, fmt.Errorf("operand %v is not supported", o)
}

func (t translation) register(r aarch64.Register) (Register, error) {
	var machine Register
	switch {
	case r.Name == "SP":
		machine = SP
	case r.Name == "XZR":
		machine = XZR
	case strings.HasPrefix(r.Name, "%"):
		n, ok := t.symbolic[r.Name]
		if !ok || X(n) == 0 {
			return 0, fmt.Errorf("symbolic register %s has no number of a register", r.Name)
		}
		machine = X(n)
	default:
		n, err := strconv.Atoi(strings.TrimPrefix(r.Name, "X"))
		if err != nil || X(n) == 0 {
			return 0, fmt.Errorf("register %s is not supported", r.Name)
		}
		machine = X(n)
	}
	if !r.Wide {
		machine &^= wide
	}
	return machine, nil
}

func (t translation) address(a aarch64.Address) (Memory, error) {
	if a.Capability {
		return Memory{}, fmt.Errorf("capability register C%s is not supported", strings.TrimPrefix(a.Base.Name, "X"))
	}
	base, err := t.register(a.Base)
	if err != nil {
		return Memory{}, err
	}
	m := At(base)
	switch {
	case a.Index.Name != "":
		index, err := t.register(a.Index)
		if err != nil {
			return Memory{}, err
		}
		return m.Indexed(inAddress(index, Modifier{shiftNamed(a.Extend.Name), uint8(a.Extend.Amount)})), nil
	case a.PreIndex:
		return m.Pre(a.Offset), nil
	case a.PostIndex:
		return m.Post(a.Offset), nil
	}
	return m.Plus(a.Offset), nil
}

// inAddress is an index and its extension as assemblers spell them. The dialect lets an
// X register be written before UXTW and SXTW, and a W register without UXTW.
func inAddress(index Register, extend Modifier) (Register, Modifier) {
	switch {
	case extend.Shift == UXTW || extend.Shift == SXTW:
		index &^= wide
	case !index.Wide() && (extend.Shift == 0 || extend.Shift == LSL):
		extend.Shift = UXTW
	case extend.Shift == UXTX:
		extend.Shift = LSL
	}
	return index, extend
}

// shiftNamed returns the shift of a name in upper case; the zero Shift is none.
func shiftNamed(text string) Shift {
	for i, n := range shiftNames {
		if strings.EqualFold(n, text) {
			return Shift(i)
		}
	}
	return 0
}

// named returns the operand of op that the dialect knows by a name.
func named(op Opcode, text string) (Operand, error) {
	lower := strings.ToLower(text)
	switch op {
	case "dmb", "dsb", "isb":
		for i, n := range barrierNames {
			if n == lower {
				return Barrier(i), nil
			}
		}
	case "prfm", "prfum":
		for p := range Prefetch(32) {
			if p.String() == lower || fmt.Sprintf("#%d", p) == lower {
				return p, nil
			}
		}
	case "mrs", "msr":
		if lower == systemNames[NZCV] {
			return NZCV, nil
		}
		return nil, fmt.Errorf("system register %s is not supported at this privilege", text)
	default:
		for i, n := range conditionNames {
			if n == lower {
				return Condition(i), nil
			}
		}
	}
	return nil, fmt.Errorf("operand %s is not supported", text)
}
