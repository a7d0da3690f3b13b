package cat

import (
	"slices"

	"github.com/weakmem/litmus/model"
)

// Explain implements [model.Checker]. Every axiom that fails is told, in the
// order of the model. If the model chooses by with … from and no choice passes,
// the failures are those of the first.
func (c *Checker) Explain(x *model.Execution) model.Verdict {
	c.err = nil
	e := &explainer{c: c, x: x}
	e.choices(0)
	return e.verdict
}

type explainer struct {
	c       *Checker
	x       *model.Execution
	verdict model.Verdict
	told    bool // verdict holds the judgement of a first sequence of choices
}

// choices judges the execution under each sequence of choices until one passes.
func (e *explainer) choices(depth int) bool {
	c := e.c
	if depth == len(c.prog.withs) {
		v := e.judge(depth)
		if !e.told || v.Consistent {
			e.verdict, e.told = v, true
		}
		return v.Consistent
	}
	w := &c.prog.withs[depth]
	c.m.complete(e.x)
	passed, tried := false, false
	c.values(e.x, depth, func(r *model.Relation) bool {
		if w.member && !r.Equal(e.x.Co) {
			return true
		}
		tried = true
		if !w.member {
			copied := &model.Relation{}
			copied.Copy(r)
			c.chosen[depth] = copied
			c.m.see(partChoice+part(depth), copied)
		}
		passed = e.choices(depth + 1)
		return !passed && !w.member
	})
	if !tried && !e.told {
		e.verdict = e.judge(depth)
		e.verdict.Consistent = false
		e.verdict.Violations = append(e.verdict.Violations, model.Violation{
			Axiom: "with " + w.name, Test: tokenText[tEmpty],
		})
		e.told = true
	}
	return passed
}

// judge decides the tests that the first choices are enough for.
func (e *explainer) judge(depth int) model.Verdict {
	c := e.c
	v := model.Verdict{Consistent: true}
	m := c.slowly(e.x, depth)
	for i := range c.prog.checks {
		raw := &c.prog.checks[i]
		if raw.depth > depth {
			break
		}
		if raw.later == nil {
			e.tell(&v, m, raw, m.test(raw))
			continue
		}
		on := func(t *rawCheck, holds bool) { e.tell(&v, m, t, holds) }
		if err := m.run(c.prog, raw.later.env, on, func(ev *evaluator) { ev.execOne(raw.later.s) }); err != nil {
			c.err = err
			v.Consistent = false
			v.Violations = append(v.Violations, model.Violation{Axiom: err.Error()})
		}
	}
	if depth == len(c.prog.withs) {
		e.show(&v, m)
	}
	return v
}

// tell adds what a test says to a verdict.
func (e *explainer) tell(v *model.Verdict, m *machine, t *rawCheck, holds bool) {
	if t.purpose == check {
		if !holds {
			v.Consistent = false
			name := t.kind.String()
			if t.negated {
				name = "~" + name
			}
			v.Violations = append(v.Violations, model.Violation{Axiom: t.name, Test: name, Cycle: m.witness(t)})
		}
		return
	}
	if holds != (t.purpose == flagged) {
		return
	}
	flag := t.flag()
	i := slices.IndexFunc(v.Flags, func(f model.Flag) bool { return f.Name == flag.Name })
	if i < 0 {
		i = len(v.Flags)
		v.Flags = append(v.Flags, flag)
	}
	f := &v.Flags[i]
	f.Undefined = f.Undefined || flag.Undefined
	for _, edge := range m.witness(t) {
		f.Pairs = append(f.Pairs, [2]int{edge.From, edge.To})
	}
}

func (e *explainer) show(v *model.Verdict, m *machine) {
	for _, s := range e.c.prog.shows {
		r := &model.Relation{}
		if s.later == nil {
			r.Copy(m.relOf(s.node))
		} else {
			ok := false
			err := m.run(e.c.prog, s.later.env, nil, func(ev *evaluator) {
				if id, isRel := ev.promote(ev.force(s.later)).(relVal); isRel {
					r.Copy(ev.run.relation(nodeID(id)))
					ok = true
				}
			})
			if err != nil || !ok {
				continue
			}
		}
		v.Shown = append(v.Shown, model.NamedRelation{Name: s.name, Relation: r})
	}
}

// maxEdges bounds how far a pair is taken apart.
const maxEdges = 10_000

// witness shows what a test found: the cycle, or the pairs or events that an
// emptiness is about. There is none where nothing was found.
func (m *machine) witness(t *rawCheck) []model.Edge {
	m.edges = 0
	if m.g.nodes[t.node].kind == setKind {
		var out []model.Edge
		s := m.setOf(t.node)
		for e := s.Next(0); e >= 0; e = s.Next(e + 1) {
			out = append(out, model.Edge{From: e, To: e, Name: m.g.text(t.node)})
		}
		return out
	}
	switch t.kind {
	case tEmpty:
		var out []model.Edge
		r := m.relOf(t.node)
		for i := range r.Len() {
			for j := r.Next(i, 0); j >= 0; j = r.Next(i, j+1) {
				out = append(out, model.Edge{From: i, To: j, Name: m.g.text(t.node)})
			}
		}
		return out
	case tIrreflexive:
		if id := t.node; !m.g.is(id, opPlus) {
			return m.shortestLoop(id)
		}
		return m.cycle(m.g.nodes[t.node].a)
	}
	id := t.node
	for m.g.is(id, opPlus) {
		id = m.g.nodes[id].a
	}
	return m.cycle(id)
}

// cycle is a shortest cycle of a relation, edge by edge.
func (m *machine) cycle(id nodeID) []model.Edge {
	events := m.relOf(id).Cycle()
	var out []model.Edge
	for i, e := range events {
		out = append(out, m.path(id, e, events[(i+1)%len(events)])...)
	}
	if len(out) == 0 && len(events) > 0 { // it is an identity that brings an event back to itself
		out = []model.Edge{{From: events[0], To: events[0], Name: m.g.text(id)}}
	}
	return out
}

// shortestLoop is the pair (e, e) of a relation that takes the fewest steps to make.
func (m *machine) shortestLoop(id nodeID) []model.Edge {
	r := m.relOf(id)
	var best []model.Edge
	for e := range r.Len() {
		if !r.Has(e, e) {
			continue
		}
		steps := m.path(id, e, e)
		if len(steps) == 0 {
			steps = []model.Edge{{From: e, To: e, Name: m.g.text(id)}}
		}
		if best == nil || len(steps) < len(best) {
			best = steps
		}
	}
	return best
}

// path takes a pair of a relation apart into steps of relations that a reader
// knows: those that the model names, unless they are themselves made of named
// relations by unions, closures and compositions alone.
func (m *machine) path(id nodeID, from, to int) []model.Edge {
	g := m.g
	if m.edges++; m.edges > maxEdges {
		return []model.Edge{{From: from, To: to, Name: g.text(id)}}
	}
	if _, named := g.names[id]; named && !g.transparent(id) {
		return []model.Edge{{From: from, To: to, Name: g.text(id)}}
	}
	n := g.nodes[id]
	switch n.op {
	case opUnion:
		if m.relOf(n.a).Has(from, to) {
			return m.path(n.a, from, to)
		}
		m.relOf(n.b)
		return m.path(n.b, from, to)
	case opPlus:
		return m.steps(n.a, from, to)
	case opStar:
		if from == to {
			return nil
		}
		return m.steps(n.a, from, to)
	case opOption:
		if from == to && !m.relOf(n.a).Has(from, to) {
			return nil
		}
		return m.path(n.a, from, to)
	case opSeq:
		a, b := m.relOf(n.a), m.relOf(n.b)
		mid := -1
		for k := a.Next(from, 0); k >= 0; k = a.Next(from, k+1) {
			if b.Has(k, to) {
				mid = k
				break
			}
		}
		left, right := m.path(n.a, from, mid), m.path(n.b, mid, to)
		switch {
		case g.is(n.a, opIdentityOn) && len(right) > 0:
			right[0].Name = g.text(n.a) + ";" + right[0].Name
			return right
		case g.is(n.b, opIdentityOn) && len(left) > 0:
			left[len(left)-1].Name += ";" + g.text(n.b)
			return left
		}
		return append(left, right...)
	case opIdentityOn, opIdentity:
		return nil
	}
	return []model.Edge{{From: from, To: to, Name: g.text(id)}}
}

// steps is a shortest path of a relation.
func (m *machine) steps(id nodeID, from, to int) []model.Edge {
	r := m.relOf(id)
	before := make([]int, r.Len())
	for i := range before {
		before[i] = -1
	}
	for queue := []int{from}; len(queue) > 0 && before[to] < 0; queue = queue[1:] {
		for j := r.Next(queue[0], 0); j >= 0; j = r.Next(queue[0], j+1) {
			if before[j] < 0 {
				before[j] = queue[0]
				queue = append(queue, j)
			}
		}
	}
	var events []int
	for e := to; ; e = before[e] {
		events = append(events, e)
		if len(events) > 1 && e == from {
			break
		}
	}
	var out []model.Edge
	for i := len(events) - 1; i > 0; i-- {
		out = append(out, m.path(id, events[i], events[i-1])...)
	}
	return out
}

// transparent reports whether a named relation is a union of named relations
// and inputs, a composition of named relations, or a closure of such, so that
// an edge of it is better told by theirs.
func (g *graph) transparent(id nodeID) bool {
	known := func(id nodeID) bool { _, named := g.names[id]; return named }
	var union, sequence, closure func(id nodeID) bool
	union = func(id nodeID) bool {
		n := &g.nodes[id]
		return known(id) || n.op == opInput || n.op == opUnion && union(n.a) && union(n.b) ||
			n.op == opSeq && sequence(id) || closure(id)
	}
	sequence = func(id nodeID) bool {
		n := &g.nodes[id]
		return known(id) || n.op == opIdentityOn || n.op == opSeq && sequence(n.a) && sequence(n.b) || closure(id)
	}
	closure = func(id nodeID) bool {
		switch n := &g.nodes[id]; n.op {
		case opPlus, opStar, opOption:
			return union(n.a)
		}
		return false
	}
	switch n := &g.nodes[id]; n.op {
	case opUnion:
		return union(n.a) && union(n.b)
	case opSeq:
		return sequence(n.a) && sequence(n.b)
	}
	return closure(id)
}
