package search

import (
	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/litmus/c"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// vocabulary is that of litmus tests in C.
var vocabulary = &model.Vocabulary{Arch: "C", Tags: c.Tags()}

func tag(name string) uint64 { return uint64(ir.Bit(c.Tags(), name)) }

var (
	atomicTag = tag("A")
	plainTag  = tag("NA")
	updateTag = tag("RMW")
	orderTags = [...]uint64{
		sim.Relaxed: tag("RLX"), sim.Acquire: tag("ACQ"), sim.Release: tag("REL"), sim.AcqRel: tag("ACQ_REL"), sim.SeqCst: tag("SC"),
	}
)

// accessTags are the sets that an access is in. Models have no word for what is
// silent: it is relaxed.
func accessTags(o sim.Ordering) uint64 {
	if o == sim.Plain {
		return plainTag
	}
	return atomicTag | orderTags[o&^sim.Silent]
}

// transcript writes graphs down as executions of a C program.
//
// An update is one event there. What orders threads by other means than memory — that they start, that they end, counters —
// becomes accesses of locations that nothing else accesses: an update that acquires and releases, where models with store
// buffers drain them, and in whatever thread goes on from there a load of it that acquires. This makes
// happens-before, and nothing else, in every model that knows release and acquire, while program order stays within threads, where
// release sequences and fences look for it. What comes before the first event of memory, or after the last, orders nothing, and is left out.
type transcript struct {
	x          model.Execution
	po, co, rf model.Relation

	number []int32    // of events of the graph in the execution
	cells  []int32    // of locations: their initial writes, whose numbers are the cells' too
	roles  []role     // of events of the graph
	lanes  []between  // of threads
	drains []int32    // the events that become updates
	own    []int32    // of these: their cells
	takes  [][2]int32 // what is published, and the number of a load that reads it
	later  model.Set
}

// role is what becomes of an event that is not of memory.
type role uint8

const (
	leads     role = 1 << iota // events that matter come after it in its thread
	wanted                     // such events come after it in other threads
	drained                    // it becomes an update
	published                  // which loads of other threads read
)

// between is what is known of a thread on the way through the graph.
type between struct {
	after  bool  // backwards: there are later events that matter
	before bool  // forwards: there are earlier ones
	start  int32 // the spawn that its first event reads; none: that orders nothing
}

// write returns the execution that a graph stands for. It is valid until the
// next call.
func (s *transcript) write(g *graph) *model.Execution {
	s.cast(g)
	x := &s.x
	x.Vocabulary, x.Po, x.Co, x.Rf = vocabulary, &s.po, &s.co, &s.rf
	x.Events = x.Events[:0]
	s.cells = resized(s.cells, len(g.locs))
	for i := range g.locs {
		if at := &g.locs[i]; at.first >= 0 || at.reader >= 0 {
			s.cells[i] = s.cell()
		}
	}
	s.own = resized(s.own, len(g.ev))
	for _, id := range s.drains {
		s.own[id] = s.cell()
	}
	x.Init = len(x.Events)
	s.number = resized(s.number, len(g.ev))
	s.takes = s.takes[:0]
	for t := range g.lanes {
		s.lay(g, int32(t))
	}
	n := len(x.Events)
	s.po.Reset(n)
	s.co.Reset(n)
	s.rf.Reset(n)
	s.relate(g)
	return x
}

// resized returns a slice of n elements, all zero, in the room of another.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, 2*n)
	}
	s = s[:n]
	clear(s)
	return s
}

// cell appends an initial write.
func (s *transcript) cell() int32 {
	n := len(s.x.Events)
	s.x.Events = append(s.x.Events, model.Event{Thread: -1, Kind: model.Write, Loc: n})
	return int32(n)
}

// cast gives each event that is not of memory its role. Events are added after
// those that they follow, but for loads.
func (s *transcript) cast(g *graph) {
	s.roles = resized(s.roles, len(g.ev))
	s.lanes = resized(s.lanes, len(g.lanes))
	for id := len(g.ev) - 1; id >= 0; id-- {
		e, r := &g.ev[id], &s.roles[id]
		t := &s.lanes[e.thread]
		if t.after {
			*r |= leads
		}
		switch e.kind {
		case load, store, fence:
			t.after = true
		case spawn:
			if s.lanes[e.val.Bits].after {
				*r |= wanted
			}
		default:
			if t.after {
				g.eachWaited(int32(id), func(w int32) { s.roles[w] |= wanted })
			}
		}
		t.after = t.after || *r&wanted != 0
	}
	s.drains = s.drains[:0]
	for i := range s.lanes {
		s.lanes[i].start = none
	}
	for id := range g.ev {
		id := int32(id)
		e, r := &g.ev[id], &s.roles[id]
		t := &s.lanes[e.thread]
		switch e.kind {
		case load, store, fence:
			t.before = true
			continue
		case choose, block:
			continue
		}
		if t.before && *r != 0 {
			*r |= drained
			s.drains = append(s.drains, id)
			if *r&wanted != 0 {
				*r |= published
			}
		}
		if e.kind == spawn && *r&published != 0 {
			child := &s.lanes[e.val.Bits]
			child.start, child.before = id, true
		}
		if *r&leads != 0 {
			g.eachWaited(id, func(w int32) { t.before = t.before || s.roles[w]&published != 0 })
		}
	}
}

// eachWaited calls f with the events of other threads that a thread has waited
// for in an event: the end that a join reads, what was taken off a counter.
func (g *graph) eachWaited(id int32, f func(int32)) {
	e := &g.ev[id]
	switch e.kind {
	case join:
		f(e.rf)
	case awaitZero:
		for c := e.prevLoc; c >= 0; c = g.ev[c].prevLoc {
			if g.ev[c].kind == count && int64(g.ev[c].val.Bits) < 0 {
				f(c)
			}
		}
	}
}

// lay appends the events of a thread.
func (s *transcript) lay(g *graph, thread int32) {
	x := &s.x
	base := len(x.Events)
	add := func(k model.Kind, cell int32, tags uint64) int32 {
		n := len(x.Events)
		x.Events = append(x.Events, model.Event{Thread: int(thread), Index: n - base, Kind: k, Loc: int(cell), Tags: tags})
		return int32(n)
	}
	take := func(w int32) {
		if s.roles[w]&published != 0 {
			s.takes = append(s.takes, [2]int32{w, add(model.Read, s.own[w], accessTags(sim.Acquire))})
		}
	}
	if w := s.lanes[thread].start; w >= 0 {
		take(w)
	}
	for _, id := range g.lanes[thread].events {
		e := &g.ev[id]
		switch e.kind {
		case load:
			s.number[id] = add(model.Read, s.cells[e.loc], accessTags(e.order))
		case store:
			if !e.exclusive {
				s.number[id] = add(model.Write, s.cells[e.loc], accessTags(e.order))
				break
			}
			read := s.number[g.before(id)]
			x.Events[read].Kind |= model.Write
			x.Events[read].Tags |= updateTag
			s.number[id] = read
		case fence:
			s.number[id] = add(model.FenceEvent, -1, plainTag|orderTags[e.order&^sim.Silent])
		default:
			if s.roles[id]&drained != 0 {
				s.number[id] = add(model.Read|model.Write, s.own[id], accessTags(sim.AcqRel)|updateTag)
			}
			if s.roles[id]&leads != 0 {
				g.eachWaited(id, take)
			}
		}
	}
}

// relate fills the relations of an execution whose events are laid.
func (s *transcript) relate(g *graph) {
	events := s.x.Events
	n := len(events)
	s.later.Reset(n)
	for e := n - 1; e >= s.x.Init; e-- {
		if e+1 < n && events[e+1].Thread != events[e].Thread {
			s.later.Reset(n)
		}
		s.po.SetRow(e, &s.later)
		s.later.Add(e)
	}
	for i := range g.locs {
		at := &g.locs[i]
		if at.first < 0 && at.reader < 0 {
			continue
		}
		s.later.Reset(n)
		for w := at.last; w >= 0; w = g.ev[w].coPrev {
			s.co.SetRow(int(s.number[w]), &s.later)
			s.later.Add(int(s.number[w]))
		}
		s.co.SetRow(int(s.cells[i]), &s.later)
	}
	for id := range g.ev {
		if e := &g.ev[id]; e.kind == load {
			from := s.cells[e.loc]
			if e.rf >= 0 {
				from = s.number[e.rf]
			}
			s.rf.Add(int(from), int(s.number[id]))
		}
	}
	for _, id := range s.drains {
		s.co.Add(int(s.own[id]), int(s.number[id]))
		s.rf.Add(int(s.own[id]), int(s.number[id]))
	}
	for _, t := range s.takes {
		s.rf.Add(int(s.number[t[0]]), int(t[1]))
	}
}
