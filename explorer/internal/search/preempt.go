package search

import (
	"math/bits"
	"slices"
	"sync"
)

// beyond reports whether every schedule of the graph's events has more
// preemptions than the bound, and, if slack is given, than some more.
//
// A graph within the bound may be reached only by way of graphs that are not: when a store revisits a load, the events that do not
// stay have been added, and threads that had no event left, and could be stopped at for nothing, have. How many more preemptions that takes is
// known where threads never wait: as many as there are threads, less two (Marmanis, Kokologiannakis and Vafeiadis, "Reconciling
// Preemption Bounding with DPOR", TACAS 2023). Where they do, that is too few: with two threads and a lock, one more can be
// needed. The slack is one for every thread but one, then; that it is enough is not proved, but tested, on random programs.
func (w *worker) beyond(slack bool) bool {
	bound := w.shared.cfg.Preemptions - 1
	if bound < 0 {
		return false
	}
	if slack {
		bound += len(w.g.lanes) - 1
	}
	s := schedulers.Get().(*scheduler)
	defer schedulers.Put(s)
	s.segment(w.g, !w.shared.cfg.Symmetric)
	return !s.within(bound)
}

var schedulers = sync.Pool{New: func() any { return new(scheduler) }}

// scheduler decides how few preemptions the schedules of a graph's events can
// have. A schedule puts each event after those before it in its thread, after the spawn of its thread, and after what it reads. What a
// preemption is, [trace.Linearize] defines: a switch away from a thread that has events left, of which the next does not
// wait for one that is still to come.
//
// Threads are cut into segments, between which alone a switch can be of use. Where a thread reads what another has yet to write, and
// does not by nature wait for it, the thread is at a racy segment: it has to be preempted there. Where it waits, it is left for nothing;
// that is the only reason for which running a segment early can do harm, namely if it ends such a wait and the thread then comes to a racy segment.
// Segments that cannot lead to that are safe, and run as soon as their thread does: only the others, and which thread goes on,
// are choices to search through.
type scheduler struct {
	threads  []int32 // where the segments of each lane start, and one more
	segments []segment
	deps     []dependency // of all segments
	marks    []mark       // of events

	done  []int32 // segments, of each thread, in the schedule that is being extended
	rows  []int32 // the values of done that were met, len(done) each
	costs []int32 // of each, the fewest preemptions that it was met with
	stack []visit
	table []int32 // hash table: one more than the number of a row; 0: free
}

// visit is a row to go on from, and what it was met with.
type visit struct{ row, cost int32 }

type segment struct {
	from, to int32 // its dependencies on other threads, in deps
	waits    bool  // it has some, and may be waited at for nothing
	unsafe   bool
}

// dependency is on a segment, by its thread and its position there.
type dependency struct{ thread, at int32 }

type mark struct {
	deps    int32 // how many the event has
	segment int32 // its position in the thread
	awaited bool  // by another thread
}

// maxRows is how far a search goes. What it has not decided then is taken to be
// within the bound: too much may be explored, but nothing left out.
const maxRows = 1 << 16

// segment cuts the threads of a graph. If the porf vectors are exact, as they are
// without symmetry, dependencies that follow from others are left out.
func (s *scheduler) segment(g *graph, exact bool) {
	s.deps = s.deps[:0]
	s.marks = slices.Grow(s.marks[:0], len(g.ev))[:len(g.ev)]
	clear(s.marks)
	for i := range g.lanes {
		if !g.lanes[i].alive {
			continue
		}
		before := g.lanes[i].spawn
		if events := g.lanes[i].events; len(events) > 0 && before >= 0 {
			s.depend(g, events[0], before)
		}
		for _, id := range g.lanes[i].events {
			e := &g.ev[id]
			known := none
			if exact {
				known = before
			}
			switch e.kind {
			case load, join:
				if e.rf >= 0 {
					s.dependUnless(g, id, e.rf, known)
				}
			case awaitZero:
				for c := e.prevLoc; c >= 0; c = g.ev[c].prevLoc {
					if g.ev[c].kind == count {
						s.dependUnless(g, id, c, known)
					}
				}
			}
			before = id
		}
	}
	s.cut(g)
	s.findUnsafe()
}

// dependUnless notes that an event comes after another, unless one that it comes
// after anyway does.
func (s *scheduler) dependUnless(g *graph, id, on, known int32) {
	if g.ev[on].thread != g.ev[id].thread && (known < 0 || !g.includes(g.clock(known, porfVector), on)) {
		s.depend(g, id, on)
	}
}

func (s *scheduler) depend(g *graph, id, on int32) {
	s.marks[id].deps++
	s.marks[on].awaited = true
	s.deps = append(s.deps, dependency{g.ev[on].thread, on}) // the event, until its segment is known
}

// cut makes a segment start at events that come after another thread's, and
// after events that another thread's come after.
func (s *scheduler) cut(g *graph) {
	s.threads, s.segments = s.threads[:0], s.segments[:0]
	deps := int32(0)
	for i := range g.lanes {
		start := int32(len(s.segments))
		s.threads = append(s.threads, start)
		if !g.lanes[i].alive {
			continue
		}
		awaited := true
		for _, id := range g.lanes[i].events {
			m := &s.marks[id]
			if awaited || m.deps > 0 {
				// A thread is not left before its first event.
				waits := m.deps > 0 && g.ev[id].index > 0 && g.waits(id)
				s.segments = append(s.segments, segment{from: deps, to: deps + m.deps, waits: waits})
				deps += m.deps
			}
			m.segment = int32(len(s.segments)) - 1 - start
			awaited = m.awaited
		}
	}
	s.threads = append(s.threads, int32(len(s.segments)))
	for i := range s.deps {
		s.deps[i].at = s.marks[s.deps[i].at].segment
	}
}

// waits reports whether an event cannot be attempted before what it depends on
// is done.
func (g *graph) waits(id int32) bool {
	e := &g.ev[id]
	switch e.kind {
	case join, awaitZero:
		return true
	case load:
		return e.await || e.loc >= 0 && g.locs[e.loc].kind.Chain
	}
	return false
}

// findUnsafe marks the segments that end a wait after which the thread comes to
// a racy segment, or to an unsafe one.
func (s *scheduler) findUnsafe() {
	// A thread's waits before harm[t] are such; those before looked[t] have been looked at.
	n := len(s.threads) - 1
	s.done = slices.Grow(s.done[:0], 2*n)[:2*n]
	harm, looked := s.done[:n], s.done[n:]
	clear(s.done)
	for t := range n {
		for i := s.threads[t+1] - 1; i > s.threads[t]; i-- {
			if x := &s.segments[i]; x.from < x.to && !x.waits {
				harm[t] = i - s.threads[t]
				break
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for t := range n {
			for ; looked[t] < harm[t]; looked[t]++ {
				x := &s.segments[s.threads[t]+looked[t]]
				if !x.waits {
					continue
				}
				for _, d := range s.deps[x.from:x.to] {
					s.segments[s.threads[d.thread]+d.at].unsafe = true
					harm[d.thread] = max(harm[d.thread], d.at+1)
					changed = true
				}
			}
		}
	}
	s.done = s.done[:n]
}

// stop is why a thread that runs does not just go on.
type stop uint8

const (
	leaves  stop = iota // it has ended, or waits
	races               // what its next event reads is still to come
	chooses             // its next segment is unsafe
)

// run is how far a thread can run on through safe segments, and why it stops.
func (s *scheduler) run(done []int32, t int) (int32, stop) {
	own := s.segments[s.threads[t]:s.threads[t+1]]
	for at := int(done[t]); at < len(own); at++ {
		switch x := &own[at]; {
		case !s.ready(done, x) && x.waits:
			return int32(at), leaves
		case !s.ready(done, x):
			return int32(at), races
		case x.unsafe:
			return int32(at), chooses
		}
	}
	return int32(len(own)), leaves
}

func (s *scheduler) ready(done []int32, x *segment) bool {
	for _, d := range s.deps[x.from:x.to] {
		if done[d.thread] <= d.at {
			return false
		}
	}
	return true
}

// within reports whether a schedule has no more preemptions than a bound. It goes
// depth first, and where it costs least first, from places where any thread may go on.
func (s *scheduler) within(bound int) bool {
	s.rows, s.costs, s.stack = s.rows[:0], s.costs[:0], s.stack[:0]
	s.table = slices.Grow(s.table[:0], 64)[:64]
	clear(s.table)
	clear(s.done)
	if s.meet(0) {
		return true
	}
	n := len(s.done)
	for len(s.stack) > 0 && len(s.costs) < maxRows {
		top := len(s.stack) - 1
		from := s.stack[top]
		s.stack = s.stack[:top]
		if s.costs[from.row] < from.cost {
			continue
		}
		for t := range n {
			copy(s.done, s.rows[int(from.row)*n:][:n])
			if s.goOn(t, from.cost, int32(bound)) {
				return true
			}
		}
		slices.SortFunc(s.stack[top:], func(a, b visit) int { return int(b.cost - a.cost) })
	}
	return len(s.stack) > 0
}

// goOn lets a thread run, and meets every place where it can be left. It reports
// whether one of them is the end.
func (s *scheduler) goOn(t int, cost, bound int32) bool {
	own := s.segments[s.threads[t]:s.threads[t+1]]
	if at := int(s.done[t]); at == len(own) || !s.ready(s.done, &own[at]) {
		return false
	}
	for {
		s.done[t]++
		at, why := s.run(s.done, t)
		s.done[t] = at
		if why == leaves {
			return s.meet(cost)
		}
		if cost < bound && s.meet(cost+1) {
			return true
		}
		if why == races {
			return false
		}
	}
}

// meet notes that done can be come to for so many preemptions, with all threads
// that can then run safely to where they may be left having done so. It reports whether that is all of them, to their ends.
func (s *scheduler) meet(cost int32) bool {
	n := len(s.done)
	row := int32(len(s.costs))
	s.rows = append(s.rows, s.done...)
	done := s.rows[int(row)*n:]
	for t, left := 0, n; left > 0; t, left = (t+1)%n, left-1 {
		if at, why := s.run(done, t); why == leaves && at > done[t] {
			done[t] = at
			left = n + 1
		}
	}
	ended := true
	for t, at := range done {
		ended = ended && at == s.threads[t+1]-s.threads[t]
	}
	if ended {
		return true
	}
	slot := s.slot(done)
	if known := *slot - 1; known >= 0 {
		s.rows = s.rows[:int(row)*n]
		if s.costs[known] <= cost {
			return false
		}
		row = known
		s.costs[row] = cost
	} else {
		*slot = row + 1
		s.costs = append(s.costs, cost)
		if 2*len(s.costs) > len(s.table) {
			s.grow()
		}
	}
	s.stack = append(s.stack, visit{row, cost})
	return false
}

// slot finds the entry of the table that a row has, or would have.
func (s *scheduler) slot(done []int32) *int32 {
	h := uint64(0)
	for _, at := range done {
		h = bits.RotateLeft64(h^uint64(at), 5) * 0x9E3779B97F4A7C15
	}
	mask := uint64(len(s.table) - 1)
	for i := h >> 32; ; i++ {
		entry := &s.table[i&mask]
		if *entry == 0 || slices.Equal(s.rows[int(*entry-1)*len(done):][:len(done)], done) {
			return entry
		}
	}
}

func (s *scheduler) grow() {
	n := len(s.done)
	size := 2 * len(s.table)
	s.table = slices.Grow(s.table[:0], size)[:size]
	clear(s.table)
	for row := range s.costs {
		*s.slot(s.rows[row*n:][:n]) = int32(row) + 1
	}
}
