package search

import "github.com/weakmem/litmus/explorer/sim"

// seqCstOrdered reports whether the sequentially consistent events of a graph
// can be ordered, as RC11 asks (Lahav et al., PLDI 2017, section 3.3: psc is acyclic), after an event got a place that is not the newest.
func (g *graph) seqCstOrdered(id int32) bool {
	if g.fences == 0 {
		// The new edges start at the event itself, and psc without fences relates SeqCst accesses only.
		if g.ev[id].order != sim.SeqCst {
			return true
		}
		return !g.pscReachesItself(id)
	}
	for i := range g.ev {
		if g.isAnchor(int32(i)) && g.pscReachesItself(int32(i)) {
			return false
		}
	}
	return true
}

// isAnchor reports whether psc relates an event.
func (g *graph) isAnchor(id int32) bool {
	e := &g.ev[id]
	return e.order == sim.SeqCst && (e.kind == load || e.kind == store || e.kind == fence)
}

// A path of psc goes from one SeqCst event to the next through other events. A
// node of the search is an event and how far on such a path it is.
const (
	atAnchor   = iota // a SeqCst event, both ends of paths
	beforeStep        // reached from a SeqCst fence by happens-before: an scb step follows
	afterStep         // reached by an scb step: a SeqCst event here, or a fence that this happens before, ends the path
	beforeEco         // reached from a SeqCst fence by happens-before: an eco path follows
	inEco             // on it: a fence that this happens before ends the path
	stages
)

func (g *graph) pscReachesItself(id int32) bool {
	need := stages * cap(g.ev)
	if len(g.seen) < need {
		g.seen = append(g.seen, make([]uint32, need-len(g.seen))...)
	}
	g.round++
	g.stack = append(g.stack[:0], id*stages+atAnchor)
	for len(g.stack) > 0 {
		node := g.stack[len(g.stack)-1]
		g.stack = g.stack[:len(g.stack)-1]
		from := len(g.stack)
		g.pscSuccessors(node/stages, node%stages)
		keep := from
		for _, s := range g.stack[from:] {
			if s == id*stages+atAnchor {
				return true
			}
			if g.seen[s] != g.round {
				g.seen[s] = g.round
				g.stack[keep] = s
				keep++
			}
		}
		g.stack = g.stack[:keep]
	}
	return false
}

func (g *graph) pscSuccessors(id, stage int32) {
	e := &g.ev[id]
	switch stage {
	case atAnchor:
		g.scb(id)
		if e.kind != fence {
			return
		}
		for i := range g.ev {
			i := int32(i)
			if i != id && g.includes(g.clock(i, hbVector), id) {
				g.stack = append(g.stack, i*stages+beforeStep, i*stages+beforeEco)
				if g.ev[i].kind == fence && g.ev[i].order == sim.SeqCst {
					g.stack = append(g.stack, i*stages+atAnchor)
				}
			}
		}
	case beforeStep:
		g.scb(id)
	case afterStep:
		if g.isAnchor(id) {
			g.stack = append(g.stack, id*stages+atAnchor)
		}
		g.fencesAfter(id)
	case beforeEco:
		g.eco(id)
	case inEco:
		g.fencesAfter(id)
		g.eco(id)
	}
}

// fencesAfter pushes the SeqCst fences that an event happens before.
func (g *graph) fencesAfter(id int32) {
	for i := range g.ev {
		e := &g.ev[i]
		if e.kind == fence && e.order == sim.SeqCst && int32(i) != id && g.includes(g.clock(int32(i), hbVector), id) {
			g.stack = append(g.stack, int32(i)*stages+atAnchor)
		}
	}
}

// eco pushes what follows by reads-from, coherence or from-reads.
func (g *graph) eco(id int32) {
	e := &g.ev[id]
	switch e.kind {
	case store:
		if e.coNext >= 0 {
			g.stack = append(g.stack, e.coNext*stages+inEco)
		}
		for r := e.reader; r >= 0; r = g.ev[r].nextReader {
			g.stack = append(g.stack, r*stages+inEco)
		}
	case load:
		if e.rf != none {
			if w := g.following(e.rf, e.loc); w >= 0 {
				g.stack = append(g.stack, w*stages+inEco)
			}
		}
	}
}

// scb pushes what follows by one step of scb: program order, happens-before
// between accesses of one location, or between two steps of program order that change location, coherence, from-reads.
func (g *graph) scb(id int32) {
	e := &g.ev[id]
	lane := g.lanes[e.thread].events
	other := none // the first later event of the thread on another location
	for _, n := range lane[e.index+1:] {
		g.stack = append(g.stack, n*stages+afterStep)
		if o := &g.ev[n]; other == none && (o.loc < 0 || o.loc != e.loc) {
			other = n
		}
	}
	switch e.kind {
	case store:
		for w := e.coNext; w >= 0; w = g.ev[w].coNext {
			g.stack = append(g.stack, w*stages+afterStep)
		}
	case load:
		if e.rf != none {
			for w := g.following(e.rf, e.loc); w >= 0; w = g.ev[w].coNext {
				g.stack = append(g.stack, w*stages+afterStep)
			}
		}
	}
	for i := range g.ev {
		i := int32(i)
		o := &g.ev[i]
		if o.thread == e.thread || !g.includes(g.clock(i, hbVector), id) {
			continue
		}
		if e.loc >= 0 && o.loc == e.loc {
			g.stack = append(g.stack, i*stages+afterStep)
			continue
		}
		if other == none {
			continue
		}
		// The last earlier event of the thread on another location.
		l := g.lanes[o.thread].events
		before := g.lanes[o.thread].spawn
		for k := o.index - 1; k >= 0; k-- {
			if c := &g.ev[l[k]]; c.loc < 0 || c.loc != o.loc {
				before = l[k]
				break
			}
		}
		if before >= 0 && g.includes(g.clock(before, hbVector), other) {
			g.stack = append(g.stack, i*stages+afterStep)
		}
	}
}

// fencesOrdered reports whether the SeqCst fences of a graph can be ordered:
// what comes before one by happens-before and coherence does not come after it.
func (g *graph) fencesOrdered() bool {
	if g.fences < 2 {
		return true
	}
	need := stages * cap(g.ev)
	if len(g.seen) < need {
		g.seen = append(g.seen, make([]uint32, need-len(g.seen))...)
	}
	for i := range g.ev {
		if e := &g.ev[i]; e.kind == fence && e.order == sim.SeqCst && g.fenceReachesItself(int32(i)) {
			return false
		}
	}
	return true
}

func (g *graph) fenceReachesItself(id int32) bool {
	g.round++
	g.stack = append(g.stack[:0], id*stages+atAnchor)
	for len(g.stack) > 0 {
		node := g.stack[len(g.stack)-1]
		g.stack = g.stack[:len(g.stack)-1]
		from := len(g.stack)
		at, stage := node/stages, node%stages
		switch stage {
		case atAnchor:
			for i := range g.ev {
				i := int32(i)
				if i != at && g.includes(g.clock(i, hbVector), at) {
					g.stack = append(g.stack, i*stages+beforeEco)
					if g.ev[i].kind == fence && g.ev[i].order == sim.SeqCst {
						g.stack = append(g.stack, i*stages+atAnchor)
					}
				}
			}
		case beforeEco:
			g.eco(at)
		case inEco:
			g.fencesAfter(at)
			g.eco(at)
		}
		keep := from
		for _, s := range g.stack[from:] {
			if s == id*stages+atAnchor {
				return true
			}
			if g.seen[s] != g.round {
				g.seen[s] = g.round
				g.stack[keep] = s
				keep++
			}
		}
		g.stack = g.stack[:keep]
	}
	return false
}
