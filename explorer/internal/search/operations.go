package search

import (
	"fmt"
	"path/filepath"

	"github.com/weakmem/litmus/explorer/sim"
)

// Load implements sim.Thread.
func (t *thread) Load(v sim.Var, o sim.Ordering) sim.Word {
	w := t.w
	if w.intercept != nil {
		op := t.intercepted(sim.LoadOperation, v.Addr, o, 0)
		switch {
		case op.Do == sim.AsPlain:
			t.Plain(sim.Var{Addr: v.Addr, Kind: v.Kind}, sim.Read)
		case op.Do == sim.Stale && op.Again:
			return t.staleLoad(v.Addr)
		}
		o = op.Order
	}
	o = w.g.m.strength(o)
	if w.mode != live {
		val, _ := t.special(&v, o, nil, sim.Word{}, sim.Word{})
		return val
	}
	if id := t.expect(load, o); id != none {
		t.bind(&v, id)
		return t.replayLoad(id)
	}
	t.extend()
	loc := t.locate(&v)
	id := w.g.add(t.id, load, o, loc)
	w.pair(id)
	w.scratch = w.g.sources(id, w.scratch[:0])
	base := int32(len(w.alternatives))
	for _, s := range w.scratch[1:] {
		w.alternatives = append(w.alternatives, makeSource(s, sim.Keep))
	}
	w.settle(id, makeSource(w.scratch[0], sim.Keep), base)
	t.added()
	return w.value(w.g.ev[id].rf, loc)
}

// replayLoad returns what a load of the graph reads, once this run has executed
// the write.
func (t *thread) replayLoad(id int32) sim.Word {
	w := t.w
	e := &w.g.ev[id]
	if rf := e.rf; rf >= 0 && !w.executed(rf) {
		t.needsFirst(rf)
		e = &w.g.ev[id]
	}
	val := w.value(e.rf, e.loc)
	t.done()
	return val
}

// Store implements sim.Thread.
func (t *thread) Store(v sim.Var, val sim.Word, o sim.Ordering) {
	w := t.w
	if w.intercept != nil {
		op := t.intercepted(sim.StoreOperation, v.Addr, o, 0)
		if op.Do == sim.AsPlain {
			t.Plain(sim.Var{Addr: v.Addr, Kind: v.Kind}, sim.Overwrite)
		}
		o = op.Order
	}
	if w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	o = w.g.m.strength(o)
	if id := t.expect(store, o); id != none {
		t.bind(&v, id)
		w.g.ev[id].val = val
		t.done()
		return
	}
	t.extend()
	loc := t.locate(&v)
	id := w.g.add(t.id, store, o, loc)
	w.g.ev[id].val = val
	w.pair(id)
	w.g.computeClocks(id)
	w.scratch = w.g.places(id, w.scratch[:0])
	switch {
	case w.o.random != nil:
		w.placeRandomly(id)
	case w.o.script != nil:
		w.g.link(id, w.placeScripted(id))
	default:
		w.pushRevisits(id, w.g.ev[id].prevLoc)
		if len(w.scratch) > 1 {
			base := int32(len(w.alternatives))
			for _, p := range w.scratch[1:] {
				w.alternatives = append(w.alternatives, makeSource(p, 0))
			}
			w.choices = append(w.choices, choice{kind: arranging, id: id, base: base, next: base, end: int32(len(w.alternatives))})
		}
		w.g.link(id, w.scratch[0])
	}
	t.added()
	w.wakeWaiters(t, id)
}

// wakeWaiters looks for updates that wait at an older value of a variable that
// only updates change. Whoever writes it next has the new store in its prefix and cannot revisit them. So the graph leads nowhere unless
// this store revisits the first of them, or a revisit of a load of another variable undoes it or the store. Where there is no such load, it is the
// former; if that undoes nothing but other updates that wait, the run goes on with it.
func (w *worker) wakeWaiters(t *thread, by int32) {
	g := w.g
	loc := g.ev[by].loc
	if !g.locs[loc].kind.Chain || !w.exploring() {
		return
	}
	first := none
	for r := g.ev[by].prevLoc; r >= 0; r = g.ev[r].prevLoc {
		if g.waiting(r) && g.ev[r].rf != g.locs[loc].last {
			first = r
		}
	}
	if first == none || !w.settledBefore(by, loc) {
		return
	}
	if _, verdict := g.operands[first].apply(g.ev[by].val); verdict == sim.Block {
		return // as when a reader unlocks, others are left, and a writer waits
	}
	if !w.wakeInPlace(first, by) {
		w.dead = true
		t.dies()
	}
}

// settledBefore reports whether no load of another variable was added before an event.
func (w *worker) settledBefore(id, loc int32) bool {
	for i := range w.g.ev[:id] {
		if e := &w.g.ev[i]; e.kind == load && e.loc != loc {
			return false
		}
	}
	return true
}

// wakeInPlace makes a store revisit a waiting update within the run.
func (w *worker) wakeInPlace(r, by int32) bool {
	g := w.g
	c := &w.choices[len(w.choices)-1]
	if c.kind != revisits || c.id != by || !w.revisitable(r, by) {
		return false
	}
	prefix := g.clock(by, porfVector)
	for id := r; id < by; id++ {
		if !g.includes(prefix, id) && !g.waiting(id) {
			return false
		}
	}
	c.read = r
	for id := r; id < by; id++ {
		if g.waiting(id) && !g.includes(prefix, id) {
			// Its thread makes the update once more.
			u := w.threads[g.ev[id].thread]
			u.pos--
			u.state = waitsTurn
		}
	}
	w.revisit(r, by)
	if !w.place(&w.choices[len(w.choices)-1]) {
		return false
	}
	// As after any revisit, an update that has to store goes first.
	woken := &w.g.ev[w.choices[len(w.choices)-1].read]
	w.threads[woken.thread].pending = woken.verdict == sim.Write
	w.current = nil
	return true
}

// Update implements sim.Thread.
func (t *thread) Update(v sim.Var, f sim.Update, a, b sim.Word, o, failed sim.Ordering) (sim.Word, sim.Verdict) {
	w := t.w
	deed := sim.AsWritten
	if w.intercept != nil {
		op := t.intercepted(sim.UpdateOperation, v.Addr, o, failed)
		o, failed, deed = op.Order, op.Failed, op.Do
	}
	if deed == sim.Nothing {
		return sim.Word{}, sim.Write
	}
	if deed == sim.AsPlain {
		t.Plain(sim.Var{Addr: v.Addr, Kind: v.Kind}, sim.Read)
	}
	o, failed = w.g.m.strength(o), w.g.m.strength(failed)
	if w.mode != live {
		return t.special(&v, o, f, a, b)
	}
	old, verdict := t.update(v, operands{f: f, a: a, b: b, did: o, failed: failed})
	if deed == sim.AsPlain && verdict == sim.Write {
		t.Plain(sim.Var{Addr: v.Addr, Kind: v.Kind}, sim.Overwrite)
	}
	return old, verdict
}

func (t *thread) update(v sim.Var, op operands) (old sim.Word, verdict sim.Verdict) {
	w := t.w
	for {
		if w.over {
			panic(killed{})
		}
		var val sim.Word
		if id := t.recorded(); id != none {
			e := &w.g.ev[id]
			if e.kind != load || !e.update {
				t.diverged(fmt.Sprintf("an update where there was a %v", e.kind))
			}
			t.bind(&v, id)
			w.g.setOperands(id, op)
			old = t.replayLoad(id)
			val, verdict = op.apply(old)
			e = &w.g.ev[id]
			if e.verdict != verdict || e.order != op.order(verdict) {
				t.diverged("an update had another result")
			}
		} else {
			t.extend()
			loc := t.locate(&v)
			n := want{loc: loc, o: op}
			if w.blocked(t, &n) {
				// Any other thread first: this one has nothing to do before a value lets it.
				t.state, t.wants = delayed, n
				t.suspend()
			}
			id := w.g.add(t.id, load, op.did, loc)
			w.g.ev[id].update, w.g.ev[id].await = true, op.await
			w.pair(id)
			w.g.setOperands(id, op)
			t.updateSources(id)
			old = w.value(w.g.ev[id].rf, loc)
			val, verdict = op.apply(old)
			t.added()
		}
		switch verdict {
		case sim.Block:
			t.state = stuck
			t.pause()
			continue // there is something else to read: see wakeInPlace
		case sim.Write:
			t.pending = true
			t.storeUpdate(v, val, op.did)
			t.pending = false
		}
		return old, verdict
	}
}

// storeUpdate executes or adds the store of an update.
func (t *thread) storeUpdate(v sim.Var, val sim.Word, o sim.Ordering) {
	w := t.w
	if id := t.expect(store, o); id != none {
		t.bind(&v, id)
		w.g.ev[id].val = val
		t.done()
		return
	}
	t.extend()
	read := w.g.previous(t.id)
	loc := w.g.ev[read].loc
	from := w.g.ev[read].rf
	if w.g.paired(from, loc) {
		w.dead = true
		t.dies()
	}
	id := w.g.add(t.id, store, o, loc)
	e := &w.g.ev[id]
	e.exclusive, e.val = true, val
	w.g.computeClocks(id)
	if w.exploring() {
		w.pushRevisits(id, w.g.ev[id].prevLoc)
	}
	w.g.link(id, from)
	if w.g.ev[id].coNext >= 0 && !w.g.consistent(id) {
		w.dead = true
		t.dies()
	}
	t.added()
	w.wakeWaiters(t, id)
}

// updateSources chooses what the load of an update reads. A value that blocks it
// is a choice only if it is the newest.
func (t *thread) updateSources(id int32) {
	w := t.w
	g := w.g
	w.scratch = g.sources(id, w.scratch[:0])
	op := g.operands[id]
	loc := g.ev[id].loc
	first := noSource
	base := int32(len(w.alternatives))
	for i, s := range w.scratch {
		_, verdict := op.apply(w.value(s, loc))
		if verdict == sim.Block && i > 0 {
			continue
		}
		if i == 0 {
			first = makeSource(s, verdict)
		} else {
			w.alternatives = append(w.alternatives, makeSource(s, verdict))
		}
	}
	w.settle(id, first, base)
}

// settle gives a new load its first source, and makes the alternatives from
// base on a choice.
func (w *worker) settle(id int32, first source, base int32) {
	g := w.g
	if w.o.random != nil {
		w.alternatives = append(w.alternatives, first)
		w.readRandomly(id, w.alternatives[base:])
		w.alternatives = w.alternatives[:base]
		return
	}
	if w.o.script != nil {
		first = w.readScripted(id, first, w.alternatives[base:])
		w.alternatives = w.alternatives[:base]
	}
	if end := int32(len(w.alternatives)); end > base {
		w.choices = append(w.choices, choice{kind: reading, id: id, base: base, next: base, end: end})
	}
	from, verdict := splitSource(first)
	e := &g.ev[id]
	e.verdict = verdict
	if e.update {
		e.exclusive = verdict == sim.Write
		e.order = g.operands[id].order(verdict)
	}
	g.read(id, from)
}

// Fence implements sim.Thread.
func (t *thread) Fence(o sim.Ordering) {
	if t.w.intercept != nil {
		op := t.intercepted(sim.FenceOperation, nil, o, 0)
		if op.Do == sim.Nothing {
			return
		}
		o = op.Order
	}
	if t.w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	o = t.w.g.m.strength(o)
	t.plainEvent(fence, o)
}

// plainEvent executes or adds an event without location and without choice.
func (t *thread) plainEvent(k kind, o sim.Ordering) {
	w := t.w
	if id := t.expect(k, o); id != none {
		t.done()
		return
	}
	t.extendQuietly()
	id := w.g.add(t.id, k, o, none)
	w.g.computeClocks(id)
	t.added()
}

// Spurious says whether an operation that may fail for no reason does so now: it
// is a choice, but never twice in a row in one thread, so that loops that retry come to an end.
func (t *thread) Spurious() bool {
	switch t.w.mode {
	case peeking:
		panic(unfit{})
	case ahead:
		return false // the rounds that could go on for ever are those that fail for a reason
	}
	if t.failed {
		t.failed = false
		return false
	}
	t.failed = t.choose(2, sim.Plain) == 1
	t.retries = t.failed
	return t.failed
}

// Choose implements sim.Thread.
func (t *thread) Choose(n int) int { return t.choose(n, sim.Relaxed) }

// choose makes a choice; the order is Plain for that of an operation that may fail.
func (t *thread) choose(n int, o sim.Ordering) int {
	w := t.w
	if w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	if n < 1 {
		t.Fail(fmt.Sprintf("Choose(%d): there is nothing to choose from", n))
	}
	if id := t.expect(choose, o); id != none {
		if int(w.g.ev[id].alternatives) != n {
			t.diverged(fmt.Sprintf("Choose(%d) where there was Choose(%d)", n, w.g.ev[id].alternatives))
		}
		t.done()
		return int(w.g.ev[id].val.Bits)
	}
	t.extendQuietly()
	id := w.g.add(t.id, choose, o, none)
	w.g.ev[id].alternatives = int32(n)
	w.g.computeClocks(id)
	if w.o.random != nil {
		w.g.ev[id].val.Bits = uint64(w.o.random.IntN(n))
	} else if l := w.scripted(id); l != nil {
		w.g.ev[id].val.Bits = uint64(l.chosen)
	} else if n > 1 && w.o.script == nil {
		w.choices = append(w.choices, choice{kind: choosing, id: id, next: 1, end: int32(n)})
	}
	t.added()
	return int(w.g.ev[id].val.Bits)
}

// Go implements sim.Thread.
func (t *thread) Go(name string, f func()) int {
	w := t.w
	if w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	id := t.expect(spawn, sim.SeqCst)
	if id == none {
		t.extendQuietly()
		id = w.g.add(t.id, spawn, sim.SeqCst, none)
		child := w.g.newLane(id)
		w.g.lanes[child].twin = w.twinOf(t.id, child, name)
		w.g.ev[id].val.Bits = uint64(child)
		w.g.computeClocks(id)
		w.start(int32(w.g.ev[id].val.Bits), name, f)
		t.added()
	} else {
		w.start(int32(w.g.ev[id].val.Bits), name, f)
		t.done()
	}
	return int(w.g.ev[id].val.Bits)
}

// start readies a thread of the graph.
func (w *worker) start(id int32, name string, f func()) {
	if w.started == len(w.pool) {
		w.pool = append(w.pool, &thread{w: w})
	}
	t := w.pool[w.started]
	w.started++
	t.id, t.pos, t.f, t.r, t.state = id, 0, f, nil, ready
	t.begun, t.unwound, t.pending, t.last, t.at = false, false, false, false, nil
	t.round, t.idle = 0, 0
	t.failed, t.retries = false, false
	t.stale.at, t.stale.loads = 0, 0
	for int(id) >= len(w.threads) {
		w.threads = append(w.threads, nil)
	}
	w.threads[id] = t
	for int(id) >= len(w.names) {
		w.names = append(w.names, "")
	}
	w.names[id] = name
}

// Join implements sim.Thread.
func (t *thread) Join(thread int) {
	w := t.w
	if w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	if id := t.expect(join, sim.SeqCst); id != none {
		if rf := w.g.ev[id].rf; !w.executed(rf) {
			t.needsFirst(rf)
		}
		t.done()
		return
	}
	if thread < 0 || thread >= len(w.threads) || w.threads[thread] == nil || thread == int(t.id) {
		t.Fail(fmt.Sprintf("Join(%d): no such thread to wait for", thread))
	}
	t.extendQuietly()
	if !w.ended(int32(thread)) {
		t.state, t.wants = joining, want{thread: int32(thread)}
		t.suspend()
	}
	id := w.g.add(t.id, join, sim.SeqCst, none)
	l := w.g.lanes[thread].events
	w.g.ev[id].rf = l[len(l)-1]
	w.g.computeClocks(id)
	t.added()
}

// end executes or adds the end of the thread.
func (t *thread) end() {
	if t.w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	t.plainEvent(end, sim.SeqCst)
}

// Count implements sim.Thread.
func (t *thread) Count(v sim.Var, delta int64) {
	w := t.w
	if w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	if id := t.expect(count, sim.SeqCst); id != none {
		t.bind(&v, id)
		t.done()
		return
	}
	t.extend()
	loc := t.locate(&v)
	id := w.g.add(t.id, count, sim.SeqCst, loc)
	w.g.ev[id].val.Bits = uint64(delta)
	w.g.computeClocks(id)
	if w.sum(loc) < 0 || w.countBelow(id) < 0 {
		t.Fail(v.Kind.Name + ": negative counter")
	}
	if delta > 0 {
		for z := w.g.locs[loc].lastEvent; z >= 0; z = w.g.ev[z].prevLoc {
			if w.g.ev[z].kind == awaitZero && !w.g.includes(w.g.clock(id, porfVector), z) && w.countBelow(id) == delta {
				t.Fail(v.Kind.Name + ": Add with the counter at zero does not happen before, nor after, a Wait")
			}
		}
	}
	t.added()
}

// countBelow sums what is counted in the prefix of a count, itself included.
func (w *worker) countBelow(id int32) int64 {
	g := w.g
	prefix := g.clock(id, porfVector)
	var sum int64
	for c := g.locs[g.ev[id].loc].lastEvent; c >= 0; c = g.ev[c].prevLoc {
		if g.ev[c].kind == count && g.includes(prefix, c) {
			sum += int64(g.ev[c].val.Bits)
		}
	}
	return sum
}

// AwaitZero implements sim.Thread.
func (t *thread) AwaitZero(v sim.Var) {
	w := t.w
	if w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	if id := t.expect(awaitZero, sim.SeqCst); id != none {
		t.bind(&v, id)
		for c := w.g.ev[id].prevLoc; c >= 0; c = w.g.ev[c].prevLoc {
			for w.g.ev[c].kind == count && !w.executed(c) {
				t.needsFirst(c)
			}
		}
		t.done()
		return
	}
	t.extend()
	loc := t.locate(&v)
	if w.sum(loc) != 0 {
		t.state, t.wants = counting, want{loc: loc}
		t.suspend()
	}
	id := w.g.add(t.id, awaitZero, sim.SeqCst, loc)
	var prefix []uint32
	if p := w.g.before(id); p >= 0 {
		prefix = w.g.clock(p, porfVector)
	}
	for c := w.g.ev[id].prevLoc; c >= 0; c = w.g.ev[c].prevLoc {
		e := &w.g.ev[c]
		if e.kind == count && int64(e.val.Bits) > 0 && w.countBelow(c) == int64(e.val.Bits) && (prefix == nil || !w.g.includes(prefix, c)) {
			t.Fail(v.Kind.Name + ": Add with the counter at zero does not happen before, nor after, a Wait")
		}
	}
	w.g.computeClocks(id)
	t.added()
}

// Fail implements sim.Thread.
func (t *thread) Fail(message string) {
	if t.w.over {
		panic(killed{})
	}
	if t.w.mode != live {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	if t.w.o.record != nil {
		if p, _ := positionOf(callers()); p.File != "" {
			message += fmt.Sprintf("\nat %s:%d", filepath.Base(p.File), p.Line)
		}
	}
	t.w.fail(&Failure{Kind: Misuse, Message: message, Thread: t.id})
	t.dies()
}
