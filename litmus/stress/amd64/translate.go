package amd64

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/x86"
)

// Names says what the names in a test stand for in machine code.
type Names struct {
	// Location returns where the location of that name is: a register that the test leaves alone, and a displacement.
	Location func(name string) (Memory, error)
	// Register returns the register that a symbolic one is, whose name is without %. It is nil if there are none.
	Register func(name string) (Register, error)
}

// Translate returns the machine instruction that an instruction of the dialects X86 and X86_64 is. It encodes, but for a
// label, which is as in the test; ret, the end of a test's thread, is Ret. Errors name the instruction: one that the
// processor does not have, or that needs more than one instruction.
//
// Addresses that an instruction of X86 computes from registers have 32 bits here too: they reach only the lowest 4 GB.
func Translate(node ir.Node, names Names) (Instruction, error) {
	in, ok := x86.View(node)
	if !ok {
		return Instruction{}, fmt.Errorf("%s: expected an instruction of X86 or X86_64", node)
	}
	out, err := translation{names, in}.instruction()
	if err != nil {
		return Instruction{}, fmt.Errorf("%s: %w", node, err)
	}
	if _, err := out.encode(); err != nil {
		return Instruction{}, fmt.Errorf("%s: as machine code: %w", node, err)
	}
	return out, nil
}

// translation is an instruction on its way.
type translation struct {
	Names
	x86.Instruction
}

func (t translation) instruction() (Instruction, error) {
	out := Instruction{Size: Size(t.Size), From: Size(t.From), Lock: t.Lock}
	switch t.Mnemonic {
	case "movabs":
		out.Op = Mov
	case "sal":
		out.Op = Shl
	case "nop":
		return Instruction{Op: Nop}, nil // its operand is of no effect
	default:
		op := slices.IndexFunc(opcodes[:], func(op opcode) bool { return op.mnemonic == t.Mnemonic })
		if op < 0 {
			return out, fmt.Errorf("no processor has %s", t.Mnemonic)
		}
		out.Op = Op(op)
	}
	if t.Condition != "" {
		out.Condition = Condition(slices.Index(conditionNames[:], t.Condition))
	}
	if t.Label != "" {
		if t.Label[0] == '.' && len(t.Label) > 1 && (t.Label[1] == '+' || t.Label[1] == '-') {
			return out, fmt.Errorf("the distance %s does not count the bytes of machine code: expected a label", t.Label)
		}
		out.Dst = Label(t.Label)
		return out, nil
	}
	for i, o := range t.Operands {
		operand, err := t.operand(o)
		if err != nil {
			return out, err
		}
		if i == 0 {
			out.Dst = operand
		} else {
			out.Src = operand
		}
	}
	return t.arrange(out)
}

// arrange fits the operands to the forms that there are.
func (t translation) arrange(out Instruction) (Instruction, error) {
	_, memory := out.Src.(Memory)
	switch {
	case memory && (out.Op == Xchg || out.Op == Test):
		out.Dst, out.Src = out.Src, out.Dst
	case len(t.Operands) == 2 && t.Operands[1].Kind == x86.ImmediateOperand && t.Operands[1].Symbol != "":
		if _, ok := out.Dst.(Register); !ok || out.Op != Mov {
			return out, errors.New("an address as a constant has to be moved into a register first")
		}
		out.Op = Lea
	}
	return out, nil
}

// operand translates an operand; the address of a location as a constant becomes the location's memory.
func (t translation) operand(o x86.Operand) (Operand, error) {
	switch {
	case o.Kind == x86.RegisterOperand:
		return t.register(o.Base)
	case o.Kind == x86.ImmediateOperand && o.Symbol == "":
		return Immediate(o.Disp), nil
	case o.Segment == "fs" || o.Segment == "gs": // the others start at 0 (volume 1, 3.4.2.1)
		return nil, fmt.Errorf("segment %%%s is the thread's own", o.Segment)
	}
	return t.memory(o)
}

func (t translation) register(r x86.Register) (Register, error) {
	if r.Symbolic {
		if t.Register == nil {
			return NoRegister, fmt.Errorf("nothing says which register %%%s is", r.Name)
		}
		return t.Register(r.Name)
	}
	register, _, ok := ParseRegister(r.Name)
	if !ok {
		return NoRegister, fmt.Errorf("there is no register %s", r.Name)
	}
	return register, nil
}

// memory translates a memory operand: the location's place, and the registers beside it.
func (t translation) memory(o x86.Operand) (Operand, error) {
	var m Memory
	if o.Symbol != "" {
		if t.Location == nil {
			return nil, fmt.Errorf("nothing says where %s is", o.Symbol)
		}
		var err error
		if m, err = t.Location(o.Symbol); err != nil {
			return nil, err
		}
	}
	disp := int64(m.Disp) + o.Disp
	if disp < math.MinInt32 || disp > math.MaxInt32 {
		return nil, fmt.Errorf("the displacement %d does not fit 4 bytes", disp)
	}
	m.Disp = int32(disp)
	var size uint8 // of the registers
	for i, part := range []x86.Register{o.Base, o.Index} {
		if part.Name == "" {
			continue
		}
		r, err := t.register(part)
		if err != nil {
			return nil, err
		}
		switch {
		case part.Size < 4 || size != 0 && size != part.Size:
			return nil, fmt.Errorf("expected registers of 4 or of 8 bytes for an address, found %%%s", part.Name)
		case i == 0 && m.Base == NoRegister:
			m.Base = r
		case m.Index == NoRegister && i == 0:
			m.Index, m.Scale = r, 1
		case m.Index == NoRegister:
			m.Index, m.Scale = r, uint8(o.Scale)
		default:
			return nil, fmt.Errorf("the address of %s and two registers are more than a memory operand holds", o.Symbol)
		}
		size = part.Size
	}
	m.Narrow = m.Narrow || size == 4
	return m, nil
}
