package search

import "github.com/weakmem/litmus/explorer/sim"

// covers reports whether an event's prefix makes a write the oldest that the
// event may read, or be placed after, in coherence order: the prefix has the write, or a load that read it.
func (g *graph) covers(clock []uint32, write, loc, self int32) bool {
	if write == initial {
		return true
	}
	if g.includes(clock, write) {
		return true
	}
	for r := g.ev[write].reader; r >= 0; r = g.ev[r].nextReader {
		if r != self && g.includes(clock, r) {
			return true
		}
	}
	return false
}

// prefix is the vector of what precedes an event in its thread, along which
// coherence is kept; nil if nothing does.
func (g *graph) prefix(id int32) []uint32 {
	if g.m.coherence == noVector {
		return nil
	}
	vector := g.m.coherence
	if g.ev[id].order&sim.Silent != 0 {
		vector = porfVector // the inside of locks and channels is not weaker than they promise to be
	}
	var clock []uint32
	if p := g.before(id); p >= 0 {
		clock = g.clock(p, vector)
	}
	if g.ev[id].twin >= 0 {
		return g.afterTwin(id, clock)
	}
	return clock
}

// sources appends the writes that a load may read as far as coherence goes, the
// latest first.
func (g *graph) sources(id int32, into []int32) []int32 {
	loc := g.ev[id].loc
	clock := g.prefix(id)
	for w := g.locs[loc].last; ; w = g.ev[w].coPrev {
		into = append(into, w)
		if w == initial || clock != nil && g.covers(clock, w, loc, id) {
			return into
		}
	}
}

// places appends the writes just after which a store may come in coherence
// order as far as coherence and the atomicity of updates go, the latest first.
func (g *graph) places(id int32, into []int32) []int32 {
	loc := g.ev[id].loc
	clock := g.prefix(id)
	for w := g.locs[loc].last; ; w = g.ev[w].coPrev {
		if !g.paired(w, loc) {
			into = append(into, w)
		}
		if w == initial || clock != nil && g.covers(clock, w, loc, id) {
			return into
		}
	}
}

// readable reports whether coherence lets a load, already in the graph, read a
// write: nothing newer is in its prefix.
func (g *graph) readable(id, write int32) bool {
	loc := g.ev[id].loc
	clock := g.prefix(id)
	if clock == nil {
		return true
	}
	for w := g.following(write, loc); w >= 0; w = g.ev[w].coNext {
		if g.includes(clock, w) {
			return false
		}
		for r := g.ev[w].reader; r >= 0; r = g.ev[r].nextReader {
			if r != id && g.includes(clock, r) {
				return false
			}
		}
	}
	return true
}
