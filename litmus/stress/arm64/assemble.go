package arm64

import "fmt"

// Assembler collects instructions and labels. The zero Assembler is empty.
type Assembler struct {
	instructions []Instruction
	labels       map[string]int // by name, the index of the instruction that follows
	err          error          // the first
}

// Add appends an instruction.
func (a *Assembler) Add(in Instruction) { a.instructions = append(a.instructions, in) }

// Label names the place of the next instruction, or the end if none follows.
func (a *Assembler) Label(name string) {
	if _, ok := a.labels[name]; ok && a.err == nil {
		a.err = fmt.Errorf("label %s is defined twice", name)
	}
	if a.labels == nil {
		a.labels = map[string]int{}
	}
	a.labels[name] = len(a.instructions)
}

// Assemble returns the machine code of all that was added, four bytes an
// instruction, with its labels resolved. The code can stand at any address.
// The error names the instruction or the label that is wrong.
func (a *Assembler) Assemble() ([]byte, error) {
	if a.err != nil {
		return nil, a.err
	}
	code := make([]byte, 0, Size*len(a.instructions))
	for i, in := range a.instructions {
		resolved, err := a.resolve(in, i)
		if err != nil {
			return nil, fmt.Errorf("instruction %d: %s: %w", i, in, err)
		}
		word, err := resolved.Encode()
		if err != nil {
			return nil, fmt.Errorf("instruction %d: %w", i, err)
		}
		code = append(code, word...)
	}
	return code, nil
}

// resolve replaces the labels of instruction i by distances.
func (a *Assembler) resolve(in Instruction, i int) (Instruction, error) {
	operands := make([]Operand, len(in.Operands))
	for k, o := range in.Operands {
		if l, ok := o.(Label); ok {
			to, ok := a.labels[string(l)]
			if !ok {
				return in, fmt.Errorf("label %s is not defined", l)
			}
			o = Distance(Size * (to - i))
		}
		operands[k] = o
	}
	return Instruction{Op: in.Op, Operands: operands}, nil
}
