package perpetual

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// Convert decides whether a test may run perpetually. The error says what keeps it from that, and names the instruction, or
// what is observed.
func Convert(t *litmus.Test) (*Test, error) {
	c := &conversion{
		Test:   &Test{test: t, Threads: make([]plan.Thread, len(t.Threads)), MaxIterations: math.MaxInt, constants: make([]ir.Value, t.Slots())},
		bodies: make([]*body, len(t.Threads)),
		stores: make([][]event, len(t.Program.Cells)),
		writer: make([]int, len(t.Program.Cells)),
		sizes:  make([]uint8, len(t.Program.Cells)),
	}
	for i := range t.Threads {
		if t.Threads[i].Function != nil {
			return nil, fmt.Errorf("%s is a function: expected the instructions of a processor", t.Threads[i].Name)
		}
		var err error
		if c.bodies[i], err = newBody(t.Program, i); err != nil {
			return nil, err
		}
		if err := c.collect(i); err != nil {
			return nil, err
		}
	}
	for i, b := range c.bodies {
		if err := c.fit(i, b); err != nil {
			return nil, err
		}
	}
	for i := range t.Observed {
		if err := c.observe(&t.Observed[i]); err != nil {
			return nil, err
		}
	}
	if err := c.number(); err != nil {
		return nil, err
	}
	return c.Test, nil
}

// conversion is a Test being made.
type conversion struct {
	*Test
	bodies []*body
	stores [][]event // by cell, of one iteration, in program order
	writer []int     // by cell that has stores
	sizes  []uint8   // by cell: of its accesses
}

// collect adds a thread's accesses to those of their locations.
func (c *conversion) collect(thread int) error {
	b := c.bodies[thread]
	for _, e := range b.events {
		if e.kind == ir.Fence {
			continue
		}
		if c.sizes[e.cell] == 0 {
			c.sizes[e.cell] = e.size
		}
		switch {
		case c.sizes[e.cell] != e.size:
			return b.errorf(e.instr, "it accesses %d bytes of %s, others %d", e.size, cellName(b.prog, e.cell), c.sizes[e.cell])
		case !e.stores():
			continue
		case len(c.stores[e.cell]) > 0 && c.writer[e.cell] != thread:
			return b.errorf(e.instr, "P%d stores to %s too", c.writer[e.cell], cellName(b.prog, e.cell))
		}
		c.writer[e.cell], c.stores[e.cell] = thread, append(c.stores[e.cell], e)
	}
	return nil
}

// fit lays out a thread's sequences, and bounds the iterations by what the locations hold.
func (c *conversion) fit(thread int, b *body) error {
	done := map[int]int{} // by cell
	for _, e := range b.events {
		if !e.stores() {
			continue
		}
		stride := len(c.stores[e.cell])
		done[e.cell]++
		line := slices.IndexFunc(c.test.Threads[thread].Lines, func(l litmus.Line) bool { return l.Node != nil && l.Pos == b.code[e.instr].Pos })
		c.Threads[thread].Stores = append(c.Threads[thread].Stores, plan.Store{Line: line, First: int64(done[e.cell]), Stride: int64(stride)})
		largest := uint64(1)<<(8*e.size) - 1
		most := int(min(largest, math.MaxInt) / uint64(stride))
		if most < MinIterations {
			return b.errorf(e.instr, "%s, of %d bytes, holds the values of only %d iterations: expected at least %d",
				cellName(b.prog, e.cell), e.size, most, MinIterations)
		}
		c.MaxIterations = min(c.MaxIterations, most)
	}
	return nil
}

// observe finds out where what is observed gets its value: it is known before, or from a load, which is then recorded.
func (c *conversion) observe(o *litmus.Observed) error {
	if o.Thread < 0 {
		return fmt.Errorf("%s is observed: expected registers only, which have a value after each iteration", o.Name)
	}
	b := c.bodies[o.Thread]
	v := b.final[o.Reg]
	switch {
	case v.known:
		c.constants[o.Slot] = v.Value
		return nil
	case !v.loaded:
		return b.errorf(b.setBy[o.Reg], "%s is observed, and is not just what was loaded", o.Name)
	}
	e := b.events[v.event]
	l := load{thread: o.Thread, event: v.event, name: o.Name, cell: e.cell, size: e.size, writer: o.Thread, slot: o.Slot}
	l.values = []ir.Value{v.extend(ir.Value{})}
	if l.stores = len(c.stores[e.cell]); l.stores > 0 {
		l.writer = c.writer[e.cell]
	}
	for _, s := range c.stores[e.cell] {
		l.values = append(l.values, v.extend(s.value))
		if l.writer == o.Thread && s.instr < e.instr {
			l.before++
		}
	}
	c.loads = append(c.loads, l)
	c.Threads[o.Thread].Out = append(c.Threads[o.Thread].Out, o.Reg)
	return nil
}

// number gives the loads their places and weights.
func (c *conversion) number() error {
	c.outcomes = 1
	next := make([]int, len(c.Threads))
	for i := range c.loads {
		l := &c.loads[i]
		l.out = next[l.thread]
		next[l.thread]++
		l.weight = c.outcomes
		if c.outcomes *= 1 + l.stores; c.outcomes > maxOutcomes {
			return fmt.Errorf("what is observed may be read in more than %d ways", maxOutcomes)
		}
	}
	if !slices.ContainsFunc(c.loads, func(l load) bool { return l.communicates() }) {
		return fmt.Errorf("nothing that is observed is loaded from where another thread stores")
	}
	slices.SortStableFunc(c.loads, func(a, b load) int { return cmp.Or(a.thread-b.thread, a.event-b.event) })
	return nil
}
