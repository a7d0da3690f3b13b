package cat

import (
	"cmp"

	"github.com/weakmem/litmus/model"
)

// Checker holds executions against a model; see [model.Checker].
type Checker struct {
	prog *program
	m    *machine // on the optimized graph
	slow *machine // on the graph as written: what cannot be compiled, and explanations
	hold []bool   // by check: how it came out, if its bit is valid

	flags   []model.Flag
	raised  []bool       // by check: flags that depend on choices, over all that pass
	dynamic []model.Flag // those of instructions that only run
	chosen  []*model.Relation
	done    bool // no further choices need be tried
	err     error
}

func newChecker(p *program) *Checker {
	return &Checker{
		prog: p, m: newMachine(p.fast.g, p.fast.layout),
		hold:   make([]bool, len(p.fast.checks)),
		raised: make([]bool, len(p.checks)),
		chosen: make([]*model.Relation, len(p.withs)),
	}
}

// Err implements [model.Checker]. Only models that compute with sets of
// values, by matching on them, can go wrong on some executions and not on others.
func (c *Checker) Err() error {
	err := c.err
	c.err = nil
	return err
}

// NeedsInside implements [model.NeedsInside].
func (c *Checker) NeedsInside() bool { return c.prog.fast.inside }

// Check implements [model.Checker].
func (c *Checker) Check(x *model.Execution, s model.Stage) bool {
	m := c.m
	if s == model.Skeleton || !m.begun || m.x != x {
		m.begin(x)
	}
	switch s {
	case model.Cohering, model.Coherent:
		m.see(partCo, x.Co)
		m.see(partRf, nil)
	case model.Partial:
		m.see(partRf, x.Rf)
	case model.Complete:
		m.see(partCo, x.Co)
		m.see(partRf, x.Rf)
	}
	p := c.prog.fast
	// With a source for every read, bounds are exact, and mostly known already.
	exact := s == model.Complete && p.readers != noNode && m.setOf(p.readers).IsEmpty()
	for _, i := range p.stages[s] {
		if exact && p.checks[i].twin >= 0 {
			i = p.checks[i].twin
		}
		if !c.holds(i) {
			return false
		}
	}
	if s == model.Complete && (len(p.withs) > 0 || len(p.levels[0]) > 0) {
		return c.choose(x)
	}
	return true
}

// holds decides a test, negation included.
func (c *Checker) holds(i int32) bool {
	f := &c.prog.fast.checks[i]
	if c.m.isValid(f.bit) {
		return c.hold[i]
	}
	ok := c.decide(f) != f.negated
	c.hold[i] = ok
	c.m.validate(f.bit)
	return ok
}

func (c *Checker) decide(f *fastCheck) bool {
	m := c.m
	if m.isEmpty(f.a) {
		return true
	}
	switch f.op {
	case testAcyclic:
		return m.rel[f.a].IsAcyclic()
	case testIrreflexive:
		return m.rel[f.a].IsIrreflexive()
	case testLoopFree:
		return m.isEmpty(f.b) || m.rel[f.a].LoopFree(m.rel[f.b])
	}
	return false
}

// choose looks for choices, for with … from, that let the model hold.
func (c *Checker) choose(x *model.Execution) bool {
	c.done = false
	clear(c.raised)
	c.dynamic = c.dynamic[:0]
	return c.level(x, 0)
}

// level tests what the choices made so far decide, and tries each value of
// the next one. It reports whether some sequence of choices passes.
func (c *Checker) level(x *model.Execution, depth int) bool {
	p := c.prog.fast
	mark := len(c.dynamic)
	passed := false
	switch {
	case !c.decided(x, depth):
	case depth == len(p.withs):
		passed = true
		c.noteFlags()
	case c.prog.withs[depth].member:
		c.values(x, depth, func(r *model.Relation) bool {
			passed = r.Equal(x.Co)
			return !passed
		})
		passed = passed && c.level(x, depth+1)
	default:
		c.values(x, depth, func(r *model.Relation) bool {
			c.chosen[depth] = r
			c.m.see(partChoice+part(depth), r)
			if c.level(x, depth+1) {
				passed = true
			}
			return !c.done
		})
	}
	if !passed {
		c.dynamic = c.dynamic[:mark]
	}
	return passed
}

// decided tests the axioms that take a number of choices.
func (c *Checker) decided(x *model.Execution, depth int) bool {
	for _, i := range c.prog.fast.levels[depth] {
		f := &c.prog.fast.checks[i]
		if f.later && !c.execute(x, f) || !f.later && f.purpose == check && !c.holds(i) {
			return false
		}
	}
	return true
}

// noteFlags remembers the flags of choices that pass. Without any to find,
// one sequence of choices is enough.
func (c *Checker) noteFlags() {
	c.done = true
	for _, level := range c.prog.fast.levels {
		for _, i := range level {
			f := &c.prog.fast.checks[i]
			if f.later {
				c.done = false
			} else if f.purpose != check {
				c.done = false
				c.raised[i] = c.raised[i] || c.raises(i)
			}
		}
	}
}

// values calls f with the values of the choice at a depth, until it says no.
func (c *Checker) values(x *model.Execution, depth int, f func(*model.Relation) bool) {
	w := &c.prog.fast.withs[depth]
	switch {
	case w.needsRunning:
		for _, r := range c.computed(x, depth, &c.prog.withs[depth]) {
			if !f(r) {
				return
			}
		}
	case w.isOrders:
		forOrders(x, c.m.setOf(w.set), c.m.relOf(w.rel), w.perLocation, f)
	default:
		for _, id := range w.nodes {
			if !f(c.m.relOf(id)) {
				return
			}
		}
	}
}

// slowly returns the slow machine, looking at x and at the choices made so far.
func (c *Checker) slowly(x *model.Execution, depth int) *machine {
	if c.slow == nil {
		c.slow = newMachine(c.prog.raw.extend(), newLayout(c.prog.raw, nil))
	}
	c.slow.complete(x)
	for i, r := range c.chosen[:depth] {
		if !c.prog.withs[i].member {
			c.slow.see(partChoice+part(i), r)
		}
	}
	return c.slow
}

// computed evaluates the values of a choice that the execution determines.
func (c *Checker) computed(x *model.Execution, depth int, w *rawWith) []*model.Relation {
	var out []*model.Relation
	err := c.slowly(x, depth).run(c.prog, w.env, nil, func(ev *evaluator) {
		switch v := ev.expand(ev.eval(w.x, w.env)).(type) {
		case polyEmpty:
		case *valueSet:
			for _, e := range v.elems {
				r := &model.Relation{}
				r.Copy(ev.run.relation(ev.toRel(w.at, e)))
				out = append(out, r)
			}
		default:
			ev.fail(w.x.pos(), "with chooses from a set of relations, got %s", v.describe())
		}
	})
	c.err = cmp.Or(c.err, err)
	return out
}

// execute runs an instruction and reports whether its axioms hold.
func (c *Checker) execute(x *model.Execution, f *fastCheck) bool {
	raw := &c.prog.checks[f.raw]
	ok := true
	on := func(t *rawCheck, holds bool) {
		if t.purpose == check {
			ok = ok && holds
		} else if holds == (t.purpose == flagged) {
			c.dynamic = append(c.dynamic, t.flag())
		}
	}
	err := c.slowly(x, raw.depth).run(c.prog, raw.later.env, on, func(ev *evaluator) {
		ev.execOne(raw.later.s)
	})
	c.err = cmp.Or(c.err, err)
	return ok && err == nil
}

// raises reports whether a flag's test comes out so as to raise it.
func (c *Checker) raises(i int32) bool {
	return c.holds(i) == (c.prog.fast.checks[i].purpose == flagged)
}

// flag is the flag that a test raises.
func (t *rawCheck) flag() model.Flag {
	return model.Flag{Name: t.name, Undefined: t.purpose == undefinedUnless}
}

// Flags implements [model.Checker].
func (c *Checker) Flags() []model.Flag {
	p := c.prog.fast
	c.flags = c.flags[:0]
	for _, i := range p.flags {
		if c.raises(i) {
			c.raise(c.prog.checks[p.checks[i].raw].flag())
		}
	}
	if len(p.withs) > 0 || len(p.levels[0]) > 0 {
		for i, raised := range c.raised {
			if raised {
				c.raise(c.prog.checks[i].flag())
			}
		}
		for _, f := range c.dynamic {
			c.raise(f)
		}
	}
	return c.flags
}

// raise adds a flag unless it is there.
func (c *Checker) raise(f model.Flag) {
	for i := range c.flags {
		if c.flags[i].Name == f.Name {
			c.flags[i].Undefined = c.flags[i].Undefined || f.Undefined
			return
		}
	}
	c.flags = append(c.flags, f)
}
