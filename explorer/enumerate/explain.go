package enumerate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model"
)

// explainLimit bounds the candidates that Explain looks at.
const explainLimit = 1 << 17

// Explanation is why a model rejects an execution, or that it accepts it.
type Explanation struct {
	State   string   // the final state, as results print it
	Events  []string // the execution's events, by number
	Rf, Co  [][2]int // who reads from whom; coherence, next neighbours only
	Verdict model.Verdict
}

// String tells it in lines: the axiom, and the cycle edge by edge.
func (x *Explanation) String() string {
	var b strings.Builder
	if x.Verdict.Consistent {
		fmt.Fprintf(&b, "consistent: %s\n", x.State)
		return b.String()
	}
	for _, v := range x.Verdict.Violations {
		fmt.Fprintf(&b, "%s %s fails:\n", v.Test, v.Axiom)
		for _, e := range v.Cycle {
			fmt.Fprintf(&b, "  %s\n    --%s--> %s\n", x.Events[e.From], e.Name, x.Events[e.To])
		}
	}
	return b.String()
}

// permissive lets every candidate through to be judged at the end.
type permissive struct{ model.Checker }

func (permissive) Check(*model.Execution, model.Stage) bool { return true }
func (permissive) Flags() []model.Flag                      { return nil }

// Explain says what m has against, or for, the executions of t in which the
// condition's proposition holds: the verdict on a consistent one if there is one, else on the one that
// breaks the fewest axioms. It returns nil if no candidate execution ends in such a state at all.
func (e *Engine) Explain(ctx context.Context, t *litmus.Test, m model.Model) (*Explanation, error) {
	checker, err := e.checker(m, t.Program)
	if err != nil {
		return nil, err
	}
	p, err := e.prepare(ctx, t, needsInside(checker))
	if err != nil {
		return nil, err
	}
	var best *Explanation
	c := newCollector(t, p.cells, p.regSlot)
	s := &search{ctx: ctx, test: t, cells: p.cells, checker: permissive{checker}, result: c}
	s.x.Vocabulary = vocabulary(t.Program)
	if needsInside(checker) {
		s.x.Inside = &model.Inside{}
	}
	s.x.Describe = s.describe
	c.visit = func(s *search) {
		if !t.Condition.Prop.Eval(c.values) {
			return
		}
		v := checker.Explain(&s.x)
		if best == nil || v.Consistent || len(v.Violations) < len(best.Verdict.Violations) {
			best = s.explanation(v)
		}
		s.stopped = v.Consistent
	}
	p.each(func(shapes []*shape) bool {
		s.run(shapes)
		return !s.stopped && c.candidates < explainLimit
	})
	return best, ctx.Err()
}

// explanation copies the present execution out of the search.
func (s *search) explanation(v model.Verdict) *Explanation {
	x := &Explanation{State: s.test.FormatState(s.result.values), Verdict: v}
	for i := range s.x.Events {
		x.Events = append(x.Events, s.describe(i))
		if s.x.Events[i].IsRead() {
			x.Rf = append(x.Rf, [2]int{s.rf[i], i})
		}
	}
	for _, cell := range s.written {
		order := s.writers[cell]
		if w := s.initial[cell]; w >= 0 {
			order = slices.Insert(slices.Clone(order), 0, w)
		}
		for i := 1; i < len(order); i++ {
			x.Co = append(x.Co, [2]int{order[i-1], order[i]})
		}
	}
	return x
}
