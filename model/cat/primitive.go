package cat

import (
	"strings"

	"github.com/weakmem/litmus/internal/source"
)

// primitives are the functions that cat itself cannot express.
var primitives map[string]*primitive

func init() {
	primitives = map[string]*primitive{}
	define := func(name string, apply func(ev *evaluator, at source.Pos, arg value) value) {
		primitives[name] = &primitive{name, apply}
	}
	define("domain", func(ev *evaluator, at source.Pos, arg value) value { return ev.ends(at, opDomain, arg) })
	define("range", func(ev *evaluator, at source.Pos, arg value) value { return ev.ends(at, opRange, arg) })
	define("classes-loc", locationClasses)
	define("partition", locationClasses)
	define("classes", equivalenceClasses)
	define("linearisations", func(ev *evaluator, at source.Pos, arg value) value { return ev.orders(at, arg, false) })
	define("orders-by-location", func(ev *evaluator, at source.Pos, arg value) value { return ev.orders(at, arg, true) })
	define("tag2events", taggedEvents)
	define("tag2instrs", taggedEvents)
	define("tag2fenced", func(ev *evaluator, at source.Pos, arg value) value {
		return ev.fromTo(ev.toSet(at, taggedEvents(ev, at, arg)))
	})
	define("fromto", func(ev *evaluator, at source.Pos, arg value) value { return ev.fromTo(ev.toSet(at, arg)) })
	define("inter_transitive", func(ev *evaluator, at source.Pos, arg value) value {
		args := ev.arguments(at, arg, 2)
		return relVal(ev.g.inter(ev.g.postfix(opPlus, ev.toRel(at, args[0])), ev.toRel(at, args[1])))
	})
	define("same-oa", func(ev *evaluator, at source.Pos, arg value) value { return relVal(ev.toRel(at, arg)) })
	define("fail", func(ev *evaluator, at source.Pos, arg value) value {
		ev.unbound(at, "the model fails on %s", arg.describe())
		return nil
	})
	for _, name := range []string{
		"lift", "delift", "deliftinter", "bisimulation", "tag2scope", "tag2level", "loc2events", "different-values",
		"oa-changes", "at-least-one-writable",
	} {
		define(name, func(ev *evaluator, at source.Pos, arg value) value {
			ev.unbound(at, "the primitive %s is not available: executions here do not tell what it needs", name)
			return nil
		})
	}
}

func (ev *evaluator) arguments(at source.Pos, arg value, n int) []value {
	args := components(arg)
	if len(args) != n {
		ev.fail(at, "%d arguments given, %d expected", len(args), n)
	}
	return args
}

func (ev *evaluator) ends(at source.Pos, o op, arg value) value {
	switch arg.(type) {
	case polyEmpty, polyUniverse:
		return arg
	}
	return setVal(ev.g.ends(o, ev.toRel(at, arg)))
}

// fromTo relates what precedes an event of s, in program order, to what follows it.
func (ev *evaluator) fromTo(s nodeID) value {
	g, po := ev.g, ev.g.input(inPo)
	return relVal(g.seq(po, g.seq(g.identityOn(s), po)))
}

// taggedEvents is the events that carry a tag: 'rcu-lock is the set Rcu-lock.
func taggedEvents(ev *evaluator, at source.Pos, arg value) value {
	tag, ok := arg.(tagVal)
	if !ok {
		ev.fail(at, "expected a tag, got %s", arg.describe())
	}
	name := strings.ToUpper(tag.name[:1]) + tag.name[1:]
	return ev.eval(&nameExpr{at, name}, ev.env)
}

func locationClasses(ev *evaluator, at source.Pos, arg value) value {
	if _, ok := arg.(polyEmpty); ok {
		return arg
	}
	s := ev.toSet(at, arg)
	ev.dynamic()
	byLocation := map[int][]value{}
	var order []int
	for _, e := range ev.run.events(s) {
		loc := ev.run.m.x.Events[e.(eventVal)].Loc
		if loc < 0 {
			continue
		}
		if byLocation[loc] == nil {
			order = append(order, loc)
		}
		byLocation[loc] = append(byLocation[loc], e)
	}
	out := &valueSet{distinct: true}
	for _, loc := range order {
		out.elems = append(out.elems, ev.setOf(byLocation[loc]))
	}
	return out
}

// equivalenceClasses are those of an equivalence on its domain.
func equivalenceClasses(ev *evaluator, at source.Pos, arg value) value {
	if _, ok := arg.(polyEmpty); ok {
		return arg
	}
	r := ev.toRel(at, arg)
	ev.dynamic()
	rel := ev.run.relation(r)
	out := &valueSet{distinct: true}
	seen := map[int]bool{}
	for i := range rel.Len() {
		if seen[i] || rel.Next(i, 0) < 0 {
			continue
		}
		var class []value
		for j := rel.Next(i, 0); j >= 0; j = rel.Next(i, j+1) {
			seen[j] = true
			class = append(class, eventVal(j))
		}
		out.elems = append(out.elems, ev.setOf(class))
	}
	return out
}

func (ev *evaluator) orders(at source.Pos, arg value, perLocation bool) value {
	args := ev.arguments(at, arg, 2)
	return &ordersVal{ev.toSet(at, args[0]), ev.toRel(at, args[1]), perLocation}
}

// expand writes out a set of orders as its elements. Running, elements that a
// set was compiled with twice become one.
func (ev *evaluator) expand(v value) value {
	if s, ok := v.(*valueSet); ok && ev.run != nil && !s.distinct {
		out := &valueSet{distinct: true}
		for _, e := range s.elems {
			if !ev.finds(out, e) {
				out.elems = append(out.elems, e)
			}
		}
		return out
	}
	o, ok := v.(*ordersVal)
	if !ok {
		return v
	}
	ev.dynamic()
	out := &valueSet{distinct: true}
	ev.run.forOrders(o, func(n nodeID) bool {
		out.elems = append(out.elems, relVal(n))
		if len(out.elems) > maxEnumeration {
			ev.fail(source.Pos{}, "a set of more than %d orders", maxEnumeration)
		}
		return true
	})
	return out
}
