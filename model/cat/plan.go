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
	out := &plan{g: o.dst, levels: make([][]int32, len(p.withs)+1)}
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
	return out
}

// check picks the cheapest way to decide a test.
func (o *optimizer) check(i int, r *rawCheck) fastCheck {
	c := fastCheck{raw: i, purpose: r.purpose, negated: r.negated, a: noNode, b: noNode}
	if r.later != nil {
		c.later = true
		return c
	}
	c.a = o.convert(r.node)
	n := o.dst.nodes[c.a]
	switch r.kind {
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
	rf := p.polarity()
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
		p.stages[model.Complete] = append(p.stages[model.Complete], i)
		switch rankOf(needs[i]) {
		case 0:
			p.stages[model.Skeleton] = append(p.stages[model.Skeleton], i)
		case 1:
			p.stages[model.Coherent] = append(p.stages[model.Coherent], i)
		default:
			grows := rf[c.a]
			if c.b != noNode {
				grows |= rf[c.b]
			}
			if !c.negated && grows == increasing || c.negated && grows == decreasing {
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

// polarity is how each node moves as rf grows; zero is not at all.
func (p *plan) polarity() []direction {
	isRf := func(n *node) bool { return n.op == opInput && input(n.arg) == inRf }
	proper := slices.Repeat([]bool{true}, len(p.g.groups))
	for changed := true; changed; {
		changed = false
		for g := range p.g.groups {
			moves := p.moves(proper, func(n *node) bool { return n.op == opFix && int(n.arg) == g })
			for _, b := range p.g.groups[g].bodies {
				if proper[g] && moves[b]&decreasing != 0 {
					proper[g], changed = false, true
				}
			}
		}
	}
	return p.moves(proper, isRf)
}

// moves computes directions from a seed that grows. The fixpoint of a group
// that is not proper, one that shrinks as its own names grow, may move any way.
func (p *plan) moves(proper []bool, seed func(*node) bool) []direction {
	out := make([]direction, len(p.g.nodes))
	for changed := true; changed; {
		changed = false
		for id := range p.g.nodes {
			n := &p.g.nodes[id]
			var d direction
			switch {
			case seed(n):
				d = increasing
			case n.op == opFix:
				for _, b := range p.g.groups[n.arg].bodies {
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
				p.g.operands(nodeID(id), func(x nodeID) { d |= out[x] })
			}
			changed = changed || d != out[id]
			out[id] = d
		}
	}
	return out
}
