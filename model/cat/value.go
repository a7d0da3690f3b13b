package cat

import "github.com/weakmem/litmus/internal/source"

// value is what an expression evaluates to. Sets of events and relations are
// nodes of the graph under construction; the rest exists while compiling, or
// while running the parts of a model that no graph can express.
type value interface{ describe() string }

type (
	// polyEmpty is {}: the empty set of anything.
	polyEmpty struct{}
	// polyUniverse is _: all events or all pairs of events, as the place demands.
	polyUniverse struct{}
	setVal       nodeID
	relVal       nodeID
	eventVal     int32
	pairVal      [2]int32
	tupleVal     []value
	tagVal       struct{ enum, name string }
	// valueSet is a set of values other than events and pairs: of tags, relations, sets.
	valueSet struct {
		elems    []value
		distinct bool // no two elements are one, which compiling may not tell
	}
	// ordersVal is the set of total orders on a set of events, or on the events of each
	// location in it, that extend a relation. It is rarely worth writing out.
	ordersVal struct {
		set, rel    nodeID
		perLocation bool
	}
	closure struct {
		name   string
		params pattern
		body   expr
		env    *env
	}
	primitive struct {
		name  string
		apply func(ev *evaluator, at source.Pos, arg value) value
	}
	procedure struct {
		params pattern
		body   []stmt
		env    *env
	}
)

func (polyEmpty) describe() string    { return "the empty set" }
func (polyUniverse) describe() string { return "the universe" }
func (setVal) describe() string       { return "a set of events" }
func (relVal) describe() string       { return "a relation" }
func (eventVal) describe() string     { return "an event" }
func (pairVal) describe() string      { return "a pair of events" }
func (tupleVal) describe() string     { return "a tuple" }
func (tagVal) describe() string       { return "a tag" }
func (*valueSet) describe() string    { return "a set of values" }
func (*ordersVal) describe() string   { return "a set of relations" }
func (*closure) describe() string     { return "a function" }
func (*primitive) describe() string   { return "a function" }
func (*procedure) describe() string   { return "a procedure" }

// thunk is a let's value, found when it is first needed: a model may name
// what its dialect lacks as long as it does not use it.
type thunk struct {
	owner *evaluator
	x     expr
	env   *env
	of    *thunk // if not nil, this one is component index of its tuple
	index int
	done  bool
	val   value
	fault *fault
}

// env binds names, innermost first. A bound value may be a *thunk.
type env struct {
	name string
	val  any // value or *thunk
	up   *env
}

func (e *env) bind(name string, val any) *env {
	if name == "_" {
		return e
	}
	return &env{name, val, e}
}

func (e *env) find(name string) (any, bool) {
	for ; e != nil; e = e.up {
		if e.name == name {
			return e.val, true
		}
	}
	return nil, false
}
