package search

import "github.com/weakmem/litmus/explorer/sim"

// Await implements sim.Thread.
//
// A condition that makes one modelled load, or one update that changes something only if the condition then holds, is
// one event. It is added when the newest value is one that the condition accepts. A store of another value may revisit it, and
// blocks the thread there: only a later store leads on. Of older values it reads those that the condition accepts.
//
// Any other condition is evaluated event by event. If it does not hold, the thread is blocked there for good: only a later store that
// one of its loads reads instead leads on. What is left out that way is a round without effect, after which everything is as before.
func (t *thread) Await(cond func() bool) {
	w := t.w
	if w.intercept != nil && t.intercepted(sim.AwaitOperation, nil, 0, 0).Do == sim.Nothing {
		return
	}
	if w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	if w.over {
		panic(killed{})
	}
	if id := t.recorded(); id != none {
		if e := &w.g.ev[id]; e.await && e.update {
			w.peek = peek{t: t}
			w.bindNext = id
			w.evaluate(cond)
			w.bindNext = none
			if !w.peek.found || !w.peek.update {
				t.diverged("an await's condition does something else")
			}
			t.awaitUpdate(cond)
			return
		} else if e.await {
			t.replayAwait(id, cond)
			return
		}
	} else if !w.shared.stepwise {
		t.extend()
		if t.awaitOne(cond) {
			return
		}
	}
	for {
		start := t.pos
		if cond() {
			return
		}
		if t.pos == start {
			t.Fail("Await: the condition does not hold, and reads no modelled memory that could change it")
		}
		if t.retries {
			t.retries = false
		} else if t.effectFree(start) {
			t.blockAfter(t.pos - start)
		}
	}
}

// mode says what operations do.
type mode uint8

const (
	live    mode = iota // what they say
	peeking             // nothing: a condition is evaluated on a value that it is given
	ahead               // nothing: a thread goes on through a waiting loop, to see whether it changes anything
)

// peek is what the evaluation of a condition found it to do.
type peek struct {
	t      *thread
	n      int  // how many operations
	found  bool // which operation it is, is known
	given  bool // the value is
	v      sim.Var
	loc    int32
	o      sim.Ordering
	op     operands
	update bool
	val    sim.Word // what it is to read
	wrote  bool     // the update would have written
}

// unfit unwinds a condition that does more than one load or update, or fails.
type unfit struct{}

// evaluate evaluates a condition on a value; ok is false if it is not of the
// kind that one value decides.
func (w *worker) evaluate(cond func() bool) (holds, ok bool) {
	was := w.mode
	w.mode = peeking
	w.peek.n, w.peek.wrote = 0, false
	defer func() {
		w.mode = was
		if r := recover(); r != nil {
			if _, is := r.(killed); is {
				panic(r)
			}
			// A panic of the condition's own may come of a value that it will never have.
			holds, ok = false, false
		}
	}()
	holds = cond()
	// A failed update changes nothing, and one that changes something must end the wait.
	return holds, w.peek.n == 1 && (!w.peek.update || holds == w.peek.wrote)
}

// peekAt is a load or an update that a condition makes while it is evaluated.
func (w *worker) peekAt(v *sim.Var, o sim.Ordering, f sim.Update, a, b sim.Word, failed sim.Ordering) (sim.Word, sim.Verdict) {
	k := &w.peek
	if k.n++; k.n > 1 || w.over {
		panic(unfit{})
	}
	if !k.found {
		k.found = true
		k.v, k.o, k.op = *v, o, operands{f: f, a: a, b: b, did: o, failed: failed}
		k.loc = k.t.locate(v)
		if !k.given || w.bindNext >= 0 && w.g.ev[w.bindNext].rf == initial {
			last := w.g.locs[k.loc].last
			if k.given {
				last = initial
			}
			k.val = w.value(last, k.loc)
		}
	}
	k.update = f != nil
	if f == nil {
		return k.val, sim.Keep
	}
	_, verdict := f(k.val, a, b)
	k.wrote = verdict == sim.Write
	return k.val, verdict
}

// awaitOne makes the condition one event; it reports false, and does nothing, if
// the condition is not of that kind.
func (t *thread) awaitOne(cond func() bool) bool {
	w := t.w
	w.peek = peek{t: t}
	holds, ok := w.evaluate(cond)
	if !ok {
		return false
	}
	k := w.peek
	if k.update {
		t.awaitUpdate(cond)
		return true
	}
	if !holds {
		t.state, t.wants = delayed, want{loc: k.loc, cond: cond}
		t.suspend()
	}
	id := w.g.add(t.id, load, k.o, k.loc)
	w.g.ev[id].await = true
	w.scratch = w.g.sources(id, w.scratch[:0])
	base := int32(len(w.alternatives))
	for _, s := range w.scratch[1:] {
		if w.holds(t, cond, w.value(s, k.loc)) {
			w.alternatives = append(w.alternatives, makeSource(s, sim.Keep))
		}
	}
	w.settle(id, makeSource(w.scratch[0], sim.Keep), base)
	t.added()
	if !w.holds(t, cond, w.value(w.g.ev[id].rf, k.loc)) {
		t.blockAfter(1)
		return false
	}
	return true
}

// awaitUpdate makes the update that a condition was found to make, once it
// writes.
func (t *thread) awaitUpdate(cond func() bool) {
	w := t.w
	k := w.peek
	k.op.await = true
	t.update(k.v, k.op)
	w.holds(t, cond, w.value(w.g.ev[t.lastLoad()].rf, k.loc)) // for what it keeps of the value
}

// lastLoad is the load of the update that the thread made last.
func (t *thread) lastLoad() int32 {
	l := t.w.g.lanes[t.id].events
	for i := t.pos - 1; ; i-- {
		if t.w.g.ev[l[i]].kind == load {
			return l[i]
		}
	}
}

// holds reports whether a condition, which is known to make one load, accepts a value.
func (w *worker) holds(t *thread, cond func() bool, val sim.Word) bool {
	w.peek.t, w.peek.found, w.peek.val = t, true, val
	holds, ok := w.evaluate(cond)
	if !ok {
		w.shared.restart()
	}
	return holds
}

// replayAwait executes an await of the graph.
func (t *thread) replayAwait(id int32, cond func() bool) {
	w := t.w
	if rf := w.g.ev[id].rf; rf >= 0 && !w.executed(rf) {
		t.needsFirst(rf)
	}
	e := &w.g.ev[id]
	k := &w.peek
	k.t, k.found, k.given, k.n = t, false, true, 0
	k.val = w.value(e.rf, e.loc)
	w.mode, w.bindNext = peeking, id // the condition may be the first to meet the variable in this run
	holds := cond()
	w.mode, w.bindNext = live, none
	k.given = false
	e = &w.g.ev[id]
	if !k.found || k.update || k.o != e.order || k.loc != e.loc {
		t.diverged("an await's condition reads something else")
	}
	t.done()
	if !holds {
		t.blockAfter(1)
	}
}

// effectFree reports whether the thread has only read since a position.
func (t *thread) effectFree(start int32) bool {
	g := t.w.g
	for _, id := range g.lanes[t.id].events[start:t.pos] {
		e := &g.ev[id]
		if e.kind == choose && e.order == sim.Plain {
			continue // not to fail
		}
		if e.kind != load || e.exclusive {
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

// Assertion ends the run: an assertion does not hold.
func (t *thread) Assertion(message string) {
	if t.w.over {
		panic(killed{})
	}
	if t.w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	t.w.fail(&Failure{Kind: Assertion, Message: message, Thread: t.id})
	t.dies()
}

// Discard ends the run: the execution is not of interest.
func (t *thread) Discard() {
	if t.w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	t.w.dead = true
	t.dies()
}

// special is an operation that is not live.
func (t *thread) special(v *sim.Var, o sim.Ordering, f sim.Update, a, b sim.Word) (sim.Word, sim.Verdict) {
	w := t.w
	if w.over {
		panic(killed{})
	}
	if w.mode == peeking {
		if v == nil {
			panic(unfit{})
		}
		return w.peekAt(v, o, f, a, b, o)
	}
	if v == nil {
		w.looker.probeFails()
	}
	return t.probeUpdate(v, o, f, a, b)
}
