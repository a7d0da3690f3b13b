package search

import (
	"fmt"
	"iter"
	"runtime/debug"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// thread is a simulated thread of the run in progress.
//
// The main thread runs on the worker's own goroutine. A thread that need not wait for others runs as a call on whatever goroutine the
// worker is on; one that does is a coroutine. Which is which is tried out: a thread that runs as a call and comes to wait has the run made
// once more, as a coroutine, and is one from then on.
type thread struct {
	w   *worker
	id  int32
	pos int32 // how many of its events this run has executed
	f   func()
	r   *routine // nil: it runs as a call, or has not begun

	state   threadState
	needs   int32 // waitsFor: the event that must be executed first
	begun   bool
	unwound bool  // its stack is empty
	pending bool  // an update is between its load and its store
	round   int32 // where the current round of a waiting loop starts
	failed  bool  // what may fail for no reason did so last
	retries bool  // and the round of a waiting loop has not ended since
	idle    int   // yields in a row without an event in between
	wants   want  // of a delayed or joining thread

	probe probe
	early bool                      // a free comes before what the thread learnt last
	stale struct{ at, loads int32 } // loads that made no event, since the event before which they were
	last  bool                      // a script ended, and this thread has gone on since
	at    []uintptr                 // where it waits, if that is recorded
}

type threadState uint8

const (
	ready     threadState = iota
	waitsFor              // a replayed read of an event that this run has not executed yet
	waitsTurn             // everything recorded is executed: it would add an event
	delayed               // it would add the load of an update that the newest value blocks
	joining               // a thread that has not ended
	counting              // a counter that is not zero
	storing               // for a store that its last loads could not have read (samples only)
	stuck                 // blocked for the rest of the run
	finished
)

// want is what a thread that has not added its next event waits for.
type want struct {
	loc    int32
	o      operands
	cond   func() bool // of an await; else an update
	thread int32
}

// killed unwinds the stack of a thread whose run is over.
type killed struct{}

// routine is a coroutine that runs threads, one after another.
type routine struct {
	t      *thread
	here   *sim.Goroutine
	yield  func(struct{}) bool
	resume func() (struct{}, bool)
	stop   func()
}

func newRoutine() *routine {
	r := &routine{}
	r.resume, r.stop = iter.Pull(func(yield func(struct{}) bool) {
		r.yield, r.here = yield, sim.Here()
		for yield(struct{}{}) {
			r.t.body()
		}
	})
	r.resume()
	return r
}

// begin runs a thread from its start until it gives way.
func (w *worker) begin(t *thread) {
	t.begun = true
	if w.direct(t) {
		w.call(t)
		return
	}
	if w.coroutines == len(w.routines) {
		r := newRoutine()
		sim.Enter(r.here)
		w.routines = append(w.routines, r)
	}
	t.r = w.routines[w.coroutines]
	w.coroutines++
	t.r.t = t
	t.r.here.Set(t)
	w.resume(t)
}

// direct reports whether a thread is to run as a call: it has all its events, or
// may add some, and has not come to wait for another thread before.
func (w *worker) direct(t *thread) bool {
	return w.exploring() && (w.growing || w.ended(t.id)) && !(int(t.id) < len(w.separate) && w.separate[t.id])
}

// call runs a thread to its end.
func (w *worker) call(t *thread) {
	t.begun = true
	here := w.here
	was := here.Set(t)
	t.body()
	here.Set(was)
}

// resume runs a thread until it gives way.
func (w *worker) resume(t *thread) {
	was := w.here
	w.here = t.r.here
	t.r.resume()
	w.here = was
}

// body runs the thread's function once.
func (t *thread) body() {
	defer t.recovered()
	t.f()
	t.end()
}

// recovered ends a thread's run, by the end of its function or by a panic.
func (t *thread) recovered() {
	t.unwound = true
	switch r := recover().(type) {
	case nil:
		t.state = finished
	case killed: // what it waits for is still to be told
	case unfit: // of a condition that was fit for other values
		t.w.mode, t.w.over = live, true
		t.w.shared.restart()
	default:
		if t.w.mode == ahead {
			t.w.looker.endProbe() // what a thread does for looking ahead did not happen
		} else if !t.w.over {
			t.w.fail(&Failure{Kind: Panic, Message: fmt.Sprint("panic: ", r), Thread: t.id, Stack: string(debug.Stack())})
		}
	}
}

// pause gives way to other threads, until the scheduler takes this one up again.
func (t *thread) pause() {
	w := t.w
	switch {
	case t.id == 0:
		if !w.schedule(t) {
			panic(killed{})
		}
	case t.r != nil:
		if !t.r.yield(struct{}{}) || w.killing {
			panic(killed{})
		}
	default:
		for int(t.id) >= len(w.separate) {
			w.separate = append(w.separate, false)
		}
		w.separate[t.id] = true
		w.again = true
		t.dies()
	}
}

// needsFirst waits, while the graph is replayed, until an event is executed.
func (t *thread) needsFirst(id int32) {
	w := t.w
	if by := int(w.g.ev[id].thread); by < len(w.threads) {
		if u := w.threads[by]; u != nil && !u.begun && w.direct(u) {
			w.call(u)
			if w.over {
				panic(killed{})
			}
			if w.executed(id) {
				return
			}
		}
	}
	t.state, t.needs = waitsFor, id
	t.pause()
	t.state = ready
}

// run executes the body once: everything in the graph, then new events until no
// thread can go on.
func (w *worker) run() {
	w.stamp++
	if w.stamp == 0 {
		clear(w.addresses)
		clear(w.shadows)
		w.stamp = 1
	}
	w.replayed, w.over, w.dead, w.killing = 0, false, false, false
	w.failure = nil
	w.handles, w.shadowed = 0, 0
	w.used = 0
	w.mode, w.bindNext = live, none
	w.next = nil
	w.current, w.cursor = nil, 0
	w.growing = len(w.g.ev) == 0
	w.coroutines, w.started = 0, 0
	m := w.main
	*m = thread{w: w, id: 0, f: m.f, begun: true, state: ready}
	w.here.Set(m)
	w.threads = append(w.threads[:0], m)
	m.body()
	w.schedule(nil)
	w.killing = true
	for _, t := range w.threads[1:] {
		if t != nil && t.r != nil && !t.unwound {
			w.resume(t)
		}
	}
	for _, loc := range w.located {
		if w.g.locs[loc].events == 0 {
			w.g.free = append(w.g.free, loc) // met by a thread that did not come to access it
		}
	}
	w.located = w.located[:0]
}

// schedule runs threads until a given one can go on; it reports false if the
// run is over.
func (w *worker) schedule(until *thread) bool {
	for !w.over {
		t := w.next
		if t == nil {
			t = w.pick()
		}
		w.next = nil
		if t == nil {
			w.over = true
			return false
		}
		if t == until {
			t.state = ready
			return true
		}
		t.state = ready
		if w.growing {
			w.current = t
		}
		if t.begun {
			w.resume(t)
		} else {
			w.begin(t)
		}
	}
	return false
}

// pick chooses the thread to run next. While the graph is being replayed any
// that can go on will do. After that the choice is a function of the graph: an update that has to store, then the thread of the
// last event, then the first that can go on, then the first of those whose updates the newest values block.
func (w *worker) pick() *thread {
	if w.dead || w.failure != nil {
		return nil
	}
	if !w.growing {
		// From the thread that was chosen last on: those before it have most likely done all they can.
		for k := range w.threads {
			i := w.cursor + k
			if i >= len(w.threads) {
				i -= len(w.threads)
			}
			t := w.threads[i]
			if t == nil {
				continue
			}
			if t.state == ready || t.state == waitsFor && w.executed(t.needs) {
				w.cursor = i
				return t
			}
		}
		w.fail(&Failure{Kind: Nondeterminism, Message: "the body did not do again what it did before: its threads stopped short", Thread: -1})
		return nil
	}
	g := w.g
	if w.o.random != nil {
		return w.pickRandomly()
	}
	if w.o.script != nil {
		return w.pickScripted()
	}
	if n := len(g.ev); n > 0 {
		if t := w.threads[g.ev[n-1].thread]; t != nil && w.runnable(t) {
			for _, p := range w.threads {
				if p != nil && p.pending && p != t && w.runnable(p) {
					return p
				}
			}
			return t
		}
	}
	for w.cursor < len(w.threads) && w.threads[w.cursor] != nil && w.threads[w.cursor].state == finished {
		w.cursor++ // for good
	}
	var first *thread
	for _, t := range w.threads[w.cursor:] {
		if t == nil || !w.runnable(t) {
			continue
		}
		if t.pending {
			return t
		}
		if first == nil {
			first = t
		}
	}
	if first != nil {
		return first
	}
	return w.force()
}

// force chooses among the threads that the newest values block one that can do
// something with an older value. An update can wait at the newest, in the graph; an await is added if there is an older value for it.
//
// If every thread that has not ended sees the newest values and can do nothing with them, all wait for ever: what an older value
// would let one do is beside the point.
func (w *worker) force() *thread {
	held := false
	for _, t := range w.threads {
		held = held || t != nil && t.state == delayed
	}
	if held && !w.shared.cfg.Older && !w.stale() {
		w.fail(w.deadlock())
		return nil
	}
	for _, t := range w.threads {
		if t == nil || t.state != delayed {
			continue
		}
		if t.wants.cond == nil {
			return t
		}
		g := w.g
		loc := t.wants.loc
		clock := []uint32(nil)
		if p := g.previous(t.id); p >= 0 {
			clock = g.clock(p, g.m.coherence)
		}
		for s := g.locs[loc].last; ; s = g.ev[s].coPrev {
			if w.holds(t, t.wants.cond, w.value(s, loc)) {
				return t
			}
			if s == initial || clock != nil && g.covers(clock, s, loc, none) {
				break
			}
		}
	}
	return nil
}

// runnable reports whether a thread can go on beyond the graph.
func (w *worker) runnable(t *thread) bool {
	switch t.state {
	case ready:
		return t.begun || !w.held(t)
	case waitsTurn:
		return true
	case waitsFor:
		return w.executed(t.needs)
	case delayed:
		return !w.blocked(t, &t.wants)
	case joining:
		return w.ended(t.wants.thread)
	case counting:
		return w.sum(t.wants.loc) == 0
	case storing:
		return w.newer(t, t.wants.thread)
	}
	return false
}

func (w *worker) ended(thread int32) bool {
	l := &w.g.lanes[thread]
	n := len(l.events)
	return n > 0 && w.g.ev[l.events[n-1]].kind == end
}

func (w *worker) sum(loc int32) int64 {
	var sum int64
	for c := w.g.locs[loc].lastEvent; c >= 0; c = w.g.ev[c].prevLoc {
		if w.g.ev[c].kind == count {
			sum += int64(w.g.ev[c].val.Bits)
		}
	}
	return sum
}

// blocked reports whether the newest value of a location blocks what a thread
// wants: an update, or an await.
func (w *worker) blocked(t *thread, n *want) bool {
	val := w.value(w.g.locs[n.loc].last, n.loc)
	if n.cond != nil {
		return !w.holds(t, n.cond, val)
	}
	_, verdict := n.o.apply(val)
	return verdict == sim.Block
}

// value is what a write wrote in this run.
func (w *worker) value(write, loc int32) sim.Word {
	if write == initial {
		return w.g.locs[loc].init
	}
	return w.g.ev[write].val
}

func (w *worker) executed(id int32) bool {
	e := &w.g.ev[id]
	if int(e.thread) >= len(w.threads) {
		return false
	}
	t := w.threads[e.thread]
	return t != nil && t.pos > e.index
}

// recorded returns the event that the graph has next for a thread; none if the
// thread is to add one.
func (t *thread) recorded() int32 {
	l := &t.w.g.lanes[t.id]
	if int(t.pos) < len(l.events) {
		return l.events[t.pos]
	}
	return none
}

// expect returns the event that the graph has next for a thread and checks
// that it is what the thread is about to do; none if the thread is to add one.
func (t *thread) expect(k kind, o sim.Ordering) int32 {
	w := t.w
	if w.over {
		panic(killed{})
	}
	id := t.recorded()
	if id == none {
		return none
	}
	e := &w.g.ev[id]
	if e.kind != k || e.order != o {
		t.diverged(fmt.Sprintf("a %v %v where there was a %v %v", o, k, e.order, e.kind))
	}
	return id
}

func (t *thread) diverged(how string) {
	t.w.fail(&Failure{Kind: Nondeterminism, Thread: t.id,
		Message: "the body did not do again what it did before: " + how})
	t.dies()
}

// dies ends the run from within a thread.
func (t *thread) dies() {
	t.w.over = true
	panic(killed{})
}

// done counts an event of the graph as executed.
func (t *thread) done() {
	t.pos++
	w := t.w
	w.replayed++
	if w.replayed == int32(len(w.g.ev)) {
		w.growing, w.cursor = true, 0 // and the scheduler says which thread goes on
	}
}

// extend waits until the thread may add an event to the graph.
func (t *thread) extend() {
	w := t.w
	if w.current == t && w.exploring() {
		return
	}
	t.state = waitsTurn
	t.suspend()
}

// extendQuietly is extend for events whose order with other threads' events does
// not matter: a sample need not try others before them.
func (t *thread) extendQuietly() {
	if w := t.w; w.current == t && w.o.script == nil {
		return
	}
	t.extend()
}

// suspend gives way until the scheduler lets this thread extend the graph.
func (t *thread) suspend() {
	w := t.w
	w.current = nil
	if w.growing {
		w.next = w.pick()
	}
	if w.o.record != nil {
		t.at = callers()
	}
	if !w.growing || w.next != t {
		t.pause()
	}
	w.next = nil
	t.state, t.at = ready, nil
	w.current = t
}

// added counts a new event as executed.
func (t *thread) added() {
	t.pos++
	w := t.w
	w.recordEvent(t)
	if bound := w.shared.cfg.MaxLength; bound != nil && len(w.g.ev) > bound() {
		w.dead = true
		t.dies()
	}
	if w.g.m.judge != nil && !w.g.extended() {
		w.dead = true
		t.dies()
	}
	if t.pos > w.o.maxEvents {
		w.fail(&Failure{Kind: Bound, Thread: t.id,
			Message: fmt.Sprintf("a thread made more than %d steps; a loop that waits for another thread must call explorer.Yield or Await", w.o.maxEvents)})
		t.dies()
	}
}

// locate returns the location of a variable in the graph; it may be a new one.
func (t *thread) locate(v *sim.Var) int32 {
	w := t.w
	slot := w.slot(v.Addr)
	if slot.stamp != w.stamp {
		if w.bindNext >= 0 {
			t.bind(v, w.bindNext)
			return w.g.ev[w.bindNext].loc
		}
		loc := w.g.newLocation(v.Kind, t.id, t.pos)
		w.located = append(w.located, loc)
		w.bindSlot(slot, v, loc)
		return loc
	}
	return slot.loc
}

// bind says which location of the graph a variable is in this run.
func (t *thread) bind(v *sim.Var, id int32) {
	w := t.w
	loc := w.g.ev[id].loc
	slot := w.slot(v.Addr)
	if slot.stamp == w.stamp {
		if slot.loc != loc {
			t.diverged("it accessed another variable (" + v.Kind.Name + ")")
		}
		return
	}
	w.bindSlot(slot, v, loc)
}

type address struct {
	p     unsafe.Pointer
	stamp uint32
	loc   int32
}

func (w *worker) bindSlot(s *address, v *sim.Var, loc int32) {
	*s = address{v.Addr, w.stamp, loc}
	w.g.locs[loc].init = v.Init
	w.used++
	if 2*w.used > len(w.addresses) {
		old := w.addresses
		w.addresses = make([]address, 2*len(old))
		for i := range old {
			if old[i].stamp == w.stamp {
				*w.slot(old[i].p) = old[i]
			}
		}
	}
}

// slot finds the entry of an address; one of another run if this run has none.
func (w *worker) slot(p unsafe.Pointer) *address {
	mask := uint64(len(w.addresses) - 1)
	for i := (uint64(uintptr(p)) >> 2 * 0x9E3779B97F4A7C15) >> 32; ; i++ {
		s := &w.addresses[i&mask]
		if s.stamp != w.stamp || s.p == p {
			return s
		}
	}
}
