package cat

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/weakmem/litmus/model"
)

// plan is a program readied for Check: its tests on an optimized graph, and
// which of them each stage of the search can decide.
type plan struct {
	g      *graph
	layout *layout
	checks []fastCheck
	stages [model.Complete + 1][]int32 // axioms by stage, cheap ones first
	levels [][]int32                   // axioms and flags that depend on choices, by how many are made
	flags  []int32                     // flags that do not
	withs  []fastWith

	inside bool // something looks inside instructions

	readers nodeID // the reads that no write serves yet; noNode if no bounds are tested
}

// testOp is how a test is decided.
type testOp uint8

const (
	testAcyclic testOp = iota
	testIrreflexive
	testLoopFree // no (i, i) in a ; b
	testEmpty
)

// fastCheck is a test. Its result is kept like a node's value: see bit.
type fastCheck struct {
	raw     int // index in program.checks
	purpose purpose
	op      testOp
	negated bool
	a, b    nodeID
	bit     int32
	later   bool
	early   bool  // what fails it fails it in every extension of rf
	soon    bool  // and in every extension of co
	bound   bool  // stands in for a check that is not early, where rf is partial
	twin    int32 // the check of a bound that does, -1 if there is none
}

// fastWith is a choice whose values need no evaluator.
type fastWith struct {
	nodes        []nodeID
	set, rel     nodeID
	perLocation  bool
	isOrders     bool
	needsRunning bool
}

func makePlan(p *program) *plan {
	o := newOptimizer(p.raw)
	out := &plan{g: o.dst, readers: noNode, levels: make([][]int32, len(p.withs)+1)}
	for i := range p.checks {
		out.checks = append(out.checks, o.check(i, &p.checks[i]))
	}
	for _, w := range p.withs {
		f := fastWith{needsRunning: w.x != nil, set: noNode, rel: noNode}
		for _, id := range w.nodes {
			f.nodes = append(f.nodes, o.convert(id))
		}
		if w.orders != nil {
			f.isOrders, f.perLocation = true, w.orders.perLocation
			f.set, f.rel = o.convert(w.orders.set), o.convert(w.orders.rel)
		}
		out.withs = append(out.withs, f)
	}
	out.addBounds(p, o)
	exact := newLayout(out.g, nil)
	extra := make([]parts, len(out.checks))
	for i := range out.checks {
		c := &out.checks[i]
		c.bit = int32(len(out.g.nodes) + i)
		if c.later {
			continue
		}
		extra[i] = exact.parts[c.a]
		if c.b != noNode {
			extra[i] |= exact.parts[c.b]
		}
	}
	out.layout = newLayout(out.g, extra)
	out.schedule(p, extra)
	out.inside = out.g.looksInside(out.g.all())
	for i := range out.checks {
		out.inside = out.inside || out.checks[i].later && p.raw.looksInside(p.raw.all())
	}
	for i := range out.withs {
		out.inside = out.inside || out.withs[i].needsRunning && p.raw.looksInside(p.raw.all())
	}
	for _, s := range p.shows {
		if s.later != nil {
			out.inside = out.inside || p.raw.looksInside(p.raw.all())
		} else {
			out.inside = out.inside || p.raw.looksInside(p.raw.reach(s.node))
		}
	}
	return out
}

// check translates a test.
func (o *optimizer) check(i int, r *rawCheck) fastCheck {
	if r.later != nil {
		return fastCheck{raw: i, a: noNode, b: noNode, later: true, twin: -1}
	}
	c := o.decide(r.kind, o.convert(r.node))
	c.raw, c.purpose, c.negated = i, r.purpose, r.negated
	return c
}

// decide is the cheapest way to decide a test of a node.
func (o *optimizer) decide(kind token, id nodeID) fastCheck {
	c := fastCheck{a: id, b: noNode, twin: -1}
	n := o.dst.nodes[id]
	switch kind {
	case tEmpty:
		c.op = testEmpty
		return c
	case tIrreflexive:
		c.op = testIrreflexive
		switch n.op {
		case opPlus:
			c.op, c.a = testAcyclic, n.a
		case opSeq:
			c.op, c.a, c.b = testLoopFree, n.a, n.b
		}
		return c
	}
	c.op = testAcyclic
	if n.op == opPlus {
		c.a = n.a
	}
	return c
}

// schedule decides which stage tests what. With rf known in part only, a test
// that fails decides something if it goes on failing as rf grows.
func (p *plan) schedule(prog *program, needs []parts) {
	for i := range p.checks {
		c, i := &p.checks[i], int32(i)
		if c.later {
			depth := prog.checks[c.raw].depth
			p.levels[depth] = append(p.levels[depth], i)
			continue
		}
		if chosen := needs[i] & choiceParts >> partChoice; chosen != 0 {
			level := bits.Len32(uint32(chosen))
			p.levels[level] = append(p.levels[level], i)
			continue
		}
		if c.purpose != check {
			p.flags = append(p.flags, i)
			continue
		}
		if c.bound {
			p.stages[model.Coherent] = append(p.stages[model.Coherent], i)
			p.stages[model.Partial] = append(p.stages[model.Partial], i)
			continue
		}
		p.stages[model.Complete] = append(p.stages[model.Complete], i)
		switch rankOf(needs[i]) {
		case 0:
			p.stages[model.Skeleton] = append(p.stages[model.Skeleton], i)
		case 1:
			p.stages[model.Coherent] = append(p.stages[model.Coherent], i)
			if c.soon {
				p.stages[model.Cohering] = append(p.stages[model.Cohering], i)
			}
		default:
			if c.early {
				if c.soon {
					p.stages[model.Cohering] = append(p.stages[model.Cohering], i)
				}
				p.stages[model.Coherent] = append(p.stages[model.Coherent], i)
				p.stages[model.Partial] = append(p.stages[model.Partial], i)
			}
		}
	}
	cost := make([]int, len(p.checks))
	for i := range p.checks {
		cost[i] = p.cost(&p.checks[i])
	}
	for _, stage := range p.stages {
		slices.SortStableFunc(stage, func(i, j int32) int { return cmp.Compare(cost[i], cost[j]) })
	}
}

// addBounds marks the axioms that may be tested while rf is partial, and adds
// tests of bounds for those that may not.
func (p *plan) addBounds(prog *program, o *optimizer) {
	rf := p.g.polarity(func(i input) direction {
		if i == inRf {
			return increasing
		}
		return 0
	})
	co := p.g.polarity(func(i input) direction {
		switch i {
		case inCo:
			return increasing
		case inFinal: // the writes that no other follows yet
			return decreasing
		}
		return 0
	})
	var b *bounder
	for i := range p.checks {
		c := &p.checks[i]
		if c.later || c.purpose != check {
			continue
		}
		moves, coMoves := rf[c.a], co[c.a]
		if c.b != noNode {
			moves |= rf[c.b]
			coMoves |= co[c.b]
		}
		c.early = c.only(moves)
		c.soon = c.only(coMoves)
		if c.early || moves == 0 {
			continue
		}
		if b == nil {
			b = &bounder{
				optimizer: o, parts: newLayout(prog.raw, nil).parts, proper: properGroups(prog.raw),
				bounds: map[boundKey]nodeID{},
			}
			p.readers = o.convert(b.unserved())
		}
		raw := &prog.checks[c.raw]
		if b.parts[raw.node]&choiceParts != 0 {
			continue
		}
		extra := o.decide(raw.kind, b.bound(raw.node, c.negated))
		extra.raw, extra.negated, extra.bound = c.raw, c.negated, true
		c.twin = int32(len(p.checks))
		p.checks = append(p.checks, extra)
	}
}

// cost estimates a test by the nodes that each choice of rf makes anew.
func (p *plan) cost(c *fastCheck) int {
	seen := map[nodeID]bool{}
	total := 0
	var visit func(id nodeID)
	visit = func(id nodeID) {
		if id == noNode || seen[id] || rankOf(p.layout.parts[id]) < 2 {
			return
		}
		seen[id] = true
		n := &p.g.nodes[id]
		switch n.op {
		case opSeq, opInverse:
			total += 4
		case opPlus, opStar:
			total += 10
		case opFix:
			total += 50
			for _, b := range p.g.groups[n.arg].bodies {
				visit(b)
			}
		default:
			total++
		}
		p.g.operands(id, visit)
	}
	visit(c.a)
	visit(c.b)
	return total
}

// direction is how a value moves as what it depends on grows: a mask.
type direction uint8

const (
	increasing direction = 1 << iota
	decreasing
)

func (d direction) flipped() direction { return d>>1&1 | d&1<<1 }

// only reports whether a test that fails goes on failing as what it tests moves so.
func (c *fastCheck) only(moves direction) bool {
	return !c.negated && moves == increasing || c.negated && moves == decreasing
}

// polarity is how each node of a graph moves as inputs do; zero is not at all.
func (g *graph) polarity(of func(input) direction) []direction {
	return g.moves(properGroups(g), func(n *node) direction {
		if n.op == opInput {
			return of(input(n.arg))
		}
		return 0
	})
}

// properGroups tells the groups that do not shrink as their own names grow.
func properGroups(g *graph) []bool {
	proper := slices.Repeat([]bool{true}, len(g.groups))
	for changed := true; changed; {
		changed = false
		for i := range g.groups {
			moves := g.moves(proper, func(n *node) direction {
				if n.op == opFix && int(n.arg) == i {
					return increasing
				}
				return 0
			})
			for _, b := range g.groups[i].bodies {
				if proper[i] && moves[b]&decreasing != 0 {
					proper[i], changed = false, true
				}
			}
		}
	}
	return proper
}

// moves computes directions from those of a seed. The fixpoint of a group
// that is not proper may move any way.
func (g *graph) moves(proper []bool, seed func(*node) direction) []direction {
	out := make([]direction, len(g.nodes))
	for changed := true; changed; {
		changed = false
		for id := range g.nodes {
			n := &g.nodes[id]
			var d direction
			switch {
			case seed(n) != 0:
				d = seed(n)
			case n.op == opFix:
				for _, b := range g.groups[n.arg].bodies {
					d |= out[b]
				}
				if d != 0 && !proper[n.arg] {
					d = increasing | decreasing
				}
			case n.op == opComplement:
				d = out[n.a].flipped()
			case n.op == opMinus:
				d = out[n.a] | out[n.b].flipped()
			default:
				g.operands(nodeID(id), func(x nodeID) { d |= out[x] })
			}
			changed = changed || d != out[id]
			out[id] = d
		}
	}
	return out
}
