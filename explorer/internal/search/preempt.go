package search

import "github.com/weakmem/litmus/explorer/trace"

// preemptions is how often, in the best schedule of the graph's events, a thread
// stops though it could go on. A schedule puts each event after what it reads.
func (w *worker) preemptions() int {
	g := w.g
	var threads [][]int
	for i := range g.lanes {
		if l := &g.lanes[i]; l.alive {
			var steps []int
			for _, id := range l.events {
				steps = append(steps, int(id))
			}
			threads = append(threads, steps)
		}
	}
	deps := func(step int) []int {
		id := int32(step)
		e := &g.ev[id]
		var ds []int
		if e.index == 0 && g.lanes[e.thread].spawn >= 0 {
			ds = append(ds, int(g.lanes[e.thread].spawn))
		}
		switch e.kind {
		case load, join:
			if e.rf >= 0 {
				ds = append(ds, int(e.rf))
			}
		case awaitZero:
			for c := e.prevLoc; c >= 0; c = g.ev[c].prevLoc {
				if g.ev[c].kind == count {
					ds = append(ds, int(c))
				}
			}
		}
		return ds
	}
	waits := func(step int) bool {
		e := &g.ev[step]
		switch e.kind {
		case join, awaitZero, block:
			return true
		case load:
			return e.await || e.loc >= 0 && g.locs[e.loc].kind.Chain
		}
		return false
	}
	_, n, err := trace.Linearize(threads, deps, waits)
	if err != nil {
		return 0 // reads are acyclic with program order: there is a schedule
	}
	return n
}

// beyond reports whether a graph needs more preemptions than the bound and some
// slack. A graph within the bound may be reached only by way of graphs beyond it; with as many more as there are threads, less two, all are
// (Marmanis, Kokologiannakis and Vafeiadis, "Reconciling Preemption Bounding with DPOR", TACAS 2023).
func (w *worker) beyond(slack bool) bool {
	bound := w.shared.cfg.Preemptions
	if bound == 0 {
		return false
	}
	if slack {
		bound += max(0, len(w.g.lanes)-2)
	}
	return w.preemptions() >= bound
}
