package perpetual

import (
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
)

// Counter counts the outcomes of perpetual runs of a test. It belongs to one goroutine.
type Counter struct {
	test   *Test
	pivots []pivot
	loads  []column
	counts []int64 // by number of the outcome
	at     []int64 // the frame: by thread, its iteration
	n      int64   // the iterations of the run
}

// column is a load and the values that it returned, one an iteration.
type column struct {
	values         []uint64 // of iteration i at i×stride
	stride         int64
	mask           uint64 // of the bytes that were loaded
	stores         int64
	thread, writer int
	weight         int64
}

// value is what the load returned in iteration i.
func (c *column) value(i int64) int64 { return int64(c.values[i*c.stride] & c.mask) }

// State is a final state and in how many frames it was seen.
type State struct {
	Values []ir.Value // as litmus.Test.Observed lays them out, normalised
	Count  int64
}

// Counter returns a counter that has counted nothing yet.
func (t *Test) Counter() *Counter {
	c := &Counter{
		test: t, pivots: pivots(len(t.Threads), t.loads), loads: make([]column, len(t.loads)),
		counts: make([]int64, t.outcomes), at: make([]int64, len(t.Threads)),
	}
	for i := range t.loads {
		l := &t.loads[i]
		c.loads[i] = column{
			stride: int64(len(t.Threads[l.thread].Out)), mask: uint64(1)<<(8*l.size) - 1, stores: int64(l.stores),
			thread: l.thread, writer: l.writer, weight: int64(l.weight),
		}
	}
	return c
}

// Count adds the outcomes of a run. out has by thread the registers of Threads[t].Out after each of the iterations, of which there are
// at most MaxIterations. If what was loaded breaks coherence the run is not counted, and the error is an [*IncoherenceError]: no model
// allows that, whatever the test asks.
func (c *Counter) Count(out [][]uint64, iterations int) error {
	c.n = int64(iterations)
	for i := range c.loads {
		l := &c.test.loads[i]
		c.loads[i].values = nil
		if iterations > 0 {
			c.loads[i].values = out[l.thread][l.out:]
		}
	}
	if err := c.coherent(); err != nil {
		return err
	}
	for i := range c.pivots {
		p := &c.pivots[i]
		for n := range c.n {
			c.at[p.thread] = n
			c.next(p, 0, c.read(p.decided))
			p.next()
		}
	}
	return nil
}

// next picks the iterations of the steps from a depth on, and counts the frames. number is that of the outcome, as far as it is decided.
func (c *Counter) next(p *pivot, depth int, number int64) {
	if depth == len(p.steps) {
		c.counts[number]++
	} else {
		c.pick(p, depth, number)
	}
}

// pick is next where there are steps left.
func (c *Counter) pick(p *pivot, depth int, number int64) {
	s := &p.steps[depth]
	if len(s.boundaries) == 0 {
		c.at[s.thread] = c.at[p.thread]
		c.next(p, depth+1, number+c.read(s.decided))
		return
	}
	first := c.boundary(&s.boundaries[s.turn])
	if first > 0 && (!s.single || s.side == 0) {
		c.at[s.thread] = first - 1
		c.next(p, depth+1, number+c.read(s.decided))
	}
	if first < c.n && (!s.single || s.side == 1) {
		c.at[s.thread] = first
		c.next(p, depth+1, number+c.read(s.decided))
	}
}

// read is what loads read in the frame, as a part of the outcome's number.
func (c *Counter) read(loads []int) (number int64) {
	for _, i := range loads {
		l := &c.loads[i]
		after := l.value(c.at[l.thread]) - l.stores*c.at[l.writer]
		number += min(max(after, 0), l.stores) * l.weight
	}
	return number
}

// boundary is the first iteration of the thread that is sought in which things are otherwise than in those before: from 0 to c.n, or
// above if there is none.
func (c *Counter) boundary(b *boundary) int64 {
	l := &c.loads[b.load]
	if !b.forward {
		b.finger = l.first(l.stores*c.at[l.writer]+b.store+1, min(b.finger, c.n), c.n)
		return b.finger
	}
	v := l.value(c.at[l.thread])
	if l.stores == 1 {
		return v
	}
	return (v + l.stores - 1 - b.store) / l.stores
}

// first is the first of n iterations in which at least a value was loaded, n if there is none. It is sought from an iteration on, so that
// it takes the time of the logarithm of the distance. The values are sorted.
func (c *column) first(value, from, n int64) int64 {
	low, high, step := from, from, int64(1) // before low all are less; from high on none is
	for high < n && c.value(high) < value {
		low, high = high+1, min(n, high+step)
		step *= 2
	}
	if high == from {
		for low > 0 && c.value(low-1) >= value {
			low, high = max(0, low-1-step), low-1
			step *= 2
		}
	}
	for low < high {
		if middle := (low + high) / 2; c.value(middle) < value {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// Frames is how many frames were counted, those included whose outcome the test's filter drops.
func (c *Counter) Frames() (n int64) {
	for _, m := range c.counts {
		n += m
	}
	return n
}

// States are the final states seen that pass the test's filter, sorted.
func (c *Counter) States() []State {
	t := c.test
	var states []State
	for number, n := range c.counts {
		if n == 0 {
			continue
		}
		values := slices.Clone(t.constants)
		for i := range t.loads {
			l := &t.loads[i]
			values[l.slot] = l.values[number/l.weight%(1+l.stores)]
		}
		if t.test.Filter != nil && !t.test.Filter.Eval(values) {
			continue
		}
		t.test.Normalize(values)
		states = append(states, State{values, n})
	}
	compare := func(a, b State) int { return slices.CompareFunc(a.Values, b.Values, ir.Value.Compare) }
	slices.SortFunc(states, compare)
	distinct := states[:0]
	for _, s := range states {
		if last := len(distinct) - 1; last >= 0 && compare(distinct[last], s) == 0 {
			distinct[last].Count += s.Count
		} else {
			distinct = append(distinct, s)
		}
	}
	return distinct
}
