package cat

import (
	"maps"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/model"
)

// program is a model compiled for a vocabulary.
type program struct {
	ev     *evaluator // that compiled it
	raw    *graph
	checks []rawCheck
	withs  []rawWith
	shows  []rawShow
	fast   *plan // what Check runs
}

// rawCheck is a test of a model.
type rawCheck struct {
	at      source.Pos
	purpose purpose
	kind    token // tAcyclic, tIrreflexive, tEmpty
	negated bool
	node    nodeID
	name    string // of the axiom: as given, or its text
	depth   int    // how many choices are made before it
	later   *later // not nil if an instruction must be run instead
}

// later is an instruction that depends on values that only an execution has.
type later struct {
	s   stmt
	env *env
}

// rawWith is a choice: the model holds if it does for one of these values,
// held by the choice input of the same index.
type rawWith struct {
	at     source.Pos
	name   string
	nodes  []nodeID // the values, if they are known
	orders *ordersVal
	x      expr // computes them if neither is
	env    *env
	member bool // nothing is chosen: the execution's own co must be one of them
}

// rawShow is a relation to show, as a node or as a thunk of what only runs.
type rawShow struct {
	name  string
	node  nodeID
	later *thunk
}

// faultKind tells faults by who may pass over them.
type faultKind uint8

const (
	faultType    faultKind = iota // an error wherever it stands
	faultUnbound                  // an error if the value is needed
	faultDynamic                  // no error: an execution is needed to go on
)

// fault is an evaluation that stopped.
type fault struct {
	kind faultKind
	err  error
}

const (
	maxDepth       = 4000
	maxSteps       = 1 << 20
	maxNodes       = 1 << 15
	maxRounds      = 1 << 16 // of a fixpoint
	maxEnumeration = 1 << 20 // elements of a set of orders
)

// evaluator evaluates expressions and executes instructions: while compiling,
// to a graph; while running, on one execution.
type evaluator struct {
	g        *graph
	prog     *program // compiling: what is built
	variants map[string]bool
	enums    map[string]*valueSet // by the name of the enumeration
	tags     map[string]tagVal
	env      *env
	callName string // of the named call being executed
	co0      nodeID
	depth    int
	steps    int

	run  *run // nil while compiling
	memo map[*thunk]*thunk
}

func (ev *evaluator) fail(at source.Pos, format string, args ...any) {
	panic(fault{faultType, source.Errorf(at, format, args...)})
}

func (ev *evaluator) unbound(at source.Pos, format string, args ...any) {
	panic(fault{faultUnbound, source.Errorf(at, format, args...)})
}

// dynamic stops compiling an expression whose value takes an execution.
func (ev *evaluator) dynamic() {
	if ev.run == nil {
		panic(fault{kind: faultDynamic})
	}
}

// catch calls f and returns the fault that stops it, if any.
func (ev *evaluator) catch(f func()) (stopped *fault) {
	depth := ev.depth
	defer func() {
		switch r := recover().(type) {
		case nil:
		case fault:
			ev.depth = depth
			stopped = &r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// compile compiles a model for the executions of a vocabulary.
func compile(library, f *file, v *model.Vocabulary, variants map[string]bool) (*program, error) {
	in := &inputs{vocabulary: v}
	ev := &evaluator{
		g: newGraph(in), variants: variants, co0: noNode,
		enums: map[string]*valueSet{}, tags: map[string]tagVal{},
	}
	ev.prog = &program{ev: ev, raw: ev.g}
	stopped := ev.catch(func() {
		ev.exec(library.body)
		if val, ok := ev.env.find("co0"); ok {
			ev.co0 = nodeID(ev.force(val.(*thunk)).(relVal))
		}
		ev.prog.shows = nil
		ev.exec(f.body)
	})
	if stopped != nil {
		return nil, stopped.err
	}
	ev.prog.fast = makePlan(ev.prog)
	return ev.prog, nil
}

func (ev *evaluator) exec(body []stmt) {
	for _, s := range body {
		ev.step(s.stmtPos())
		ev.execOne(s)
	}
}

func (ev *evaluator) step(at source.Pos) {
	if ev.steps++; ev.steps > maxSteps {
		ev.fail(at, "evaluation does not end within %d steps", maxSteps)
	}
}

func (ev *evaluator) enter(at source.Pos) {
	ev.step(at)
	if len(ev.g.nodes) > maxNodes || len(ev.g.groups) > maxNodes/64 {
		ev.fail(at, "the model makes more than %d relations", maxNodes)
	}
	if ev.depth++; ev.depth > maxDepth {
		ev.fail(at, "recursion does not end within %d calls", maxDepth)
	}
}

func (ev *evaluator) execOne(s stmt) {
	switch s := s.(type) {
	case *letStmt:
		if s.rec {
			ev.env = ev.recursive(s.binds, ev.env)
		} else {
			ev.env = ev.bindAll(s.binds, ev.env, true)
		}
		if s.when != nil {
			ev.test(&testStmt{purpose: check, test: *s.when})
		}
	case *testStmt:
		ev.test(s)
	case *showStmt:
		for _, name := range s.names {
			if s.hide {
				ev.unshow(name)
			} else if _, ok := ev.env.find(name); ok || name == "rf" || name == "co" {
				ev.show(name, &nameExpr{s.at, name})
			}
		}
	case *showAsStmt:
		ev.show(s.name, s.x)
	case *includeStmt:
		if s.file != nil {
			ev.enter(s.at)
			ev.exec(s.file.body)
			ev.depth--
		}
	case *procedureStmt:
		p := &procedure{s.params, s.body, ev.env}
		ev.env = ev.env.bind(s.name, p)
		if s.rec {
			p.env = ev.env
		}
	case *callStmt:
		ev.orLater(s, func() { ev.call(s) })
	case *enumStmt:
		if ev.run != nil { // the program's are shared
			ev.enums, ev.tags = maps.Clone(ev.enums), maps.Clone(ev.tags)
		}
		set := &valueSet{distinct: true}
		for _, tag := range s.tags {
			ev.tags[tag] = tagVal{s.name, tag}
			set.elems = append(set.elems, tagVal{s.name, tag})
		}
		ev.enums[s.name] = set
		ev.env = ev.env.bind(s.name, set)
	case *forallStmt:
		ev.orLater(s, func() { ev.forall(s) })
	case *withStmt:
		ev.with(s)
	case *ifStmt:
		outer := ev.env
		holds := false
		ev.orLater(s, func() {
			if holds = ev.holds(s.cond, outer); holds {
				ev.exec(s.then)
			} else {
				ev.exec(s.alt)
			}
		})
	case *matchStmt:
		ev.orLater(s, func() { ev.exec(ev.clause(s)) })
	}
}

// orLater executes an instruction, or leaves it to be run if it takes an execution.
func (ev *evaluator) orLater(s stmt, f func()) {
	if ev.run != nil {
		f()
		return
	}
	saved, shows, checks, withs := ev.env, ev.prog.shows, len(ev.prog.checks), len(ev.prog.withs)
	stopped := ev.catch(f)
	if stopped == nil {
		return
	}
	if stopped.kind != faultDynamic {
		panic(*stopped)
	}
	if len(ev.prog.withs) > withs {
		ev.fail(s.stmtPos(), "with … from among instructions that depend on the execution is not supported")
	}
	ev.env, ev.prog.shows, ev.prog.checks = saved, shows, ev.prog.checks[:checks]
	ev.prog.checks = append(ev.prog.checks, rawCheck{
		at: s.stmtPos(), node: noNode, depth: len(ev.prog.withs), later: &later{s, saved},
		name: "instructions at " + s.stmtPos().String(),
	})
}

func (ev *evaluator) test(s *testStmt) {
	c := rawCheck{
		at: s.at, purpose: s.purpose, kind: s.kind, negated: s.negated, name: s.name,
	}
	if c.name == "" {
		c.name = ev.callName
	}
	if c.name == "" {
		c.name = s.text
	}
	ev.orLater(s, func() {
		v := ev.eval(s.x, ev.env)
		if isSet, ok := ev.promote(v).(setVal); ok {
			if s.kind != tEmpty {
				ev.fail(s.x.pos(), "%s tests a relation, got a set of events", s.kind)
			}
			c.node = nodeID(isSet)
		} else {
			c.node = ev.toRel(s.x.pos(), v)
		}
		if ev.run != nil {
			ev.run.test(&c)
			return
		}
		c.depth = len(ev.prog.withs)
		ev.prog.checks = append(ev.prog.checks, c)
	})
}

func (ev *evaluator) show(name string, x expr) {
	if ev.run != nil {
		return
	}
	t := &thunk{owner: ev, x: x, env: ev.env}
	s := rawShow{name: name, node: noNode}
	stopped := ev.catch(func() {
		v := ev.promote(ev.force(t))
		if r, ok := v.(relVal); ok {
			s.node = nodeID(r)
		}
	})
	// What cannot be shown is not: herd7 does the same.
	if stopped != nil && stopped.kind == faultDynamic {
		s.later = t
	}
	if s.node != noNode || s.later != nil {
		ev.unshow(name)
		ev.prog.shows = append(ev.prog.shows, s)
	}
}

func (ev *evaluator) unshow(name string) {
	if ev.run != nil {
		return
	}
	var kept []rawShow
	for _, s := range ev.prog.shows {
		if s.name != name {
			kept = append(kept, s)
		}
	}
	ev.prog.shows = kept
}

func (ev *evaluator) call(s *callStmt) {
	val, _ := ev.env.find(s.name)
	p, ok := val.(*procedure)
	if !ok {
		if val == nil {
			ev.fail(s.at, "procedure %s is not defined", s.name)
		}
		ev.fail(s.at, "%s is not a procedure", s.name)
	}
	arg := ev.eval(s.arg, ev.env)
	ev.enter(s.at)
	env, name := ev.env, ev.callName
	if s.as != "" {
		ev.callName = s.as
	}
	ev.env = ev.match(s.at, p.params, arg, p.env)
	ev.exec(p.body)
	ev.env, ev.callName = env, name
	ev.depth--
}

func (ev *evaluator) forall(s *forallStmt) {
	v := ev.eval(s.x, ev.env)
	var elems []value
	switch v := ev.expand(ev.tagSet(v)).(type) {
	case polyEmpty:
	case *valueSet:
		elems = v.elems
	default:
		ev.fail(s.x.pos(), "forall goes over a set of values, got %s", v.describe())
	}
	env := ev.env
	for _, e := range elems {
		ev.env = env.bind(s.name, e)
		ev.exec(s.body)
	}
	ev.env = env
}

func (ev *evaluator) clause(s *matchStmt) []stmt {
	tag, ok := ev.eval(s.x, ev.env).(tagVal)
	if !ok {
		ev.fail(s.x.pos(), "match among instructions is on a tag")
	}
	for _, c := range s.clauses {
		if c.tag == tag.name {
			return c.body
		}
	}
	if !s.total {
		ev.fail(s.at, "no clause matches '%s", tag.name)
	}
	return s.fallback
}

// with extends the candidate execution by a choice. A coherence order is the
// execution's own: it must be one of those that the model would choose.
func (ev *evaluator) with(s *withStmt) {
	if ev.run != nil {
		ev.fail(s.at, "with … from among instructions that depend on the execution is not supported")
	}
	w := rawWith{at: s.at, name: s.name, member: s.name == "co"}
	stopped := ev.catch(func() {
		switch v := ev.eval(s.x, ev.env).(type) {
		case polyEmpty:
		case *ordersVal:
			w.orders = v
		case *valueSet:
			for _, e := range v.elems {
				w.nodes = append(w.nodes, ev.toRel(s.x.pos(), e))
			}
		default:
			ev.fail(s.x.pos(), "with chooses from a set of relations, got %s", v.describe())
		}
	})
	if stopped != nil {
		if stopped.kind != faultDynamic {
			panic(*stopped)
		}
		w.x, w.env = s.x, ev.env
	}
	if w.orders != nil && w.orders.perLocation && ev.writesOnly(w.orders.set) {
		ev.env = ev.env.bind(s.name, ev.coherence(s, w.orders))
		return
	}
	if len(ev.prog.withs) == maxChoices {
		ev.fail(s.at, "more than %d choices by with … from", maxChoices)
	}
	ev.g.inputs.choices = append(ev.g.inputs.choices, s.name)
	chosen := ev.g.inputs.choice(len(ev.prog.withs))
	if w.member {
		chosen = inCo
	}
	ev.env = ev.env.bind(s.name, relVal(ev.g.input(chosen)))
	ev.prog.withs = append(ev.prog.withs, w)
}

// coherence is the order on some writes, location by location, that the
// execution's coherence order gives them; the model's condition on orders
// becomes an axiom. As executions come with each coherence order in turn, none
// that the model would choose is missed.
func (ev *evaluator) coherence(s *withStmt, o *ordersVal) value {
	g := ev.g
	pairs := g.product(o.set, o.set)
	order := g.inter(g.input(inCo), pairs)
	if g.is(o.set, opInput) && input(g.nodes[o.set].arg) == inWrite {
		order = g.input(inCo)
	}
	if o.rel != ev.co0 {
		ev.prog.checks = append(ev.prog.checks, rawCheck{
			at: s.at, kind: tEmpty, name: "with " + s.name, depth: len(ev.prog.withs),
			node: g.minus(g.inter(g.inter(o.rel, pairs), g.input(inLoc)), order),
		})
	}
	return relVal(order)
}

// writesOnly reports whether a set is, by its form, one of writes.
func (ev *evaluator) writesOnly(s nodeID) bool {
	switch n := ev.g.nodes[s]; n.op {
	case opInput:
		i := input(n.arg)
		return i == inWrite || i == inInitial || i == inFinal || i == inBoth
	case opInter:
		return ev.writesOnly(n.a) || ev.writesOnly(n.b)
	case opUnion:
		return ev.writesOnly(n.a) && ev.writesOnly(n.b)
	case opMinus:
		return ev.writesOnly(n.a)
	}
	return false
}

// bindAll binds the names of a let, each to be evaluated when needed. At the
// top level errors of type are found at once.
func (ev *evaluator) bindAll(binds []bind, in *env, eager bool) *env {
	out := in
	for _, b := range binds {
		t := &thunk{owner: ev, x: b.x, env: in}
		if !b.pat.tuple {
			out = out.bind(b.pat.names[0], t)
		} else {
			for i, name := range b.pat.names {
				out = out.bind(name, &thunk{owner: ev, of: t, index: i, x: b.x, env: in})
			}
		}
		if eager {
			if stopped := ev.catch(func() { ev.force(t) }); stopped != nil && stopped.kind == faultType {
				panic(*stopped)
			}
		}
		if !b.pat.tuple && t.done && t.val != nil {
			ev.name(b.pat.names[0], t.val)
		}
	}
	return out
}

// name remembers what the model calls a value, for explanations.
func (ev *evaluator) name(name string, v value) {
	var id nodeID
	switch v := v.(type) {
	case setVal:
		id = nodeID(v)
	case relVal:
		id = nodeID(v)
	default:
		return
	}
	switch ev.g.nodes[id].op {
	case opEmpty, opUniverse, opIdentity, opInput, opConst:
		return
	}
	if _, ok := ev.g.names[id]; !ok && ev.run == nil {
		ev.g.names[id] = name
	}
}

// force finds the value of a thunk. A thunk of another evaluator, which other
// goroutines may share, is evaluated apart.
func (ev *evaluator) force(t *thunk) value {
	if t.owner != ev {
		if t.done && (t.fault == nil || t.fault.kind != faultDynamic) {
			return t.result()
		}
		mine, ok := ev.memo[t]
		if !ok {
			mine = &thunk{owner: ev, x: t.x, env: t.env, of: t.of, index: t.index}
			ev.memo[t] = mine
		}
		t = mine
	}
	if !t.done {
		stopped := ev.catch(func() {
			if t.of == nil {
				t.val = ev.eval(t.x, t.env)
				return
			}
			parts := components(ev.force(t.of))
			if t.index >= len(parts) {
				ev.fail(t.x.pos(), "a tuple of more than %d components is expected here", t.index)
			}
			t.val = parts[t.index]
		})
		t.done, t.fault = true, stopped
	}
	return t.result()
}

func (t *thunk) result() value {
	if t.fault != nil {
		panic(*t.fault)
	}
	return t.val
}

// components are the parts of a tuple; other values count as tuples of one.
func components(v value) []value {
	switch v := v.(type) {
	case tupleVal:
		return v
	case pairVal:
		return []value{eventVal(v[0]), eventVal(v[1])}
	}
	return []value{v}
}

// match binds a function's parameters.
func (ev *evaluator) match(at source.Pos, p pattern, arg value, in *env) *env {
	if !p.tuple {
		return in.bind(p.names[0], arg)
	}
	args := components(arg)
	if len(args) != len(p.names) {
		ev.fail(at, "%d arguments given, %d expected", len(args), len(p.names))
	}
	for i, name := range p.names {
		in = in.bind(name, args[i])
	}
	return in
}
