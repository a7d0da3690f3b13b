package cat

import (
	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/model"
)

// run executes on one execution what cannot be compiled: instructions over
// sets of values that only the execution determines. It is slow and general.
type run struct {
	m  *machine
	ev *evaluator
	on func(c *rawCheck, holds bool) // is told of every test
}

// run calls f on a running evaluator, the execution being in m, and returns
// the error that stops it. on is told of every test.
func (m *machine) run(p *program, env *env, on func(c *rawCheck, holds bool), f func(ev *evaluator)) error {
	r := &run{m: m, on: on}
	r.ev = &evaluator{
		g: m.g, variants: p.ev.variants, enums: p.ev.enums, tags: p.ev.tags, co0: p.ev.co0,
		env: env, run: r, memo: map[*thunk]*thunk{},
	}
	stopped := r.ev.catch(func() { f(r.ev) })
	own := len(p.raw.nodes)
	for id := own; id < len(m.empty); id++ {
		m.valid[id>>6] &^= 1 << (id & 63)
	}
	m.g.truncate(own, len(p.raw.groups))
	if stopped != nil {
		return stopped.err
	}
	return nil
}

func (r *run) relation(id nodeID) *model.Relation {
	r.m.grow(len(r.m.g.nodes))
	return r.m.relOf(id)
}

func (r *run) set(id nodeID) *model.Set {
	r.m.grow(len(r.m.g.nodes))
	return r.m.setOf(id)
}

func (r *run) eventNode(e int) nodeID {
	s := model.NewSet(r.m.n)
	s.Add(e)
	return r.m.g.constant(constant{set: s})
}

func (r *run) pairNode(e, f int) nodeID {
	rel := model.NewRelation(r.m.n)
	rel.Add(e, f)
	return r.m.g.constant(constant{rel: rel})
}

// events are the elements of a set.
func (r *run) events(id nodeID) []value {
	var out []value
	s := r.set(id)
	for e := s.Next(0); e >= 0; e = s.Next(e + 1) {
		out = append(out, eventVal(e))
	}
	return out
}

// pairs are the elements of a relation.
func (r *run) pairs(id nodeID) []value {
	var out []value
	rel := r.relation(id)
	for i := range rel.Len() {
		for j := rel.Next(i, 0); j >= 0; j = rel.Next(i, j+1) {
			out = append(out, pairVal{int32(i), int32(j)})
		}
	}
	return out
}

func (ev *evaluator) setOf(events []value) value {
	s := model.NewSet(ev.run.m.n)
	for _, e := range events {
		s.Add(int(e.(eventVal)))
	}
	return setVal(ev.g.constant(constant{set: s}))
}

func (ev *evaluator) relationOf(pairs []value) value {
	r := model.NewRelation(ev.run.m.n)
	for _, p := range pairs {
		p := p.(pairVal)
		r.Add(int(p[0]), int(p[1]))
	}
	return relVal(ev.g.constant(constant{rel: r}))
}

// constant freezes the value of a node that may not be there in the next round of a fixpoint.
func (r *run) constant(v value) value {
	switch v := r.ev.promote(v).(type) {
	case setVal:
		s := &model.Set{}
		s.Copy(r.set(nodeID(v)))
		return setVal(r.m.g.constant(constant{set: s}))
	case relVal:
		s := &model.Relation{}
		s.Copy(r.relation(nodeID(v)))
		return relVal(r.m.g.constant(constant{rel: s}))
	}
	return v
}

// test decides a test that an instruction makes.
func (r *run) test(c *rawCheck) {
	r.m.grow(len(r.m.g.nodes))
	holds := r.m.test(c)
	if r.on != nil {
		r.on(c, holds)
	}
}

// test decides a test on the graph as the author wrote it.
func (m *machine) test(c *rawCheck) bool {
	var holds bool
	switch {
	case c.kind == tEmpty:
		holds = m.isEmpty(c.node)
	case c.kind == tAcyclic:
		holds = m.relOf(c.node).IsAcyclic()
	default:
		holds = m.relOf(c.node).IsIrreflexive()
	}
	return holds != c.negated
}

// forOrders calls f with each of a set of orders, as a node, until it says no.
func (r *run) forOrders(o *ordersVal, f func(nodeID) bool) {
	forOrders(r.m.x, r.set(o.set), r.relation(o.rel), o.perLocation, func(rel *model.Relation) bool {
		if r.ev.steps++; r.ev.steps > maxSteps {
			r.ev.fail(source.Pos{}, "evaluation does not end within %d steps", maxSteps)
		}
		copied := &model.Relation{}
		copied.Copy(rel)
		return f(r.m.g.constant(constant{rel: copied}))
	})
}

// forOrders calls f with each total order on s that extends r, or with each
// union of such orders on the events of s of each location, until f says no.
// The relation is the caller's until f returns.
func forOrders(x *model.Execution, s *model.Set, r *model.Relation, perLocation bool, f func(*model.Relation) bool) bool {
	var classes [][]int
	at := map[int]int{}
	for e := s.Next(0); e >= 0; e = s.Next(e + 1) {
		key := 0
		if perLocation {
			if key = x.Events[e].Loc; key < 0 {
				continue
			}
		}
		i, ok := at[key]
		if !ok {
			i = len(classes)
			at[key] = i
			classes = append(classes, nil)
		}
		classes[i] = append(classes[i], e)
	}
	order := model.NewRelation(len(x.Events))
	placed := make([]bool, len(x.Events))
	var class func(i int) bool
	var place func(i int, chain []int) bool
	class = func(i int) bool {
		if i == len(classes) {
			return f(order)
		}
		return place(i, nil)
	}
	place = func(i int, chain []int) bool {
		if len(chain) == len(classes[i]) {
			return class(i + 1)
		}
		for _, e := range classes[i] {
			if placed[e] || !minimal(e, classes[i], placed, r) {
				continue
			}
			placed[e] = true
			for _, before := range chain {
				order.Add(before, e)
			}
			more := place(i, append(chain[:len(chain):len(chain)], e))
			for _, before := range chain {
				order.Remove(before, e)
			}
			placed[e] = false
			if !more {
				return false
			}
		}
		return true
	}
	return class(0)
}

// minimal reports whether nothing that is left precedes e.
func minimal(e int, events []int, placed []bool, r *model.Relation) bool {
	for _, f := range events {
		if !placed[f] && r.Has(f, e) {
			return false
		}
	}
	return true
}
