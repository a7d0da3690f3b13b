package arm64

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/aarch64"
)

// body adds the test's instructions; those of the lines in stored store that register.
func (b *builder) body(stored map[int]Register) error {
	t, code := &b.plan.Test.Threads[b.thread], b.ir().Code
	instr, number := 0, 0
	for i, line := range t.Lines {
		for _, l := range line.Labels {
			b.asm.Label(string(b.labelOf(l)))
		}
		if line.Node == nil {
			continue
		}
		in, err := b.instruction(line.Node.(*aarch64.Instruction), number)
		if value, ok := stored[i]; ok && err == nil {
			in, err = storing(in, value)
		}
		if err == nil {
			err = encodesAnywhere(in)
		}
		if err != nil {
			return source.Errorf(line.Pos, "%s: %s: %v", t.Name, line.Node, err)
		}
		b.place(instr, line.Node.String())
		b.asm.Add(in)
		number++
		// LDIAPP and STILP are two of the thread's.
		for instr < len(code) && code[instr].Pos == line.Pos {
			instr++
		}
	}
	b.asm.Label(string(b.label("end")))
	b.place(instr, "the end of the test's instructions")
	return nil
}

// instruction is the machine's form of the thread's instruction of a number.
func (b *builder) instruction(node *aarch64.Instruction, number int) (Instruction, error) {
	in, err := translation{b.registers.numbers}.instruction(node)
	if err != nil {
		return in, err
	}
	in = b.registers.instruction(in)
	for i, o := range in.Operands {
		switch o := o.(type) {
		case Label:
			in.Operands[i] = b.labelOf(string(o))
		case Distance:
			// Distances are the test's here too: its instructions follow one another.
			if to := number + int(o)/Size; to < 0 || to > len(instructions(&b.plan.Test.Threads[b.thread])) {
				return in, fmt.Errorf("%s is outside of the thread's code", o)
			}
		default:
			continue
		}
		if strings.HasPrefix(string(in.Op), "ldr") {
			return in, errors.New("it loads code as data: not supported")
		}
	}
	return in, nil
}

// labelOf is the label of the test by that name in this thread, as symbols have it.
func (b *builder) labelOf(name string) Label { return Label(fmt.Sprintf("P%d:%s", b.thread, name)) }

// encodesAnywhere is the error of an instruction that has no encoding wherever its labels are.
func encodesAnywhere(in Instruction) error {
	operands := slices.Clone(in.Operands)
	for i, o := range operands {
		if _, ok := o.(Label); ok {
			operands[i] = Distance(0)
		}
	}
	_, err := New(in.Op, operands...).encode()
	return err
}

// stores are the stores of one register that leave all registers as they are, given that they do not change their base.
var stores = []Opcode{
	"str", "strh", "strb", "stur", "sturh", "sturb", "stlr", "stlrh", "stlrb", "stlur", "stlurh", "stlurb",
}

// storing is a store of another register, in the same width.
func storing(in Instruction, value Register) (Instruction, error) {
	if m, ok := in.Operands[len(in.Operands)-1].(Memory); !ok || m.Mode != Offset || !slices.Contains(stores, in.Op) {
		return in, errors.New("expected a store that does not change its base")
	}
	if !in.Operands[0].(Register).Wide() {
		value &^= wide
	}
	in.Operands[0] = value
	return in, nil
}

// returns are the names of the registers by which the thread returns. Those that hold nothing at first are the thread's end.
func (b *builder) returns() map[string]bool {
	names := map[string]bool{}
	for _, in := range instructions(&b.plan.Test.Threads[b.thread]) {
		if in.Mnemonic() != "RET" {
			continue
		}
		name := fmt.Sprint("X", link)
		if operands := in.Operands(); len(operands) > 0 {
			name = operands[0].(aarch64.Register).Name
		}
		names[name] = true
	}
	return names
}

// exclusives reports whether the thread has exclusive stores. They are not to succeed by a load of an instance before.
func (b *builder) exclusives() bool {
	return slices.ContainsFunc(instructions(&b.plan.Test.Threads[b.thread]), func(in *aarch64.Instruction) bool {
		return strings.HasPrefix(in.Mnemonic(), "STX") || strings.HasPrefix(in.Mnemonic(), "STLX")
	})
}

func instructions(t *litmus.Thread) []*aarch64.Instruction {
	var list []*aarch64.Instruction
	for _, line := range t.Lines {
		if in, ok := line.Node.(*aarch64.Instruction); ok {
			list = append(list, in)
		}
	}
	return list
}

// Need is an instruction of a test that not every processor has.
type Need struct {
	Feature string // as Opcode.Feature gives it: "FEAT_LSE"
	Pos     source.Pos
	Text    string // "P0: LDADD W0,W1,[X2]"
}

// Needs lists the features that a test in AArch64 needs beyond Armv8.0, each by the first instruction that does.
func Needs(t *litmus.Test) []Need {
	var needs []Need
	for _, thread := range t.Threads {
		for _, line := range thread.Lines {
			in, ok := line.Node.(*aarch64.Instruction)
			if !ok {
				continue
			}
			feature := Opcode(strings.ToLower(in.Mnemonic())).Feature()
			if feature == "" || slices.ContainsFunc(needs, func(n Need) bool { return n.Feature == feature }) {
				continue
			}
			needs = append(needs, Need{feature, line.Pos, fmt.Sprintf("%s: %s", thread.Name, in)})
		}
	}
	return needs
}
