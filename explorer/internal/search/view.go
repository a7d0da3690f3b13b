package search

import (
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// View is an execution that has just been run.
type View struct{ w *worker }

// Final returns the last value in coherence order of the variable at an
// address; ok is false if the execution did not access it.
func (v *View) Final(p unsafe.Pointer) (bits uint64, ok bool) {
	w := v.w
	s := w.slot(p)
	if s.stamp != w.stamp || s.p != p {
		return 0, false
	}
	return w.value(w.g.locs[s.loc].last, s.loc).Bits, true
}

// Hash is a hash of the execution graph that does not depend on the order in
// which its events were added: equal graphs have equal hashes.
func (v *View) Hash() uint64 {
	g := v.w.g
	name := func(id int32) uint64 {
		if id < 0 {
			return uint64(uint32(id))
		}
		return uint64(g.ev[id].thread)<<32 | uint64(g.ev[id].index) + 1<<60
	}
	var sum uint64
	for id := range g.ev {
		e := &g.ev[id]
		h := uint64(14695981039346656037)
		add := func(n uint64) {
			h = (h ^ n) * 0x9E3779B97F4A7C15
			h ^= h >> 29
		}
		add(name(int32(id)))
		add(uint64(e.kind)<<8 | uint64(e.order))
		add(name(e.rf))
		add(name(e.coPrev))
		if e.kind == choose || e.kind == spawn {
			add(e.val.Bits)
		}
		sum += h
	}
	return sum
}

// Events is the number of events of the execution.
func (v *View) Events() int { return len(v.w.g.ev) }

// Races appends the pairs of events, as (thread, index) each, that access one
// location, one of them with ordering Plain and one of them a write, and of which neither happens before the other.
func (v *View) Races(into [][2][2]int32) [][2][2]int32 {
	g := v.w.g
	for loc := range g.locs {
		for a := g.locs[loc].lastEvent; a >= 0 && g.locs[loc].events > 0; a = g.ev[a].prevLoc {
			for b := g.ev[a].prevLoc; b >= 0; b = g.ev[b].prevLoc {
				x, y := &g.ev[a], &g.ev[b]
				if x.thread == y.thread || x.order != sim.Plain && y.order != sim.Plain || x.kind == load && y.kind == load {
					continue
				}
				if !g.includes(g.clock(a, hbVector), b) && !g.includes(g.clock(b, hbVector), a) {
					into = append(into, [2][2]int32{{y.thread, y.index}, {x.thread, x.index}})
				}
			}
		}
	}
	return into
}
