package enumerate

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// State is one final state of a test and how many executions end in it.
type State struct {
	Values []ir.Value // as litmus.Test.Observed lays them out
	Count  int
	Holds  bool // whether the condition's proposition holds
}

// Result is what one model says of a test.
type Result struct {
	Model              string
	States             []State // sorted
	Positive, Negative int     // consistent executions in which the proposition holds, and does not
	Candidates         int64   // executions judged to the end; what was pruned before is not counted
	BoundHit           bool    // a loop was cut at the bound: longer executions were not considered
	Stopped            bool    // the context ended the search: States is what was found by then
	Flags              []Flag
	Undefined          bool // a consistent execution races: the program has no defined behaviour

	// Unsupported lists what the test does that is outside the model's reach, such as mixed-size accesses.
	// States then reads each location whole, and is no verdict.
	Unsupported []error
}

// Flag is a flag that some consistent execution raised.
type Flag struct {
	Name      string
	Undefined bool
	Pairs     []string // "EVENT / EVENT": what raised it, in the first such execution
}

// Observation is Never, Sometimes or Always: how often the proposition holds.
func (r *Result) Observation() string {
	switch {
	case r.Positive == 0:
		return "Never"
	case r.Negative == 0:
		return "Always"
	}
	return "Sometimes"
}

// collector gathers the consistent executions of a search.
type collector struct {
	test       *litmus.Test
	cells      *cells
	regSlot    [][]int // by thread: the slots of its observed registers, as runs list them
	index      map[string]int
	states     []State
	candidates int64
	flags      []Flag
	faults     []error
	values     []ir.Value
	key        []byte
	visit      func(*search) // if set, sees each consistent execution instead, its state in values
}

func newCollector(t *litmus.Test, c *cells, regSlot [][]int) *collector {
	return &collector{test: t, cells: c, regSlot: regSlot, index: map[string]int{}, values: make([]ir.Value, t.Slots())}
}

// consistent records the search's present execution.
func (c *collector) consistent(s *search) {
	for _, r := range s.chosen {
		if r.fault != nil {
			c.fault(r.fault)
			return
		}
	}
	for t, slots := range c.regSlot {
		for i, slot := range slots {
			c.values[slot] = s.chosen[t].final[i]
		}
	}
	for i := range c.test.Observed {
		o := &c.test.Observed[i]
		for k, cell := range o.Cells {
			v := c.cells.list[cell].Init
			if w := s.last[cell]; w >= 0 {
				v = s.value(w)
			}
			c.values[o.Slot+k] = v
		}
	}
	if c.test.Filter != nil && !c.test.Filter.Eval(c.values) {
		return
	}
	c.test.Normalize(c.values)
	if c.visit != nil {
		c.visit(s)
		return
	}
	c.key = c.key[:0]
	for _, v := range c.values {
		c.key = binary.LittleEndian.AppendUint32(c.key, uint32(v.Sym))
		c.key = binary.LittleEndian.AppendUint64(c.key, uint64(v.Int))
	}
	i, ok := c.index[string(c.key)]
	if !ok {
		i = len(c.states)
		c.index[string(c.key)] = i
		c.states = append(c.states, State{Values: slices.Clone(c.values), Holds: c.test.Condition.Prop.Eval(c.values)})
	}
	c.states[i].Count++
	for _, f := range s.checker.Flags() {
		c.flag(s, f)
	}
}

func (c *collector) fault(err error) {
	for _, f := range c.faults {
		if f.Error() == err.Error() {
			return
		}
	}
	c.faults = append(c.faults, err)
}

// flag records a flag once, with the pairs that raised it.
func (c *collector) flag(s *search, f model.Flag) {
	for i := range c.flags {
		if c.flags[i].Name == f.Name {
			return
		}
	}
	flag := Flag{Name: f.Name, Undefined: f.Undefined}
	for _, g := range s.checker.Explain(&s.x).Flags {
		if g.Name != f.Name {
			continue
		}
		for _, p := range g.Pairs {
			if p[0] > p[1] && slices.Contains(g.Pairs, [2]int{p[1], p[0]}) {
				continue // a symmetric pair, said once
			}
			flag.Pairs = append(flag.Pairs, fmt.Sprintf("%s / %s", s.describe(p[0]), s.describe(p[1])))
		}
	}
	c.flags = append(c.flags, flag)
}

// fill moves what was gathered into r.
func (c *collector) fill(r *Result) {
	r.States, r.Candidates, r.Flags = c.states, c.candidates, c.flags
	r.Unsupported = append(r.Unsupported, c.faults...)
	slices.SortFunc(r.States, func(a, b State) int { return slices.CompareFunc(a.Values, b.Values, ir.Value.Compare) })
	for i := range r.States {
		if r.States[i].Holds {
			r.Positive += r.States[i].Count
		} else {
			r.Negative += r.States[i].Count
		}
	}
	slices.SortFunc(r.Flags, func(a, b Flag) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range r.Flags {
		r.Undefined = r.Undefined || f.Undefined
	}
}
