package search

import "github.com/weakmem/litmus/explorer/sim"

// computeClocks computes the vectors of an event from those of the event before
// it in its thread and of what it reads.
func (g *graph) computeClocks(id int32) {
	e := &g.ev[id]
	s := g.stride
	own := g.clocks[int(id)*g.width:][:g.width]
	if p := g.before(id); p >= 0 {
		copy(own, g.clocks[int(p)*g.width:][:g.width])
	} else {
		clear(own)
	}
	porf, hb := own[:s], own[s:2*s]
	next := uint32(e.index) + 1
	porf[e.thread], hb[e.thread] = next, next
	if e.twin >= 0 {
		merge(porf, g.clock(e.twin, porfVector))
	}
	switch e.kind {
	case load:
		if e.rf < 0 {
			break
		}
		merge(porf, g.clock(e.rf, porfVector))
		w := &g.ev[e.rf]
		if (e.order|w.order)&sim.Silent != 0 {
			break
		}
		if !g.m.views {
			if !g.m.atomicSync || e.order != sim.Plain && w.order != sim.Plain {
				merge(hb, g.clock(e.rf, hbVector))
			}
			break
		}
		if e.order == sim.Plain {
			break
		}
		if e.order.Acquires() || g.m.loadsAcquire {
			g.synchronise(e.rf, hb)
		}
	case join:
		if e.rf >= 0 {
			merge(porf, g.clock(e.rf, porfVector))
			merge(hb, g.clock(e.rf, hbVector))
		}
	case awaitZero:
		for c := e.prevLoc; c >= 0; c = g.ev[c].prevLoc {
			if g.ev[c].kind == count {
				merge(porf, g.clock(c, porfVector))
				if int64(g.ev[c].val.Bits) < 0 {
					merge(hb, g.clock(c, hbVector))
				}
			}
		}
	case fence:
		if g.m.views && e.order.Acquires() {
			g.acquireLoads(e, hb)
		}
	}
}

// synchronise adds to the prefix of what acquires a store that which the store
// releases: what comes before the store itself, if it releases, or before a release fence before it, or an earlier release store
// of the same thread to the same location; and, for an update, what the store that it read releases.
func (g *graph) synchronise(w int32, hb []uint32) {
	for w >= 0 {
		e := &g.ev[w]
		if e.order == sim.Plain || e.order&sim.Silent != 0 {
			return
		}
		if (!e.exclusive || e.order.Acquires()) && g.includes(hb, w) {
			return // and with it all that it stands for
		}
		if g.releases(e) {
			merge(hb, g.clock(w, hbVector))
			if e.order.Acquires() || e.exclusive && g.m.loadsAcquire {
				return // and what it read is part of that
			}
		} else {
			if e.releaseFence >= 0 {
				merge(hb, g.clock(e.releaseFence, hbVector))
			}
			for p := e.prevLoc; p >= 0; p = g.ev[p].prevLoc {
				if o := &g.ev[p]; o.thread == e.thread && o.kind == store && g.releases(o) {
					merge(hb, g.clock(p, hbVector))
					break
				}
			}
		}
		if !e.exclusive {
			return
		}
		w = g.ev[g.before(w)].rf
	}
}

func (g *graph) releases(store *event) bool {
	return store.order.Releases() || store.exclusive && g.m.updatesRelease
}

// acquireLoads synchronises an acquire fence with what the loads before it in
// its thread read; those before an earlier such fence are in its prefix.
func (g *graph) acquireLoads(f *event, hb []uint32) {
	events := g.lanes[f.thread].events
	for i := f.index - 1; i >= 0; i-- {
		e := &g.ev[events[i]]
		switch {
		case e.kind == fence && e.order.Acquires():
			return
		case e.kind == load && e.rf >= 0 && e.order != sim.Plain && e.order&sim.Silent == 0:
			g.synchronise(e.rf, hb)
		}
	}
}
