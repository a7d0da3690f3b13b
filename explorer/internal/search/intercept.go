package search

import (
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// intercepted shows an operation to the interceptor, and returns what it made of it.
func (t *thread) intercepted(kind sim.OperationKind, addr unsafe.Pointer, o, failed sim.Ordering) *sim.Operation {
	w := t.w
	w.operation = sim.Operation{Kind: kind, Addr: addr, Order: o, Failed: failed}
	if kind == sim.LoadOperation && w.mode != peeking { // an await's one event is no second look
		_, w.operation.Again = t.lastKnown(addr)
	}
	w.intercept.Intercept(&w.operation)
	return &w.operation
}

// lastKnown returns what the thread has last read from or written to a variable.
func (t *thread) lastKnown(addr unsafe.Pointer) (sim.Word, bool) {
	w := t.w
	slot := w.slot(addr)
	if slot.stamp != w.stamp {
		return sim.Word{}, false
	}
	events := w.g.lanes[t.id].events[:t.pos]
	for i := len(events) - 1; i >= 0; i-- {
		e := &w.g.ev[events[i]]
		switch {
		case e.loc != slot.loc:
		case e.kind == store:
			return e.val, true
		case e.kind == load:
			return w.value(e.rf, e.loc), true
		}
	}
	return sim.Word{}, false
}

// staleLoad returns what the thread knows of a variable. It is no event, so that a loop of nothing else would not be
// noticed by its length.
func (t *thread) staleLoad(addr unsafe.Pointer) sim.Word {
	if t.stale.at != t.pos {
		t.stale.at, t.stale.loads = t.pos, 0
	}
	if t.stale.loads++; t.stale.loads > t.w.o.maxEvents {
		t.Fail("livelock: a loop without effect reads stale values only")
	}
	val, _ := t.lastKnown(addr)
	return val
}

// beforeSynchronisation returns the last event of a thread, up to one of its own, that does not know what the thread
// last learnt from another; none, if the thread has learnt nothing since it began.
func (g *graph) beforeSynchronisation(thread, last int32) int32 {
	l := &g.lanes[thread]
	for last >= 0 && g.ev[last].thread == thread {
		p := g.before(last)
		if p < 0 {
			return none
		}
		if g.learns(last, p) {
			return p
		}
		last = p
	}
	return l.spawn
}

// learns reports whether more of other threads happens before an event than before the one that it follows.
func (g *graph) learns(id, previous int32) bool {
	now, then := g.clock(id, hbVector), g.clock(previous, hbVector)
	for thread := range now {
		if int32(thread) != g.ev[id].thread && now[thread] != then[thread] {
			return true
		}
	}
	return false
}

// Moment is where the thread stands: how many events it has made, and those of every thread that happen before the next.
func (t *thread) Moment(into []uint32) (thread, events int, known []uint32) {
	g := t.w.g
	last := g.lanes[t.id].spawn
	if t.pos > 0 {
		last = g.lanes[t.id].events[t.pos-1]
	}
	if last >= 0 {
		into = append(into, g.clock(last, hbVector)...)
	}
	return int(t.id), int(t.pos), into
}
