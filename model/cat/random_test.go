package cat

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/model"
)

// pairs is a relation, naively; events a set, the pairs (e, e).
type pairs map[[2]int]bool

// term is a random expression: its text, whether it is a set, and its value by
// the definitions of the operators.
type term struct {
	text  string
	set   bool
	value func(*naive) pairs
}

// naive evaluates on one execution.
type naive struct {
	x *model.Execution
	n int
}

func (v *naive) where(f func(i, j int) bool) pairs {
	out := pairs{}
	for i := range v.n {
		for j := range v.n {
			if f(i, j) {
				out[[2]int{i, j}] = true
			}
		}
	}
	return out
}

func (v *naive) relation(r *model.Relation) pairs {
	return v.where(func(i, j int) bool { return r.Has(i, j) })
}

func (v *naive) events(f func(i int, e *model.Event) bool) pairs {
	return v.where(func(i, j int) bool { return i == j && f(i, &v.x.Events[i]) })
}

func (v *naive) compose(a, b pairs) pairs {
	return v.where(func(i, j int) bool {
		for k := range v.n {
			if a[[2]int{i, k}] && b[[2]int{k, j}] {
				return true
			}
		}
		return false
	})
}

func (v *naive) closure(a pairs) pairs {
	for {
		b := union(a, v.compose(a, a))
		if len(b) == len(a) {
			return b
		}
		a = b
	}
}

func union(a, b pairs) pairs {
	out := pairs{}
	for p := range a {
		out[p] = true
	}
	for p := range b {
		out[p] = true
	}
	return out
}

func leaves(set bool) []term {
	if set {
		kind := func(text string, k model.Kind) term {
			return term{text, true, func(v *naive) pairs {
				return v.events(func(_ int, e *model.Event) bool { return e.Kind&k != 0 })
			}}
		}
		return []term{
			kind("R", model.Read), kind("W", model.Write), kind("F", model.FenceEvent), kind("M", model.Read|model.Write),
			{"IW", true, func(v *naive) pairs {
				return v.events(func(_ int, e *model.Event) bool { return e.Thread < 0 })
			}},
			{"RMW", true, func(v *naive) pairs {
				return v.events(func(_ int, e *model.Event) bool { return e.IsRead() && e.IsWrite() })
			}},
			{"T", true, func(v *naive) pairs {
				return v.events(func(_ int, e *model.Event) bool { return e.Tags&1 != 0 })
			}},
			{"FW", true, func(v *naive) pairs {
				return v.events(func(i int, e *model.Event) bool { return e.IsWrite() && v.x.Co.Next(i, 0) < 0 })
			}},
			{"emptyset", true, func(v *naive) pairs { return pairs{} }},
		}
	}
	rel := func(text string, f func(x *model.Execution) *model.Relation) term {
		return term{text, false, func(v *naive) pairs { return v.relation(f(v.x)) }}
	}
	events := func(text string, f func(e, g *model.Event) bool) term {
		return term{text, false, func(v *naive) pairs {
			return v.where(func(i, j int) bool { return f(&v.x.Events[i], &v.x.Events[j]) })
		}}
	}
	return []term{
		rel("po", func(x *model.Execution) *model.Relation { return x.Po }),
		rel("co", func(x *model.Execution) *model.Relation { return x.Co }),
		rel("rf", func(x *model.Execution) *model.Relation { return x.Rf }),
		rel("rf", func(x *model.Execution) *model.Relation { return x.Rf }),
		rel("data", func(x *model.Execution) *model.Relation { return x.Data }),
		rel("rmw", func(x *model.Execution) *model.Relation { return x.Rmw }),
		events("loc", func(e, g *model.Event) bool { return e.Loc >= 0 && e.Loc == g.Loc }),
		events("ext", func(e, g *model.Event) bool { return e.Thread != g.Thread }),
		events("int", func(e, g *model.Event) bool { return e.Thread == g.Thread }),
		{"id", false, func(v *naive) pairs { return v.where(func(i, j int) bool { return i == j }) }},
		{"0", false, func(v *naive) pairs { return pairs{} }},
	}
}

// randomTerm draws an expression of a depth. self, if not nil, is a recursive
// name that it may use, not on the right of a difference or under a complement.
func randomTerm(t *rapid.T, set bool, depth int, self *term) term {
	if depth == 0 {
		options := leaves(set)
		if self != nil && !set {
			options = append(options, *self, *self, *self)
		}
		return rapid.SampledFrom(options).Draw(t, "leaf")
	}
	below := func() int { return rapid.IntRange(max(0, depth-2), depth-1).Draw(t, "depth") }
	sub := func(set bool) term { return randomTerm(t, set, below(), self) }
	closed := func(set bool) term { return randomTerm(t, set, below(), nil) }
	binary := func(op string, x, y term, f func(v *naive, a, b pairs) pairs) term {
		return term{"(" + x.text + " " + op + " " + y.text + ")", set, func(v *naive) pairs { return f(v, x.value(v), y.value(v)) }}
	}
	postfix := func(op string, x term, f func(v *naive, a pairs) pairs) term {
		return term{"(" + x.text + ")" + op, false, func(v *naive) pairs { return f(v, x.value(v)) }}
	}
	identity := func(v *naive) pairs { return v.where(func(i, j int) bool { return i == j }) }
	choices := 4
	if !set {
		choices = 15
	}
	switch rapid.IntRange(0, choices-1).Draw(t, "operator") {
	case 0:
		return binary("|", sub(set), sub(set), func(v *naive, a, b pairs) pairs { return union(a, b) })
	case 1:
		return binary("&", sub(set), sub(set), func(v *naive, a, b pairs) pairs {
			return v.where(func(i, j int) bool { return a[[2]int{i, j}] && b[[2]int{i, j}] })
		})
	case 2:
		return binary(`\`, sub(set), closed(set), func(v *naive, a, b pairs) pairs {
			return v.where(func(i, j int) bool { return a[[2]int{i, j}] && !b[[2]int{i, j}] })
		})
	case 3:
		if set {
			x := sub(false)
			word := rapid.SampledFrom([]string{"domain", "range"}).Draw(t, "end")
			return term{word + "(" + x.text + ")", true, func(v *naive) pairs {
				out := pairs{}
				for p := range x.value(v) {
					e := p[0]
					if word == "range" {
						e = p[1]
					}
					out[[2]int{e, e}] = true
				}
				return out
			}}
		}
		x := closed(false)
		return term{"~(" + x.text + ")", false, func(v *naive) pairs {
			a := x.value(v)
			return v.where(func(i, j int) bool { return !a[[2]int{i, j}] })
		}}
	case 4, 5:
		return binary(";", sub(false), sub(false), (*naive).compose)
	case 6:
		return postfix("+", sub(false), (*naive).closure)
	case 7:
		return postfix("*", sub(false), func(v *naive, a pairs) pairs { return union(identity(v), v.closure(a)) })
	case 8:
		return postfix("?", sub(false), func(v *naive, a pairs) pairs { return union(identity(v), a) })
	case 9:
		return postfix("^-1", sub(false), func(v *naive, a pairs) pairs {
			return v.where(func(i, j int) bool { return a[[2]int{j, i}] })
		})
	case 10:
		x := sub(true)
		return term{"[" + x.text + "]", false, x.value}
	case 11:
		x, y := sub(true), sub(true)
		return term{"(" + x.text + " * " + y.text + ")", false, func(v *naive) pairs {
			a, b := x.value(v), y.value(v)
			return v.where(func(i, j int) bool { return a[[2]int{i, i}] && b[[2]int{j, j}] })
		}}
	case 12:
		x, y, z := sub(true), sub(false), sub(true)
		return term{"([" + x.text + "]; " + y.text + "; [" + z.text + "])", false, func(v *naive) pairs {
			return v.compose(x.value(v), v.compose(y.value(v), z.value(v)))
		}}
	case 13:
		x, y, z := sub(true), sub(false), sub(true)
		return term{"(" + y.text + " & " + x.text + " * " + z.text + ")", false, func(v *naive) pairs {
			a, b, r := x.value(v), z.value(v), y.value(v)
			return v.where(func(i, j int) bool { return a[[2]int{i, i}] && b[[2]int{j, j}] && r[[2]int{i, j}] })
		}}
	default:
		if self != nil {
			return sub(false)
		}
		return randomRecursion(t, depth)
	}
}

// randomRecursion draws a definition that grows with its own name.
func randomRecursion(t *rapid.T, depth int) term {
	current := pairs{}
	name := fmt.Sprintf("r%d", depth)
	self := &term{name, false, func(*naive) pairs { return current }}
	body := randomTerm(t, false, depth-1, self)
	return term{"(let rec " + name + " = " + body.text + " in " + name + ")", false, func(v *naive) pairs {
		current = pairs{}
		for {
			next := body.value(v)
			if len(next) == len(current) {
				return next
			}
			current = next
		}
	}}
}

// randomExecution draws an execution: any events, co a total order at each
// location, rf from some write to the location of each read.
func randomExecution(t *rapid.T) *model.Execution {
	const locations = 2
	x := &model.Execution{Vocabulary: &model.Vocabulary{Arch: "Test", Tags: []string{"T"}}, Init: locations}
	for loc := range locations {
		x.Events = append(x.Events, model.Event{Thread: -1, Loc: loc, Kind: model.Write})
	}
	for thread := range rapid.IntRange(1, 3).Draw(t, "threads") {
		for i := range rapid.IntRange(0, 3).Draw(t, "events") {
			k := rapid.SampledFrom([]model.Kind{
				model.Read, model.Read, model.Write, model.Write, model.FenceEvent, model.Read | model.Write,
			}).Draw(t, "kind")
			e := model.Event{Thread: thread, Index: i, Kind: k, Loc: -1, Tags: uint64(rapid.IntRange(0, 1).Draw(t, "tag"))}
			if k != model.FenceEvent {
				e.Loc = rapid.IntRange(0, locations-1).Draw(t, "location")
			}
			x.Events = append(x.Events, e)
		}
	}
	n := len(x.Events)
	x.Po, x.Data, x.Rmw = model.NewRelation(n), model.NewRelation(n), model.NewRelation(n)
	for i, e := range x.Events {
		for j, f := range x.Events {
			if e.Thread >= 0 && e.Thread == f.Thread && e.Index < f.Index {
				x.Po.Add(i, j)
				if e.IsRead() && rapid.IntRange(0, 1).Draw(t, "data") == 0 {
					x.Data.Add(i, j)
				}
				if e.IsRead() && f.IsWrite() && f.Index == e.Index+1 && e.Loc == f.Loc && rapid.Bool().Draw(t, "rmw") {
					x.Rmw.Add(i, j)
				}
			}
		}
	}
	drawCoherence(t, x)
	drawReadsFrom(t, x)
	return x
}

func drawCoherence(t *rapid.T, x *model.Execution) {
	x.Co = model.NewRelation(len(x.Events))
	byLocation := map[int][]int{}
	for i, e := range x.Events {
		if e.IsWrite() {
			byLocation[e.Loc] = append(byLocation[e.Loc], i)
		}
	}
	for loc := range x.Init {
		writes := append(byLocation[loc][:1:1], rapid.Permutation(byLocation[loc][1:]).Draw(t, "co")...)
		for i, w := range writes {
			for _, after := range writes[i+1:] {
				x.Co.Add(w, after)
			}
		}
	}
}

func drawReadsFrom(t *rapid.T, x *model.Execution) {
	x.Rf = model.NewRelation(len(x.Events))
	for r, e := range x.Events {
		if !e.IsRead() {
			continue
		}
		var sources []int
		for w, f := range x.Events {
			if f.IsWrite() && f.Loc == e.Loc && w != r {
				sources = append(sources, w)
			}
		}
		x.Rf.Add(rapid.SampledFrom(sources).Draw(t, "rf"), r)
	}
}

// TestRandomExpressions compares what a random expression evaluates to, as
// written and as optimized, with the definitions of the operators, on executions
// that change by parts, so that what is kept from one to the next is tested too.
// While rf is partial its bounds must hold for the whole rf.
func TestRandomExpressions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := randomTerm(t, false, 4, nil)
		m, err := Parse("random.cat", "let r = "+x.text+"\nempty r\n~empty r\n", nil)
		require.NoError(t, err)
		e := randomExecution(t)
		checker, err := m.NewChecker(e.Vocabulary)
		require.NoError(t, err)
		c := checker.(*Checker)
		checks := c.prog.fast.checks
		bound := func(i int) *model.Relation {
			if twin := checks[i].twin; twin >= 0 {
				i = int(twin)
			}
			return c.m.relOf(checks[i].a)
		}
		for range 4 {
			e = changedExecution(t, e)
			v := &naive{e, len(e.Events)}
			value := x.value(v)
			whole := model.NewRelation(v.n)
			for p := range value {
				whole.Add(p[0], p[1])
			}
			rf := e.Rf
			e.Rf = model.NewRelation(v.n)
			c.Check(e, model.Skeleton)
			c.Check(e, model.Coherent)
			for r := range e.Events {
				for w := range e.Events {
					if rf.Has(w, r) {
						c.Check(e, model.Partial)
						if checks[0].early || checks[0].twin >= 0 {
							require.True(t, bound(0).IsSubset(whole), "lower bound of %s", x.text)
						}
						if checks[1].early || checks[1].twin >= 0 {
							require.True(t, whole.IsSubset(bound(1)), "upper bound of %s", x.text)
						}
						e.Rf.Add(w, r)
					}
				}
			}
			e.Rf = rf
			c.Check(e, model.Complete)
			require.True(t, whole.Equal(c.m.relOf(checks[0].a)), "optimized %s", x.text)
			require.True(t, whole.Equal(bound(0)), "exact lower bound of %s", x.text)
			require.True(t, whole.Equal(bound(1)), "exact upper bound of %s", x.text)
			require.Equal(t, value, v.relation(c.slowly(e, 0).relOf(c.prog.checks[0].node)), "%s", x.text)
		}
	})
}

// changedExecution draws an execution anew, or parts of one.
func changedExecution(t *rapid.T, x *model.Execution) *model.Execution {
	switch rapid.IntRange(0, 2).Draw(t, "change") {
	case 0:
		return randomExecution(t)
	case 1:
		drawCoherence(t, x)
	}
	drawReadsFrom(t, x)
	return x
}

// TestRandomModels compares verdicts on random models with the definitions.
func TestRandomModels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		var terms []term
		var tests []string
		for i := range rapid.IntRange(1, 3).Draw(t, "axioms") {
			x := randomTerm(t, false, 4, nil)
			word := rapid.SampledFrom([]string{
				"acyclic", "irreflexive", "empty", "~empty", "~acyclic", "~irreflexive",
			}).Draw(t, "test")
			fmt.Fprintf(&text, "let r%d = %s\n%s r%d\n", 100+i, x.text, word, 100+i)
			terms, tests = append(terms, x), append(tests, word)
		}
		m, err := Parse("random.cat", text.String(), nil)
		require.NoError(t, err)
		x := randomExecution(t)
		c, err := m.NewChecker(x.Vocabulary)
		require.NoError(t, err)
		for range 4 {
			x = changedExecution(t, x)
			want := true
			for i, word := range tests {
				v := &naive{x, len(x.Events)}
				want = want && naiveTest(v, word, terms[i].value(v))
			}
			require.Equal(t, want, judge(t, c, x), "%s", text.String())
			require.Equal(t, want, c.Explain(x).Consistent)
		}
	})
}

func naiveTest(v *naive, word string, value pairs) bool {
	bare := strings.TrimPrefix(word, "~")
	holds := len(value) == 0
	if bare != "empty" {
		if bare == "acyclic" {
			value = v.closure(value)
		}
		holds = true
		for i := range v.n {
			holds = holds && !value[[2]int{i, i}]
		}
	}
	return holds == (bare == word)
}
