package enumerate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
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
	// BoundHit: a loop was cut at the bound, and longer executions were not considered.
	BoundHit bool
	// The first of the threads' events, which initial writes come before, and the first of those that happen inside instructions.
	threads, inside int
}

// String tells it in lines: the state and the axioms that fail, each with its cycle edge by edge; or the events of a consistent execution, what
// each read reads from, the coherence order, and the races.
func (x *Explanation) String() string {
	var b strings.Builder
	if x.Verdict.Consistent {
		fmt.Fprintf(&b, "consistent: %s\n", x.State)
		x.execution(&b)
		return b.String()
	}
	fmt.Fprintf(&b, "inconsistent: %s\n", x.State)
	for _, v := range x.Verdict.Violations {
		fmt.Fprintf(&b, "%s %s fails:\n", v.Test, v.Axiom)
		for _, e := range v.Cycle {
			fmt.Fprintf(&b, "  %s\n    --%s--> %s\n", x.Events[e.From], e.Name, x.Events[e.To])
		}
	}
	if x.BoundHit {
		b.WriteString("executions in which loops go round more often were not considered\n")
	}
	return b.String()
}

func (x *Explanation) execution(b *strings.Builder) {
	for i := x.threads; i < x.inside; i++ {
		fmt.Fprintf(b, "  %s", x.Events[i])
		for _, rf := range x.Rf {
			if rf[1] == i {
				fmt.Fprintf(b, "\n    <--rf-- %s", x.Events[rf[0]])
			}
		}
		b.WriteByte('\n')
	}
	for _, co := range x.Co {
		if co[0] >= x.threads { // that initial writes come first is known
			fmt.Fprintf(b, "  %s\n    --co--> %s\n", x.Events[co[0]], x.Events[co[1]])
		}
	}
	for _, f := range x.Verdict.Flags {
		for _, p := range f.Pairs {
			fmt.Fprintf(b, "  flag %s: %s / %s\n", f.Name, x.Events[p[0]], x.Events[p[1]])
		}
	}
}

// permissive lets every candidate through to be judged at the end.
type permissive struct{ model.Checker }

func (permissive) Check(*model.Execution, model.Stage) bool { return true }
func (permissive) Flags() []model.Flag                      { return nil }

// Explain says what m has against, or for, the executions of t that end in one of some states: the verdict on a consistent one if
// there is one, else on the one that breaks the fewest axioms. Which states, of says of flat ones, as [litmus.Test.Observed] lays
// them out; [litmus.Prop.Eval] of the test's condition is one such. It returns nil if no candidate execution ends in such a state
// at all, and an error if it gave up before it came upon one, or loops were cut, or an execution does what is outside the model's reach.
func (e *Engine) Explain(ctx context.Context, t *litmus.Test, m model.Model, of func(state []ir.Value) bool) (*Explanation, error) {
	checker, err := e.checker(m, t.Program)
	if err != nil {
		return nil, err
	}
	p, err := e.prepare(ctx, t, needsInside(checker))
	if err != nil {
		return nil, err
	}
	if len(p.cells.unsupported) > 0 {
		return nil, errors.Join(p.cells.unsupported...)
	}
	var best *Explanation
	var faults []error // of executions that m allows
	find := func(by model.Checker, limit int64) (all bool) {
		c := newCollector(t, p.cells, p.regSlot)
		s := &search{ctx: ctx, test: t, cells: p.cells, checker: by, result: c}
		s.x.Vocabulary = vocabulary(t.Program)
		if needsInside(checker) {
			s.x.Inside = &model.Inside{}
		}
		s.x.Describe = s.describe
		c.visit = func(s *search) {
			s.stopped = c.candidates >= limit
			if !of(c.values) {
				return
			}
			v := checker.Explain(&s.x)
			if best == nil || v.Consistent || len(v.Violations) < len(best.Verdict.Violations) {
				best = s.explanation(v)
			}
			s.stopped = s.stopped || v.Consistent
		}
		p.each(func(shapes []*shape) bool {
			s.run(shapes)
			return !s.stopped && c.candidates < limit
		})
		faults = append(faults, c.faults...)
		return c.candidates < limit
	}
	// The model prunes the way to what it allows; what it forbids is among all candidates.
	all := find(checker, math.MaxInt64)
	if err := checker.Err(); err != nil {
		return nil, fmt.Errorf("model %s cannot judge the test: %w", m.Name(), err)
	}
	if best == nil && len(faults) == 0 && ctx.Err() == nil {
		all = find(permissive{checker}, explainLimit)
	}
	switch {
	case ctx.Err() != nil:
		return best, ctx.Err()
	case best != nil:
		best.BoundHit = p.boundHit
	case len(faults) > 0:
		return nil, errors.Join(faults...)
	case !all:
		return nil, fmt.Errorf("none of the first %d candidate executions ends in such a state", explainLimit)
	case p.boundHit:
		return nil, fmt.Errorf("no candidate execution with at most %d rounds of each loop ends in such a state", e.options.Unroll)
	}
	return best, nil
}

// explanation copies the present execution out of the search.
func (s *search) explanation(v model.Verdict) *Explanation {
	x := &Explanation{State: s.test.FormatState(s.result.values), Verdict: v, threads: s.x.Init}
	x.inside = slices.IndexFunc(s.x.Events, func(e model.Event) bool { return e.Kind >= model.RegisterRead })
	if x.inside < 0 {
		x.inside = len(s.x.Events)
	}
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
