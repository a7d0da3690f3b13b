package stress

import (
	"math/rand/v2"
	"time"

	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// round is a part of a run for which nothing of how it is done changes.
type round struct {
	layout     layout
	sync       plan.Sync
	preloads   [][]plan.Preload // by thread
	instances  int              // a call of the machine code
	order      []int32          // in which instances are run
	delays     []delay          // by thread
	processors []int            // by thread; nil: as the system likes
	lasts      time.Duration
}

// delay is how a thread's delay before its instructions changes from instance to instance: see plan.Record.
type delay struct{ step, mask uint64 }

// draw chooses a round of instances. What makes weak behaviour likely differs from processor to processor and from test to test, so all
// that can be varied is.
func (h *harness) draw(r *rand.Rand) *round {
	p := h.program
	d := &round{layout: p.drawLayout(r), sync: plan.Time}
	if crowded := len(p.out) > len(h.processors); crowded || r.IntN(8) == 0 {
		// Threads that have no processor of their own can only meet by giving way to one another.
		d.sync = plan.Barrier
	} else if r.IntN(8) == 0 {
		d.sync = plan.Free
	}
	d.instances = 256 << r.IntN(6)
	d.order = drawOrder(r, d.instances)
	longest := []uint64{0, 0, 4, 16, 64, 256}[r.IntN(6)]
	for range p.out {
		var preloads []plan.Preload
		for at := range p.locations {
			if how := r.IntN(6); how < 3 {
				preloads = append(preloads, plan.Preload{Offset: d.layout.offsets[at], How: plan.Touch(how)})
			}
		}
		d.preloads = append(d.preloads, preloads)
		var own delay
		if longest > 0 {
			own = delay{step: r.Uint64N(longest<<plan.DelayShift) | 1, mask: longest<<plan.DelayShift - 1}
		}
		d.delays = append(d.delays, own)
	}
	d.processors = h.affinity(r)
	return d
}

// drawOrder is the order of n instances, n a power of 2: one after the other, with a stride, or at random.
func drawOrder(r *rand.Rand, n int) []int32 {
	order := make([]int32, n)
	step := 1
	if r.IntN(2) == 0 {
		step = 1 + 2*r.IntN(n/2)
	}
	for i := range order {
		order[i] = int32(i * step & (n - 1))
	}
	if r.IntN(3) == 0 {
		r.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}

// affinity gives each thread a processor: one of its own, if there are enough.
func (h *harness) affinity(r *rand.Rand) []int {
	a := h.options.Affinity
	if a.Free || !native.Pins {
		return nil
	}
	all := a.Processors
	if len(all) == 0 {
		all = make([]int, len(h.processors))
		for i, at := range r.Perm(len(all)) {
			all[i] = h.processors[at]
		}
	}
	given := make([]int, len(h.program.out))
	for t := range given {
		given[t] = all[t%len(all)]
	}
	return given
}

// plan is what the machine code of the round is to do.
func (h *harness) plan(d *round) *plan.Plan {
	p := h.program.plan(d.layout)
	p.Sync = d.sync
	p.Yield = native.Yields
	for t := range p.Threads {
		p.Threads[t].Preloads = d.preloads[t]
	}
	return p
}
