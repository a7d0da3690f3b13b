package search

// Symmetry. Threads that are equal, and start one after another, may swap their
// parts in an execution. If the first event of each accesses one location, coherence order puts these events in some order, and one of the
// executions that differ in who is who has them in the order of the threads. The search visits only such: the first event of a thread
// comes after that of its twin, the equal thread started before, as if program order put it there for that location.
//
// No execution has to be left out for that: what a thread's first event must come before, in coherence order, must not come before it by
// program order and reads-from. That holds where coherence follows program order and reads-from, as in sc, tso, ra and go, and in all
// models for locations that only updates change, such as locks. Elsewhere threads are not taken for twins.

// held reports whether a thread must not begin before its twin has an event.
func (w *worker) held(t *thread) bool {
	twin := w.g.lanes[t.id].twin
	return twin >= 0 && w.g.lanes[twin].alive && len(w.g.lanes[twin].events) == 0
}

// twinOf finds the thread that a new one is equal to: started by the event
// before, under the same name.
func (w *worker) twinOf(parent, child int32, name string) int32 {
	if !w.shared.cfg.Symmetric || name == "" {
		return none
	}
	l := w.g.lanes[parent].events
	if len(l) < 2 {
		return none
	}
	before := &w.g.ev[l[len(l)-2]]
	if before.kind != spawn || w.name(int32(before.val.Bits)) != name {
		return none
	}
	return int32(before.val.Bits)
}

// pair puts a new event after the first event of its thread's twin, if it is
// the first of its own and they are alike.
func (w *worker) pair(id int32) {
	g := w.g
	e := &g.ev[id]
	if e.index != 0 || g.lanes[e.thread].twin < 0 {
		return
	}
	twin := g.lanes[g.lanes[e.thread].twin].events
	if len(twin) == 0 {
		return
	}
	first := &g.ev[twin[0]]
	if first.kind != e.kind || first.loc != e.loc || first.update != e.update {
		return
	}
	if g.m.coherence != porfVector && g.m.name != "ra" && !g.locs[e.loc].kind.Chain {
		return
	}
	e.twin = twin[0]
	if first.exclusive && len(twin) > 1 {
		e.twin = twin[1]
	}
}

// afterTwin is the prefix along which coherence is kept of an event that comes
// after its twin's.
func (g *graph) afterTwin(id int32, clock []uint32) []uint32 {
	g.twins = append(g.twins[:0], g.clock(g.ev[id].twin, porfVector)...)
	if clock != nil {
		merge(g.twins, clock)
	}
	return g.twins
}
