package search

import "github.com/weakmem/litmus/explorer/sim"

// choice is a point of the search with alternatives left. Choices are kept on a
// stack; those of a graph that came of a revisit are above those of the graph that it came from.
type choice struct {
	kind choiceKind
	id   int32 // the event
	next int32 // alternatives: the next in worker.alternatives; revisits: the next event to look at; choose: the next value
	end  int32
	read int32 // placing: the load that was revisited; revisits: a load that is done, or none
	base int32 // alternatives: what the choice has of worker.alternatives starts here
}

type choiceKind uint8

const (
	reading   choiceKind = iota // other writes to read
	arranging                   // other places in coherence order
	choosing                    // other values of choose
	revisits                    // loads that were there before and may read this store instead
	placing                     // places in coherence order of a store that revisited a load
)

// level is a graph and where its choices start.
type level struct {
	g    *graph
	base int
}

// A source is an alternative for a load: the write, and what the update that
// the load belongs to does with its value.
type source = int64

// noSource is not one.
const noSource source = -1 << 62

func makeSource(write int32, v sim.Verdict) source { return int64(write)<<8 | int64(v) }

func splitSource(s source) (write int32, v sim.Verdict) { return int32(s >> 8), sim.Verdict(s & 0xff) }

// advance turns the graph into the next one to run: the latest choice that has
// an alternative takes it. It reports false when there is none.
func (w *worker) advance() bool {
	for {
		n := len(w.choices)
		top := &w.levels[len(w.levels)-1]
		if n == top.base {
			if len(w.levels) == 1 {
				return false
			}
			w.spare = append(w.spare, top.g)
			w.levels = w.levels[:len(w.levels)-1]
			w.g = w.levels[len(w.levels)-1].g
			continue
		}
		c := &w.choices[n-1]
		g := w.g
		switch c.kind {
		case reading:
			if c.next == c.end {
				w.drop()
				continue
			}
			s := w.alternatives[c.next]
			c.next++
			if w.takeSource(c.id, s) {
				return true
			}
		case arranging:
			if c.next == c.end {
				w.drop()
				continue
			}
			p, _ := splitSource(w.alternatives[c.next])
			c.next++
			g.cut(c.id + 1)
			g.unlink(c.id)
			g.link(c.id, p)
			if g.consistent(c.id) {
				return true
			}
		case choosing:
			if c.next == c.end {
				w.drop()
				continue
			}
			g.cut(c.id + 1)
			g.ev[c.id].val.Bits = uint64(c.next)
			c.next++
			return true
		case revisits:
			r := w.nextRevisit(c)
			if r == none {
				w.drop()
				continue
			}
			w.revisit(r, c.id)
		case placing:
			if c.next == c.end {
				w.drop()
				continue
			}
			if w.place(c) {
				return true
			}
		}
	}
}

// place gives a store that has revisited a load its next place in coherence
// order, and reports whether the graph is consistent.
func (w *worker) place(c *choice) bool {
	g := w.g
	p, _ := splitSource(w.alternatives[c.next])
	c.next++
	g.cut(c.id + 1)
	g.unlink(c.id)
	g.link(c.id, p)
	if !g.readable(c.read, c.id) {
		return false
	}
	newest := g.following(c.id, g.ev[c.id].loc) < 0
	return newest && g.m.judge == nil || g.consistent(c.id) && g.consistent(c.read)
}

func (w *worker) drop() {
	c := &w.choices[len(w.choices)-1]
	if c.kind == reading || c.kind == arranging || c.kind == placing {
		w.alternatives = w.alternatives[:c.base]
	}
	w.choices = w.choices[:len(w.choices)-1]
}

// takeSource makes the last load read another write, and reports whether there
// is a graph to run. If an update would separate another from what it read, there is none, but the other may be
// revisited.
func (w *worker) takeSource(id int32, s source) bool {
	g := w.g
	from, verdict := splitSource(s)
	g.cut(id + 1)
	e := &g.ev[id]
	e.verdict = verdict
	if e.update {
		e.exclusive = verdict == sim.Write
		e.order = g.operands[id].order(verdict)
	}
	g.read(id, from)
	if from != g.locs[e.loc].last && !g.consistent(id) {
		return false
	}
	if !e.exclusive || !g.paired(from, e.loc) {
		return true
	}
	u := g.add(e.thread, store, e.order, e.loc)
	g.ev[u].exclusive = true
	op := &g.operands[id]
	g.ev[u].val, _ = op.apply(w.value(from, e.loc))
	g.computeClocks(u)
	// The update that has read it too must be undone: loads that were added after that one need not be looked at.
	for o := *g.readerOf(from, g.ev[u].loc); o >= 0; o = g.ev[o].nextReader {
		if g.ev[o].exclusive && o != id {
			w.pushRevisits(u, o)
			break
		}
	}
	return false
}

// pushRevisits makes the loads that a store might revisit, from one on towards older ones, a choice, if there
// are any.
func (w *worker) pushRevisits(id, from int32) {
	if r := w.candidate(id, from); r != none {
		w.choices = append(w.choices, choice{kind: revisits, id: id, next: r, read: none})
	}
}

// candidate is the next load, from an event on towards older ones, of the
// location of a store, that is not in its prefix.
func (w *worker) candidate(id, from int32) int32 {
	g := w.g
	prefix := g.clock(id, porfVector)
	for r := from; r >= 0; r = g.ev[r].prevLoc {
		if g.ev[r].kind == load && !g.includes(prefix, r) {
			return r
		}
	}
	return none
}

// nextRevisit finds the next load that a store revisits. What would be deleted,
// and the load itself, must have been added as the search would add it again if it had a free choice: then this revisit is the
// only way to the graph that it makes (TruSt, section 4: maximal additions).
func (w *worker) nextRevisit(c *choice) int32 {
	g := w.g
	if int32(len(g.ev)) > c.id+1 {
		g.cut(c.id + 1)
	}
	for c.next != none {
		r := c.next
		if r == c.read {
			c.next = w.candidate(c.id, g.ev[r].prevLoc)
			continue // done already, in place
		}
		c.next = w.candidate(c.id, g.ev[r].prevLoc)
		if w.revisitable(r, c.id) {
			return r
		}
	}
	return none
}

func (w *worker) revisitable(r, by int32) bool {
	g := w.g
	prefix := g.clock(by, porfVector)
	if g.ev[by].exclusive {
		// No other update that stays may have read what this one has.
		own := g.before(by)
		for o := *g.readerOf(g.ev[own].rf, g.ev[by].loc); o >= 0; o = g.ev[o].nextReader {
			if o == own || o == r || !g.ev[o].exclusive {
				continue
			}
			if n := g.after(o); n >= 0 && g.ev[n].coPrev != unlinked && (n <= r || g.includes(prefix, n)) {
				return false
			}
		}
	}
	if !g.maximal(r, prefix, by) {
		return false
	}
	for id := r + 1; id < by; id++ {
		if !g.includes(prefix, id) && !g.maximal(id, prefix, by) {
			return false
		}
	}
	return true
}

// maximal reports whether an event made the newest choice there was when it was
// added, seen from the prefix of a store that is about to revisit.
func (g *graph) maximal(id int32, prefix []uint32, by int32) bool {
	e := &g.ev[id]
	switch e.kind {
	case choose:
		return e.val.Bits == 0
	case load:
		return g.newest(e.rf, e.loc, id, prefix, by)
	case store:
		for r := e.reader; r >= 0; r = g.ev[r].nextReader {
			if r < id || g.includes(prefix, r) {
				return false
			}
		}
		if e.coPrev == unlinked {
			return true
		}
		return g.newest(id, e.loc, id, prefix, by)
	}
	return true
}

// newest reports whether no later write in coherence order was there when an
// event was added, or is in a prefix.
func (g *graph) newest(write, loc, id int32, prefix []uint32, by int32) bool {
	for n := g.following(write, loc); n >= 0; n = g.ev[n].coNext {
		if n != by && (n < id || prefix != nil && g.includes(prefix, n)) {
			return false
		}
	}
	return true
}

// revisit makes the graph in which a load reads a store that was added after
// it, and what depends on the load's old value is gone.
func (w *worker) revisit(r, by int32) {
	g := w.g
	var into *graph
	if n := len(w.spare); n > 0 {
		into, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		into = &graph{}
	}
	if cap(w.renumber) < len(g.ev) {
		w.renumber = make([]int32, cap(g.ev))
	}
	read, write := g.restrict(into, r, by, w.renumber[:len(g.ev)])
	w.levels = append(w.levels, level{into, len(w.choices)})
	w.g = into
	base := int32(len(w.alternatives))
	e := &into.ev[write]
	if e.exclusive {
		// Just after what its update read, if no other update that is still there has read it.
		if from := into.ev[into.before(write)].rf; !into.paired(from, e.loc) {
			w.alternatives = append(w.alternatives, makeSource(from, 0))
		}
	} else {
		w.scratch = into.places(write, w.scratch[:0])
		for _, p := range w.scratch {
			w.alternatives = append(w.alternatives, makeSource(p, 0))
		}
	}
	into.read(read, write)
	if x := &into.ev[read]; x.update {
		// Values are those of the last run of this graph, in which all of it was executed.
		o := &into.operands[read]
		_, x.verdict = o.apply(into.ev[write].val)
		x.exclusive = x.verdict == sim.Write
		x.order = o.order(x.verdict)
		into.computeClocks(read)
	}
	w.choices = append(w.choices, choice{
		kind: placing, id: write, read: read, base: base, next: base, end: int32(len(w.alternatives)),
	})
}
