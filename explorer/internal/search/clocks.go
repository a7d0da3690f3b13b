package search

import "github.com/weakmem/litmus/explorer/sim"

// computeClocks computes the vectors of an event from those of the event before
// it in its thread and of what it reads.
func (g *graph) computeClocks(id int32) {
	e := &g.ev[id]
	s := g.stride
	own := g.clocks[int(id)*g.width:][:g.width]
	if p := g.before(id); p >= 0 {
		copy(own[:2*s], g.clocks[int(p)*g.width:][:2*s])
		if g.m.views {
			copy(own[2*s:3*s], g.clock(p, acqVector))
			if g.ev[p].thread != e.thread {
				clear(own[2*s : 3*s]) // a thread's fences acquire what the thread itself has read
			}
			clear(own[3*s:])
		}
	} else {
		clear(own)
	}
	porf, hb := own[:s], own[s:2*s]
	next := uint32(e.index) + 1
	porf[e.thread], hb[e.thread] = next, next
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
		rel := g.clock(e.rf, relVector)
		merge(own[2*s:3*s], rel)
		if e.order.Acquires() || g.m.loadsAcquire {
			merge(hb, rel)
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
			merge(hb, own[2*s:3*s])
		}
	case store:
		if g.m.views && e.order != sim.Plain && e.order&sim.Silent == 0 {
			g.release(id, hb, own[3*s:])
		}
	}
}

// release computes what reading a store synchronises with: what comes before
// the store itself, if it releases, a release fence before it, or an earlier release store of the same
// thread to the same location; and, for an update, what the store that it read stands for.
func (g *graph) release(id int32, hb, rel []uint32) {
	e := &g.ev[id]
	if e.order.Releases() || e.exclusive && g.m.updatesRelease {
		copy(rel, hb)
	} else {
		if e.releaseFence >= 0 {
			merge(rel, g.clock(e.releaseFence, hbVector))
		}
		for w := e.prevLoc; w >= 0; w = g.ev[w].prevLoc {
			o := &g.ev[w]
			if o.thread == e.thread && o.kind == store && (o.order.Releases() || o.exclusive && g.m.updatesRelease) {
				merge(rel, g.clock(w, hbVector))
				break
			}
		}
	}
	if e.exclusive {
		if from := g.ev[g.before(id)].rf; from >= 0 {
			merge(rel, g.clock(from, relVector))
		}
	}
}
