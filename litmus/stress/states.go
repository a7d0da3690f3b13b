package stress

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
)

// states gathers final states, as the test speaks of them, from what the machine had.
type states struct {
	program *program
	index   map[string]int
	list    []State
	total   int64
}

func newStates(p *program) *states { return &states{program: p, index: map[string]int{}} }

// add counts a tuple of a round: the values, and what kinds of values they are.
func (s *states) add(tuple []uint64, n int64, c *chunk) error {
	values := make([]ir.Value, len(s.program.values))
	for k := range values {
		x := tuple[k]
		switch tuple[len(values)+k/32] >> (2 * (k % 32)) & 3 {
		case 0:
			values[k] = ir.Int(int64(x))
		case 1:
			v, ok := c.location(x)
			if !ok {
				return fmt.Errorf("a value is an address in another instance, %#x bytes away", x)
			}
			values[k] = v
		case 2:
			v, ok := c.label(int(x))
			if !ok {
				return fmt.Errorf("a value is the address of code that no label names, at offset %#x", x)
			}
			values[k] = v
		}
	}
	if t := s.program.test; t.Filter == nil || t.Filter.Eval(values) {
		t.Normalize(values)
		s.count(values, n)
	}
	return nil
}

// count counts a state that passes the test's filter, normalised.
func (s *states) count(values []ir.Value, n int64) {
	key := fmt.Sprint(values)
	i, ok := s.index[key]
	if !ok {
		i = len(s.list)
		s.index[key] = i
		s.list = append(s.list, State{Values: slices.Clone(values), Holds: s.program.test.Condition.Prop.Eval(values)})
	}
	s.list[i].Count += n
	s.total += n
}

// sorted returns a copy of what was counted, in the order of the values.
func (s *states) sorted() []State {
	list := slices.Clone(s.list)
	slices.SortFunc(list, func(a, b State) int {
		return slices.CompareFunc(a.Values, b.Values, ir.Value.Compare)
	})
	return list
}

// location finds the location that is at an offset from its instance.
func (c *chunk) location(offset uint64) (ir.Value, bool) {
	for i, l := range c.h.program.locations {
		start := uint64(c.round.layout.offsets[i])
		// The address right after a location still counts as its own.
		if offset >= start && offset-start <= uint64(l.size) {
			return ir.Value{Sym: l.sym, Int: int64(offset - start)}, true
		}
	}
	return ir.Value{}, false
}

// label finds the label that stands at an offset in the code.
func (c *chunk) label(offset int) (ir.Value, bool) {
	program := c.h.program.test.Program
	syms := []int32{}
	for i, symbol := range program.Symbols {
		if symbol.Kind == ir.Label {
			syms = append(syms, int32(i+1))
		}
	}
	slices.SortFunc(syms, func(a, b int32) int { return cmp.Compare(a, b) })
	for _, sym := range syms {
		if at, ok := c.code.LabelOffset(program, sym); ok && at == offset {
			return ir.Value{Sym: sym}, true
		}
	}
	return ir.Value{}, false
}
