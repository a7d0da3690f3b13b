package search

import (
	"runtime"

	"github.com/weakmem/litmus/explorer/sim"
)

// Await implements sim.Thread. A condition that does not hold blocks the thread
// there for good: only a later store that one of its loads reads instead leads on. What is left out that way is a
// round without effect, after which everything is as before.
func (t *thread) Await(cond func() bool) {
	if t.probe.on {
		t.probeFails()
	}
	for {
		start := t.pos
		if cond() {
			return
		}
		if t.pos == start {
			t.Fail("Await: the condition does not hold and reads no modelled memory that could change it")
		}
		if t.effectFree(start) {
			t.blockAfter(t.pos - start)
		}
	}
}

// effectFree reports whether the thread has only read since a position.
func (t *thread) effectFree(start int32) bool {
	g := t.w.g
	for _, id := range g.lanes[t.id].events[start:t.pos] {
		if e := &g.ev[id]; e.kind != load || e.exclusive {
			return false
		}
	}
	return true
}

// blockAfter ends a round of n loads that changed nothing, and blocks the
// thread. When it samples, the explorer cannot come back to the loads: there the thread waits for a new store and goes on.
func (t *thread) blockAfter(n int32) {
	w := t.w
	if w.o.random != nil {
		t.awaitStore(n)
		return
	}
	if id := t.expect(block, sim.Relaxed); id != none {
		t.done()
	} else {
		t.extend()
		last := w.g.previous(t.id)
		if e := &w.g.ev[last]; !w.g.newest(e.rf, e.loc, last, nil, none) {
			// Nothing will revisit a load that chose an older write, nor anything before it.
			w.dead = true
			t.dies()
		}
		id := w.g.add(t.id, block, sim.Relaxed, none)
		w.g.ev[id].alternatives = n
		w.g.computeClocks(id)
		t.added()
	}
	t.state = stuck
	t.pause()
}

// probe is a look ahead: the thread goes on through its waiting loop while
// every load returns what it last returned, to see whether it goes round for ever.
type probe struct {
	on     bool
	rounds int // left to go
	length int // events a round
	at     int // in the current round
	failed bool
	site   uint64
}

// probeRounds is how often a waiting loop must go round without doing anything
// new, the first time that it is met, to be taken for one that would do so for ever.
const (
	probeRounds      = 1000
	probeRoundsAgain = 2
)

// Yield implements sim.Thread.
func (t *thread) Yield() {
	w := t.w
	if w.killing {
		panic(killed{})
	}
	if t.probe.on {
		t.probeRound()
		return
	}
	if t.pos == t.round {
		t.idle++
		if t.idle > probeRounds {
			t.Fail("Yield: a loop waits without reading modelled memory that could change")
		}
		return
	}
	t.idle = 0
	n := t.pos - t.round
	if id := t.recorded(); id != none && w.g.ev[id].kind == block {
		t.round = t.pos
		t.blockAfter(w.g.ev[id].alternatives)
		return
	}
	if id := t.recorded(); id != none {
		t.round = t.pos
		return
	}
	// At most what was read since the last effect can be a round.
	events := w.g.lanes[t.id].events[t.round:t.pos]
	free := int32(0)
	for free < n {
		e := &w.g.ev[events[n-1-free]]
		if e.kind != load || e.exclusive {
			break
		}
		free++
	}
	t.round = t.pos
	if free == 0 {
		return
	}
	if w.o.random != nil {
		t.awaitStore(free)
		return
	}
	site := callSite()
	rounds, met := probeRoundsAgain, false
	if spins, ok := w.shared.site(site); ok {
		met = true
		if !spins {
			return
		}
	} else {
		rounds = probeRounds
	}
	_ = met
	t.extend()
	t.probe = probe{on: true, rounds: rounds, site: site, length: -1}
}

// callSite identifies the loop that calls Yield, by its callers.
func callSite() uint64 {
	var pcs [12]uintptr
	h := uint64(14695981039346656037)
	for _, pc := range pcs[:runtime.Callers(3, pcs[:])] {
		h = (h ^ uint64(pc)) * 1099511628211
	}
	return h
}

// probeUpdate is a load, or an update, while the thread looks ahead.
func (t *thread) probeUpdate(v *sim.Var, o sim.Ordering, f sim.Update, a, b sim.Word) sim.Word {
	w := t.w
	if w.killing {
		panic(killed{})
	}
	p := &t.probe
	slot := w.slot(v.Addr)
	if slot.stamp != w.stamp {
		t.probeFails()
	}
	// The newest of the thread's loads of that variable says what the next would say if nothing changed.
	lane := w.g.lanes[t.id].events[:t.pos]
	for i := len(lane) - 1; i >= 0; i-- {
		e := &w.g.ev[lane[i]]
		if e.loc != slot.loc {
			continue
		}
		if e.kind != load || e.exclusive {
			t.probeFails()
		}
		val := w.value(e.rf, e.loc)
		if f != nil {
			if _, verdict := f(val, a, b); verdict != sim.Keep {
				t.probeFails()
			}
		}
		p.at++
		if p.length >= 0 && p.at > p.length {
			t.probeFails()
		}
		return val
	}
	t.probeFails()
	return sim.Word{}
}

// probeRound ends a round of the look ahead.
func (t *thread) probeRound() {
	w := t.w
	p := &t.probe
	switch {
	case p.at == 0:
		t.idle++
		if t.idle > probeRounds {
			t.probeFails()
		}
		return
	case p.length < 0:
		p.length = p.at
		if !t.lastAre(p.length) {
			t.probeFails()
		}
	case p.at != p.length:
		t.probeFails()
	}
	p.at = 0
	if p.rounds--; p.rounds > 0 {
		return
	}
	w.shared.setSite(p.site, true)
	n := int32(p.length)
	t.probe = probe{}
	t.blockAfter(n)
}

// lastAre reports whether the thread's last n events are loads: the round that
// the look ahead repeats.
func (t *thread) lastAre(n int) bool {
	return n <= int(t.pos) && t.effectFree(t.pos-int32(n))
}

// probeFails ends the look ahead: the loop does not go round for ever without
// effect. The thread has run too far, so the run is made once more, and the loop is left alone.
func (t *thread) probeFails() {
	w := t.w
	w.shared.setSite(t.probe.site, false)
	t.probe = probe{}
	w.again = true
	t.dies()
}

// Assertion ends the run: an assertion does not hold.
func (t *thread) Assertion(message string) {
	if t.w.killing {
		panic(killed{})
	}
	t.w.fail(&Failure{Kind: Assertion, Message: message, Thread: t.id})
	t.dies()
}

// Discard ends the run: the execution is not of interest.
func (t *thread) Discard() {
	t.w.dead = true
	t.dies()
}
