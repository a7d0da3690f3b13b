package search

import (
	"github.com/weakmem/litmus/explorer/sim"
)

// kind is what an event does.
type kind uint8

const (
	load kind = iota
	store
	fence
	spawn     // starts a thread, whose number is its value
	join      // reads from the end of a thread
	end       // of a thread
	choose    // its value is what was chosen
	count     // adds its value to a counter
	awaitZero // reads from all counts of its counter
	block     // the thread goes no further: what it waits for did not happen
)

func (k kind) String() string {
	return [...]string{"load", "store", "fence", "go", "join", "end", "choose", "count", "wait for a counter", "round that changes nothing"}[k]
}

const (
	initial  int32 = -1 // stands for the initial write of a location
	none     int32 = -2
	unlinked int32 = -3 // coPrev of a write that has no place in coherence order yet
)

// event is a node of an execution graph. Its number is its position in the
// order in which events were added.
type event struct {
	thread, index int32
	loc           int32 // none: no location
	rf            int32 // loads: the write read; joins: the end read
	coPrev        int32 // stores: neighbours in coherence order
	coNext        int32
	reader        int32 // stores: the first of the list of loads that read it
	nextReader    int32 // loads: the next in that list
	prevLoc       int32 // the event on the same location that was added before
	releaseFence  int32 // the last fence at or before it, in its thread, that releases
	twin          int32 // the first event of the thread's twin, after which this first event comes: see symmetry.go
	alternatives  int32 // choose: how many there are; block: how many events the round that it ends has
	kind          kind
	order         sim.Ordering
	exclusive     bool        // half of an update: the load is followed by the store unless it was not to write
	verdict       sim.Verdict // of the load of an update
	update        bool        // a load that belongs to an update, whether it writes or not
	await         bool        // a load whose value a condition must accept, or a block follows
	val           sim.Word    // of stores, as of the latest run that executed it
}

// operands are what an update does with the value that its load reads.
type operands struct {
	f           sim.Update
	a, b        sim.Word
	did, failed sim.Ordering // of the whole if it writes, or if not
	await       bool         // it must write: it waits until it does
}

// apply computes what an update makes of a value.
func (o *operands) apply(old sim.Word) (sim.Word, sim.Verdict) {
	val, verdict := o.f(old, o.a, o.b)
	if verdict == sim.Keep && o.await {
		verdict = sim.Block
	}
	return val, verdict
}

// order is the ordering that a verdict gives an update.
func (o *operands) order(v sim.Verdict) sim.Ordering {
	if v == sim.Write {
		return o.did
	}
	return o.failed
}

// location is a variable, as long as some event accesses it.
type location struct {
	first, last int32 // of coherence order; initial: nothing written
	reader      int32 // of the initial value
	lastEvent   int32
	events      int32 // how many events access it; 0: free
	kind        *sim.Kind
	thread      int32 // where it was met first: its name, from run to run
	index       int32
	init        sim.Word // as of the latest run that met it
}

// lane is a thread's part of a graph.
type lane struct {
	events  []int32
	spawn   int32 // the event that started it; none: the main thread
	twin    int32 // the thread started just before that is its equal; none: there is none
	blocked bool
	alive   bool
}

// graph is an execution graph: events in the order of their addition, each with
// the vector clocks of its prefixes. Cutting it back to an earlier size is the inverse of adding.
type graph struct {
	m        *semantics
	ev       []event
	lanes    []lane
	locs     []location
	free     []int32    // unused locations
	clocks   []uint32   // width words an event: its vectors, stride words each
	operands []operands // of the loads of updates
	stride   int
	width    int
	fences   int // SeqCst ones
	ended    int // how many threads have ended

	// scratch of the search for cycles
	seen  []uint32
	round uint32
	stack []int32
	twins []uint32
}

// The vectors of an event, stride entries each. Entry t counts the events of
// thread t in the prefix, the event itself included.
const (
	porfVector = iota // program order and reads-from (and spawn, join)
	hbVector          // happens-before
	vectors

	noVector = -1
)

func (g *graph) reset() {
	g.ev = g.ev[:0]
	if g.stride == 0 {
		g.stride = 4
	}
	g.width = vectors * g.stride
	g.lanes = g.lanes[:0]
	g.newLane(none)
	g.ended, g.fences = 0, 0
	g.locs = g.locs[:0]
	g.free = g.free[:0]
}

func (g *graph) newLane(spawnedBy int32) int32 {
	for i := range g.lanes {
		if !g.lanes[i].alive {
			g.lanes[i] = lane{events: g.lanes[i].events[:0], spawn: spawnedBy, twin: none, alive: true}
			return int32(i)
		}
	}
	if len(g.lanes) < cap(g.lanes) {
		g.lanes = g.lanes[:len(g.lanes)+1]
		l := &g.lanes[len(g.lanes)-1]
		*l = lane{events: l.events[:0], spawn: spawnedBy, twin: none, alive: true}
	} else {
		g.lanes = append(g.lanes, lane{spawn: spawnedBy, twin: none, alive: true})
	}
	if len(g.lanes) > g.stride {
		g.widen()
	}
	return int32(len(g.lanes) - 1)
}

// widen doubles the number of threads that clocks have room for.
func (g *graph) widen() {
	stride := 2 * g.stride
	width := vectors * stride
	clocks := make([]uint32, width*cap(g.ev))
	for id := range g.ev {
		for v := range vectors {
			copy(clocks[id*width+v*stride:], g.clocks[id*g.width+v*g.stride:][:g.stride])
		}
	}
	g.clocks, g.stride, g.width = clocks, stride, width
}

func (g *graph) clock(id int32, vector int) []uint32 {
	at := int(id)*g.width + vector*g.stride
	return g.clocks[at : at+g.stride : at+g.stride]
}

// includes reports whether the prefix that a vector stands for has an event.
func (g *graph) includes(clock []uint32, id int32) bool {
	e := &g.ev[id]
	return clock[e.thread] > uint32(e.index)
}

func merge(into, from []uint32) {
	from = from[:len(into)]
	for i, n := range from {
		if n > into[i] {
			into[i] = n
		}
	}
}

// previous is the event that precedes the next event of a thread: the last of
// the thread, or its spawn; none for the first of the main thread.
func (g *graph) previous(thread int32) int32 {
	l := &g.lanes[thread]
	if n := len(l.events); n > 0 {
		return l.events[n-1]
	}
	return l.spawn
}

// before is the event that precedes an event in its thread, or its thread's spawn.
func (g *graph) before(id int32) int32 {
	e := &g.ev[id]
	l := &g.lanes[e.thread]
	if e.index > 0 {
		return l.events[e.index-1]
	}
	return l.spawn
}

// after is the next event in the thread; none if it is the last.
func (g *graph) after(id int32) int32 {
	e := &g.ev[id]
	l := g.lanes[e.thread].events
	if int(e.index)+1 < len(l) {
		return l[e.index+1]
	}
	return none
}

// add appends an event to a thread. Its clocks are yet to be computed.
func (g *graph) add(thread int32, k kind, order sim.Ordering, loc int32) int32 {
	id := int32(len(g.ev))
	l := &g.lanes[thread]
	if len(g.ev) == cap(g.ev) {
		grown := make([]event, len(g.ev), max(64, 2*cap(g.ev)))
		copy(grown, g.ev)
		g.ev = grown
	}
	g.ev = g.ev[:id+1]
	if need := cap(g.ev) * g.width; len(g.clocks) < need {
		grown := make([]uint32, need)
		copy(grown, g.clocks[:min(len(g.clocks), int(id)*g.width)])
		g.clocks = grown
	}
	g.ev[id] = event{
		thread: thread, index: int32(len(l.events)), loc: loc, rf: none, coPrev: unlinked, coNext: none,
		reader: none, nextReader: none, prevLoc: none, releaseFence: none, twin: none, kind: k, order: order,
	}
	e := &g.ev[id]
	if loc >= 0 {
		at := &g.locs[loc]
		e.prevLoc = at.lastEvent
		at.lastEvent = id
		at.events++
	}
	if n := len(l.events); n > 0 {
		e.releaseFence = g.ev[l.events[n-1]].releaseFence
	}
	l.events = append(l.events, id)
	switch k {
	case end:
		g.ended++
	case block:
		l.blocked = true
	case fence:
		if order.Releases() {
			e.releaseFence = id
		}
		if order == sim.SeqCst {
			g.fences++
		}
	}
	return id
}

// cut removes the events from number n on, the latest first.
func (g *graph) cut(n int32) {
	for id := int32(len(g.ev)) - 1; id >= n; id-- {
		e := &g.ev[id]
		switch e.kind {
		case load:
			g.unread(id)
		case store:
			g.unlink(id)
		case spawn:
			g.lanes[e.val.Bits].alive = false
		case fence:
			if e.order == sim.SeqCst {
				g.fences--
			}
		case end:
			g.ended--
		case block:
			g.lanes[e.thread].blocked = false
		}
		if e.loc >= 0 {
			at := &g.locs[e.loc]
			at.lastEvent = e.prevLoc
			if at.events--; at.events == 0 {
				g.free = append(g.free, e.loc)
			}
		}
		l := &g.lanes[e.thread]
		l.events = l.events[:len(l.events)-1]
	}
	g.ev = g.ev[:n]
}

// newLocation makes a location, named after the event that will access it first.
func (g *graph) newLocation(k *sim.Kind, thread, index int32) int32 {
	fresh := location{first: initial, last: initial, reader: none, lastEvent: none, kind: k, thread: thread, index: index}
	for n := len(g.free); n > 0; n = len(g.free) {
		at := g.free[n-1]
		g.free = g.free[:n-1]
		if int(at) < len(g.locs) && g.locs[at].events == 0 {
			g.locs[at] = fresh
			return at
		}
	}
	g.locs = append(g.locs, fresh)
	return int32(len(g.locs) - 1)
}

// setOperands notes what an update does.
func (g *graph) setOperands(id int32, o operands) {
	if int(id) >= len(g.operands) {
		grown := make([]operands, cap(g.ev))
		copy(grown, g.operands)
		g.operands = grown
	}
	g.operands[id] = o
}

func (g *graph) readerOf(write, loc int32) *int32 {
	if write == initial {
		return &g.locs[loc].reader
	}
	return &g.ev[write].reader
}

// unread takes a load off the list of those that read what it reads.
func (g *graph) unread(id int32) {
	e := &g.ev[id]
	if e.rf == none {
		return
	}
	at := g.readerOf(e.rf, e.loc)
	for *at != id {
		at = &g.ev[*at].nextReader
	}
	*at = e.nextReader
	e.nextReader, e.rf = none, none
}

// read makes a load read a write, and computes its clocks.
func (g *graph) read(id, write int32) {
	g.unread(id)
	e := &g.ev[id]
	e.rf = write
	at := g.readerOf(write, e.loc)
	e.nextReader = *at
	*at = id
	g.computeClocks(id)
}

// link gives a store its place in coherence order, just after another.
func (g *graph) link(id, after int32) {
	e := &g.ev[id]
	at := &g.locs[e.loc]
	next := at.first
	if after >= 0 {
		next = g.ev[after].coNext
		g.ev[after].coNext = id
	} else {
		at.first = id
	}
	if next < 0 {
		next = none
	}
	e.coPrev, e.coNext = after, next
	if next >= 0 {
		g.ev[next].coPrev = id
	} else {
		at.last = id
	}
}

func (g *graph) unlink(id int32) {
	e := &g.ev[id]
	if e.coPrev == unlinked {
		return
	}
	at := &g.locs[e.loc]
	if e.coPrev >= 0 {
		g.ev[e.coPrev].coNext = e.coNext
	} else {
		at.first = e.coNext
		if e.coNext < 0 {
			at.first = initial
		}
	}
	if e.coNext >= 0 {
		g.ev[e.coNext].coPrev = e.coPrev
	} else {
		at.last = e.coPrev
	}
	e.coPrev, e.coNext = unlinked, none
}

// following is the next write in coherence order; none after the last.
func (g *graph) following(write, loc int32) int32 {
	if write >= 0 {
		return g.ev[write].coNext
	}
	if f := g.locs[loc].first; f >= 0 {
		return f
	}
	return none
}

// paired reports whether an update has read a write and written.
func (g *graph) paired(write, loc int32) bool {
	for r := *g.readerOf(write, loc); r >= 0; r = g.ev[r].nextReader {
		if g.ev[r].exclusive {
			if n := g.after(r); n >= 0 && g.ev[n].kind == store && g.ev[n].coPrev != unlinked {
				return true
			}
		}
	}
	return false
}

// waiting reports whether a load is what its thread waits at: the last event,
// of an update that cannot go on with the value read.
func (g *graph) waiting(id int32) bool {
	e := &g.ev[id]
	return e.kind == load && e.update && e.verdict == sim.Block
}

// restrict makes into the graph of the events up to read, and of those in the
// prefix of write, which comes last there, without a place in coherence order. The read has nothing to read there yet.
// It returns the numbers of both in it.
func (g *graph) restrict(into *graph, read, write int32, renumber []int32) (newRead, newWrite int32) {
	into.m, into.stride, into.width = g.m, g.stride, g.width
	if cap(into.ev) < len(g.ev) {
		into.ev = make([]event, 0, cap(g.ev))
	}
	if need := cap(into.ev) * g.width; len(into.clocks) < need {
		into.clocks = make([]uint32, need)
	}
	into.ev = into.ev[:0]
	for len(into.lanes) < len(g.lanes) {
		if len(into.lanes) < cap(into.lanes) {
			into.lanes = into.lanes[:len(into.lanes)+1]
		} else {
			into.lanes = append(into.lanes, lane{})
		}
	}
	into.lanes = into.lanes[:len(g.lanes)]
	for i := range g.lanes {
		into.lanes[i] = lane{events: into.lanes[i].events[:0], spawn: none, twin: g.lanes[i].twin}
	}
	into.lanes[0].alive = true
	into.ended, into.fences = 0, 0
	into.locs = append(into.locs[:0], g.locs...)
	into.free = append(into.free[:0], g.free...)
	for i := range into.locs {
		at := &into.locs[i]
		at.first, at.last, at.reader, at.lastEvent, at.events = initial, initial, none, none, 0
	}
	prefix := g.clock(write, porfVector)
	if g.allAfter(read, prefix) {
		g.copyTo(into)
		into.unlink(write)
		into.unread(read)
		return read, write
	}
	for id := range g.ev {
		id := int32(id)
		if id > read && !g.includes(prefix, id) {
			renumber[id] = none
			continue
		}
		n := int32(len(into.ev))
		renumber[id] = n
		into.ev = append(into.ev, g.ev[id])
		copy(into.clocks[int(n)*g.width:][:g.width], g.clocks[int(id)*g.width:][:g.width])
		e := &into.ev[n]
		e.coPrev, e.coNext, e.reader, e.nextReader, e.prevLoc = unlinked, none, none, none, none
		if e.releaseFence >= 0 {
			e.releaseFence = renumber[e.releaseFence]
		}
		if e.twin >= 0 {
			e.twin = renumber[e.twin]
		}
		if e.update {
			into.setOperands(n, g.operands[id])
		}
		l := &into.lanes[e.thread]
		l.events = append(l.events, n)
		switch e.kind {
		case spawn:
			into.lanes[e.val.Bits].alive = true
			into.lanes[e.val.Bits].spawn = n
		case fence:
			if e.order == sim.SeqCst {
				into.fences++
			}
		case end:
			into.ended++
		case block:
			l.blocked = true
		}
		if e.loc >= 0 {
			at := &into.locs[e.loc]
			e.prevLoc = at.lastEvent
			at.lastEvent = n
			at.events++
		}
	}
	newRead, newWrite = renumber[read], renumber[write]
	for id := range into.ev {
		e := &into.ev[id]
		switch {
		case e.kind == load && int32(id) != newRead:
			// What it reads may have a higher number: it was revisited.
			if e.rf >= 0 {
				e.rf = renumber[e.rf]
			}
			at := into.readerOf(e.rf, e.loc)
			e.nextReader = *at
			*at = int32(id)
		case e.kind == join:
			e.rf = renumber[e.rf]
		}
	}
	into.ev[newRead].rf = none
	for i := range g.locs {
		if g.locs[i].events == 0 {
			continue
		}
		last := initial
		for w := g.locs[i].first; w >= 0; w = g.ev[w].coNext {
			if n := renumber[w]; n >= 0 && n != newWrite {
				into.link(n, last)
				last = n
			}
		}
		if into.locs[i].events == 0 {
			into.free = append(into.free, int32(i))
		}
	}
	return newRead, newWrite
}

// allAfter reports whether a prefix has all events after one.
func (g *graph) allAfter(id int32, prefix []uint32) bool {
	for id++; int(id) < len(g.ev); id++ {
		if !g.includes(prefix, id) {
			return false
		}
	}
	return true
}

// copyTo copies a graph to one that has room for it.
func (g *graph) copyTo(into *graph) {
	n := len(g.ev)
	into.ev = into.ev[:n]
	copy(into.ev, g.ev)
	copy(into.clocks, g.clocks[:n*g.width])
	copy(into.locs, g.locs)
	into.ended, into.fences = g.ended, g.fences
	for i := range g.lanes {
		l := &into.lanes[i]
		events := append(l.events[:0], g.lanes[i].events...)
		*l = g.lanes[i]
		l.events = events
	}
	if len(g.operands) > 0 {
		if len(into.operands) < n {
			into.operands = make([]operands, cap(into.ev))
		}
		copy(into.operands, g.operands[:min(n, len(g.operands))])
	}
}

// clone copies a graph.
func (g *graph) clone() *graph {
	c := &graph{m: g.m, stride: g.stride, width: g.width, ended: g.ended, fences: g.fences}
	c.ev = append(make([]event, 0, cap(g.ev)), g.ev...)
	c.clocks = make([]uint32, len(g.clocks))
	copy(c.clocks, g.clocks[:len(g.ev)*g.width])
	c.locs = append(c.locs, g.locs...)
	c.free = append(c.free, g.free...)
	c.operands = append(c.operands, g.operands...)
	c.lanes = append(c.lanes, g.lanes...)
	for i := range c.lanes {
		c.lanes[i].events = append([]int32(nil), g.lanes[i].events...)
	}
	return c
}
