package search

import "github.com/weakmem/litmus/explorer/sim"

// consistent reports whether a graph is still consistent after an event got a
// place that is not the newest: a load that reads, or a store that precedes, an older write. What else there is in the
// graph is consistent. (An event that nothing follows in any order cannot be on a cycle: the newest choice is always consistent.)
func (g *graph) consistent(id int32) bool {
	switch g.m.order {
	case totalOrder, storeOrder, partialStores:
		return !g.reachesItself(id)
	case partialSeqCsts:
		return g.seqCstOrdered(id)
	case judgedOrder:
		return g.m.judge.allows(g, id)
	default:
		return g.fencesOrdered()
	}
}

// reachesItself searches for a cycle through an event along the order that the
// model asks to be acyclic.
func (g *graph) reachesItself(id int32) bool {
	if len(g.seen) < len(g.ev) {
		g.seen = append(g.seen, make([]uint32, cap(g.ev)-len(g.seen))...)
	}
	g.round++
	g.stack = append(g.stack[:0], id)
	for len(g.stack) > 0 {
		e := g.stack[len(g.stack)-1]
		g.stack = g.stack[:len(g.stack)-1]
		from := len(g.stack)
		g.successors(e)
		keep := from
		for _, s := range g.stack[from:] {
			if s == id {
				return true
			}
			if g.seen[s] != g.round {
				g.seen[s] = g.round
				g.stack[keep] = s
				keep++
			}
		}
		g.stack = g.stack[:keep]
	}
	return false
}

// successors pushes the events that come after one in the model's global order.
func (g *graph) successors(id int32) {
	e := &g.ev[id]
	switch e.kind {
	case store:
		if e.coNext >= 0 {
			g.stack = append(g.stack, e.coNext)
		}
		for r := e.reader; r >= 0; r = g.ev[r].nextReader {
			// Store buffers forward: a thread may read its own store before others can.
			if g.m.order == totalOrder || g.ev[r].thread != e.thread {
				g.stack = append(g.stack, r)
			}
		}
	case load:
		if e.rf != none {
			if w := g.following(e.rf, e.loc); w >= 0 {
				g.stack = append(g.stack, w)
			}
		}
	case spawn:
		g.preserved(e, g.lanes[e.val.Bits].events)
	case end, count:
		for j := range g.ev {
			w := &g.ev[j]
			if e.kind == end && w.kind == join && w.rf == id ||
				e.kind == count && w.kind == awaitZero && w.loc == e.loc && g.includes(g.clock(int32(j), porfVector), id) {
				g.stack = append(g.stack, int32(j))
			}
		}
	}
	if g.m.order == totalOrder {
		if n := g.after(id); n >= 0 {
			g.stack = append(g.stack, n)
		}
		return
	}
	g.preserved(e, g.lanes[e.thread].events[e.index+1:])
}

// drains reports whether everything before an event of its thread is done
// before everything after it: a full fence, an update, the start and the end of threads.
func (e *event) drains() bool {
	switch e.kind {
	case fence:
		return e.order == sim.SeqCst
	case load:
		return e.update && e.verdict == sim.Write
	case store:
		return e.exclusive
	case spawn, join, end, count, awaitZero:
		return true
	}
	return false
}

// preserved pushes those of the events that follow an event in program order, or
// that the thread which it starts begins with, that tso and pso put after it. Only the first of each sort need be pushed, if the
// others come after it.
func (g *graph) preserved(e *event, following []int32) {
	pso := g.m.order == partialStores
	delayed := e.kind == store && !e.exclusive // only loads may overtake it, and in pso stores
	storeFence := pso && e.kind == fence && e.order != sim.SeqCst
	if storeFence && !e.order.Releases() || !pso && e.kind == fence && e.order != sim.SeqCst {
		return // no order of its own; nor is it pushed
	}
	sameLoc, released := false, false
	stored := false
	for _, n := range following {
		o := &g.ev[n]
		if o.drains() {
			g.stack = append(g.stack, n)
			return
		}
		switch o.kind {
		case load:
			switch {
			case delayed:
				// A SeqCst load does not overtake a SeqCst store.
				if e.order == sim.SeqCst && o.order == sim.SeqCst {
					g.stack = append(g.stack, n)
				}
			case storeFence:
			default:
				g.stack = append(g.stack, n)
				return
			}
		case store:
			switch {
			case !pso:
				if !stored {
					g.stack = append(g.stack, n)
					stored = true
				}
			case !delayed:
				g.stack = append(g.stack, n)
			case o.loc == e.loc && !sameLoc:
				g.stack = append(g.stack, n)
				sameLoc = true
			case o.order.Releases() && !released:
				g.stack = append(g.stack, n)
				released = true
			}
		case fence:
			if pso && delayed && o.order.Releases() {
				g.stack = append(g.stack, n)
			}
		}
	}
}
