package stress

import (
	"context"
	"fmt"
	"math/rand/v2"
	"unsafe"

	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/perpetual"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// endless is a round of a perpetual test. The threads run the machine code as often as there are threads, each time with other memory
// for what they record; then each of them counts the frames of one of these runs.
type endless struct {
	crew
	budget
	h        *harness
	test     *perpetual.Test
	code     *plan.Code
	loaded   *native.Code
	layout   layout
	n        int // iterations of a run, 0 for no more: set by thread 0, read by all after they have met
	counters []*perpetual.Counter
	frames   int64 // of all counters, when they were last asked
}

// runPerpetual runs a round of a perpetual test.
func (h *harness) runPerpetual(ctx context.Context, d *round, t *perpetual.Test) error {
	code, err := build(h.program.endless(d.layout, t))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	e := &endless{h: h, test: t, code: code, layout: d.layout, budget: budget{size: h.size(string(Perpetual))}}
	if e.loaded, err = h.load(code); err != nil {
		return err
	}
	defer e.loaded.Close()
	for range t.Threads {
		e.counters = append(e.counters, t.Counter())
	}
	h.area.words(h.area.table, 1)[0] = uint64(h.area.instances.base)
	if err := h.threads(d.processors, &e.crew, func(w *worker) { e.work(ctx, d, w) }); err != nil {
		return err
	}
	for _, c := range e.counters {
		for _, s := range c.States() {
			h.states.count(s.Values, s.Count)
		}
	}
	return nil
}

// endless is the plan of a perpetual test.
func (p *program) endless(l layout, t *perpetual.Test) *plan.Plan {
	made := p.plan(l)
	made.Perpetual, made.Yield, made.Threads = true, native.Yields, t.Threads
	return made
}

// drawPerpetual chooses a round of a perpetual test.
func (h *harness) drawPerpetual(r *rand.Rand) *round {
	return &round{layout: h.program.drawLayout(r), processors: h.affinity(r)}
}

// work is what thread w does in the round.
func (e *endless) work(ctx context.Context, d *round, w *worker) {
	most := min(e.test.MaxIterations, maxIterations)
	for {
		for run := range e.workers {
			if w.thread == 0 {
				e.prepare(ctx, d, run, most)
			}
			e.meet()
			if e.n == 0 {
				return
			}
			a := e.h.area
			*a.records[w.thread] = plan.Record{
				Table: a.table.base, Out: e.out(w.thread, run), Count: uint64(e.n), Shared: uintptr(unsafe.Pointer(a.shared)),
				Patience: e.h.clock.ticks(patience),
			}
			e.h.call(e.code, e.loaded, w)
			e.meet()
		}
		out := make([][]uint64, len(e.workers))
		for t := range out {
			out[t] = unsafe.Slice((*uint64)(e.h.area.at(e.out(t, w.thread))), e.n*len(e.test.Threads[t].Out))
		}
		if w.err == nil {
			w.err = e.counters[w.thread].Count(out, e.n)
		}
		e.meet()
	}
}

// prepare is done by thread 0 while all others wait, before each run of the machine code.
func (e *endless) prepare(ctx context.Context, d *round, run, most int) {
	h := e.h
	if run == 0 {
		// What is left is known only as far as frames were counted.
		h.left -= e.counted()
		e.n = e.next(ctx, h, d.lasts, most)
	}
	h.area.restart()
	for i := range h.program.cells {
		cell := &h.program.cells[i]
		store(h.area.at(h.area.instances.base+uintptr(e.layout.offsets[cell.location]+cell.offset)), cell.size, 0)
	}
}

// counted is how many frames were counted since it was last asked.
func (e *endless) counted() int64 {
	var n int64
	for _, c := range e.counters {
		n += c.Frames()
	}
	n, e.frames = n-e.frames, n
	return n
}

// out is where thread t records what it loads in a run.
func (e *endless) out(t, run int) uintptr {
	return e.h.area.outs[t].base + uintptr(8*run*maxIterations*len(e.test.Threads[t].Out))
}
