package search

import (
	"runtime"

	"github.com/weakmem/litmus/explorer/sim"
)

// probe is a look ahead: at the end of a round of a loop that waits, the thread
// goes on through the loop while every load returns what it returned in that round. If each round does the same as the
// last, for long enough, the loop would go round for ever, and a round without effect need not be part of any graph: without it,
// the rest of the execution is the same.
type probe struct {
	rounds int     // left to go
	round  []int32 // the events of the round
	most   int     // how many it could have
	at     int     // in the current round
	site   uint64
}

// LookAhead is how often a waiting loop must go round without doing anything
// new, the first time that it is met, to be taken for one that would do so for ever.
const (
	LookAhead      = 1000
	maxRound       = 16 // events: what else goes round is left alone
	lookAheadAgain = 100
)

// Yield implements sim.Thread.
func (t *thread) Yield() {
	w := t.w
	if w.over {
		panic(killed{})
	}
	switch w.mode {
	case peeking:
		panic(unfit{})
	case ahead:
		t.probeRound()
		return
	}
	if w.o.pct > 0 {
		w.demote(t)
	}
	if t.pos == t.round {
		if t.idle++; t.idle > LookAhead {
			t.Fail("Yield: a loop waits without reading modelled memory that could change")
		}
		return
	}
	t.idle = 0
	events := w.g.lanes[t.id].events[t.round:t.pos]
	t.round = t.pos
	if t.retries {
		t.retries = false
		return
	}
	if id := t.recorded(); id != none {
		if w.g.ev[id].kind == block {
			t.blockAfter(w.g.ev[id].alternatives)
		}
		return
	}
	if w.o.script != nil {
		if n := w.o.script.blocks(t); n > 0 {
			t.blockAfter(n)
		}
		return
	}
	// At most what was read since the last effect can be a round.
	free := len(events)
	for free > 0 {
		if e := &w.g.ev[events[free-1]]; e.kind != load || e.exclusive {
			break
		}
		free--
	}
	events = events[free:]
	if len(events) == 0 {
		return
	}
	if w.o.random != nil {
		t.awaitStore(int32(len(events)))
		return
	}
	last := &w.g.ev[events[len(events)-1]]
	at := &w.g.locs[last.loc]
	// Threads may run the same loop with different bounds, and wait for different things.
	id := callSite(uint64(t.id), uint64(at.thread), uint64(at.index))
	known := w.shared.site(id)
	length := known.length + 1
	if known.left || len(events) < length {
		return
	}
	rounds := LookAhead
	if known.spins {
		rounds = lookAheadAgain
	}
	t.extend()
	t.probe = probe{rounds: rounds, site: id, round: events[len(events)-length:], most: len(events)}
	w.mode, w.looker = ahead, t
}

// callSite identifies the loop that calls Yield, by its callers and what else
// tells it from others.
func callSite(more ...uint64) uint64 {
	var pcs [5]uintptr
	h := uint64(14695981039346656037)
	for _, m := range more {
		h = (h ^ m) * 1099511628211
	}
	for _, pc := range pcs[:runtime.Callers(3, pcs[:])] {
		h = (h ^ uint64(pc)) * 1099511628211
	}
	return h
}

// probeUpdate is a load, or an update, while the thread looks ahead: the next
// one of the round.
func (t *thread) probeUpdate(v *sim.Var, o sim.Ordering, f sim.Update, a, b sim.Word) (sim.Word, sim.Verdict) {
	w := t.w
	p := &t.probe
	slot := w.slot(v.Addr)
	if slot.stamp != w.stamp {
		t.probeFails()
	}
	if p.at >= len(p.round) {
		t.probeFails()
	}
	e := &w.g.ev[p.round[p.at]]
	if e.loc != slot.loc || e.update != (f != nil) {
		t.probeFails()
	}
	val := w.value(e.rf, e.loc)
	if f != nil {
		if _, verdict := f(val, a, b); verdict != sim.Keep {
			t.probeFails()
		}
	}
	p.at++
	return val, sim.Keep
}

// probeRound ends a round of the look ahead.
func (t *thread) probeRound() {
	w := t.w
	p := &t.probe
	if p.at == 0 {
		if t.idle++; t.idle > LookAhead {
			t.probeFails()
		}
		return
	}
	t.idle = 0
	if p.at != len(p.round) {
		t.probeFails()
	}
	p.at = 0
	if p.rounds--; p.rounds > 0 {
		return
	}
	w.shared.setSite(p.site, func(s *site) { s.spins = true })
	n := int32(len(p.round))
	t.probe = probe{}
	w.mode, w.looker = live, nil
	t.blockAfter(n)
}

// probeFails ends the look ahead: the loop is not one that repeats its last
// events for ever. The thread has run too far, so the run is made once more, and then a longer round is tried, or, in the end,
// the loop is left alone.
func (t *thread) probeFails() {
	t.endProbe()
	t.dies()
}

func (t *thread) endProbe() {
	w := t.w
	most := min(t.probe.most, maxRound)
	w.shared.setSite(t.probe.site, func(s *site) {
		if s.length++; s.length >= most {
			s.left = true
		}
	})
	t.probe = probe{}
	w.mode, w.looker = live, nil
	w.again, w.over = true, true
}
