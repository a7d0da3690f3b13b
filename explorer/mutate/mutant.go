package mutate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/explorer/sim"
)

// Mutant is a change. It is the interceptor that makes it, for [explorer.Intercept].
type Mutant struct {
	Name string // SITE=CHANGE
	Doc  string // what is changed, in words, and where

	c      *Code
	sites  []identity
	locks  string // of which function locks are left out
	change func(op *sim.Operation)
}

// Intercept implements sim.Interceptor.
func (m Mutant) Intercept(op *sim.Operation) {
	p := m.c.here()
	if p.foreign {
		return
	}
	if p.lock {
		if !p.outside && m.locks == p.function {
			op.Do = sim.Nothing
		}
		return
	}
	for i := range m.sites {
		s := &m.sites[i]
		if s.line == p.line && s.kind == op.Kind && s.order == op.Order && s.failed == op.Failed && s.file == p.file &&
			s.function == p.function && s.pkg == p.pkg {
			m.change(op)
			return
		}
	}
}

// weaker returns the orderings one step below o, for operations of a kind. That of a fence that is none is Relaxed.
func weaker(kind sim.OperationKind, o sim.Ordering) []sim.Ordering {
	var next []sim.Ordering
	for _, below := range levels(kind) {
		if below != o && atMost(below, o) && !slices.ContainsFunc(levels(kind), func(between sim.Ordering) bool {
			return between != below && between != o && atMost(below, between) && atMost(between, o)
		}) {
			next = append(next, below)
		}
	}
	return next
}

// levels are the orderings that operations of a kind can have. That of a fence that is none is Relaxed.
func levels(kind sim.OperationKind) []sim.Ordering {
	switch kind {
	case sim.LoadOperation:
		return []sim.Ordering{sim.Relaxed, sim.Acquire, sim.SeqCst}
	case sim.StoreOperation:
		return []sim.Ordering{sim.Relaxed, sim.Release, sim.SeqCst}
	case sim.UpdateOperation, sim.FenceOperation:
		return []sim.Ordering{sim.Relaxed, sim.Acquire, sim.Release, sim.AcqRel, sim.SeqCst}
	}
	return nil
}

// atMost reports whether a promises nothing that b does not.
func atMost(a, b sim.Ordering) bool {
	return a == b || a == sim.Relaxed || b == sim.SeqCst || b == sim.AcqRel && (a == sim.Acquire || a == sim.Release)
}

// enumerate makes the mutants.
func (c *Code) enumerate() []Mutant {
	var mutants []Mutant
	at := func(s *Site, change, doc string, edit func(op *sim.Operation)) {
		mutants = append(mutants, Mutant{
			Name: s.Name + "=" + change, Doc: fmt.Sprintf("%s:%d: %s", s.File, s.Line, doc),
			c: c, sites: []identity{s.identity}, change: edit,
		})
	}
	for _, s := range c.Sites() {
		what := s.Method
		if what == "" {
			what = "the operation"
		}
		if s.Variable != "" {
			what = s.Variable + "." + what
		}
		for _, o := range weaker(s.Kind, s.Order) {
			if s.Kind == sim.FenceOperation && o == sim.Relaxed {
				continue
			}
			at(s, o.String(), fmt.Sprintf("%s is %s instead of %s", what, o, s.Order), func(op *sim.Operation) { op.Order = o })
		}
		switch s.Kind {
		case sim.UpdateOperation:
			if !s.fails() {
				break
			}
			for _, o := range weaker(sim.LoadOperation, s.Failed) {
				at(s, "failed:"+o.String(), fmt.Sprintf("%s, where it fails, is %s instead of %s", what, o, s.Failed),
					func(op *sim.Operation) { op.Failed = o })
			}
		case sim.FenceOperation:
			at(s, "none", "there is no fence", func(op *sim.Operation) { op.Do = sim.Nothing })
		case sim.LoadOperation:
			if s.again {
				at(s, "stale", what+" takes what its goroutine last knew", func(op *sim.Operation) { op.Do = sim.Stale })
			}
		case sim.AwaitOperation:
			at(s, "nowait", "there is no wait", func(op *sim.Operation) { op.Do = sim.Nothing })
		case sim.FreeOperation:
			at(s, "early", "memory is freed before what the goroutine learnt last from another", func(op *sim.Operation) { op.Do = sim.Early })
		}
	}
	taken := map[string]int{}
	for _, sites := range c.variables() {
		if !slices.ContainsFunc(sites, func(s *Site) bool { return !s.outside }) {
			continue
		}
		name := ""
		for _, s := range sites {
			if s.Variable != "" && (name == "" || len(s.Variable) < len(name)) {
				name = s.Variable
			}
		}
		if name == "" {
			i := slices.IndexFunc(sites, func(s *Site) bool { return !s.outside })
			name = sites[i].Name
		}
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s#%d", name, taken[name])
		}
		m := Mutant{Name: name + "=plain", Doc: name + " is not atomic", c: c, change: func(op *sim.Operation) { op.Do = sim.AsPlain }}
		for _, s := range sites {
			m.sites = append(m.sites, s.identity)
		}
		mutants = append(mutants, m)
	}
	for _, f := range c.locks {
		mutants = append(mutants, Mutant{Name: f + "=unlocked", Doc: f + " takes no lock", c: c, locks: f})
	}
	return mutants
}

// fails reports whether operations of the site may find that they have nothing to write.
func (s *Site) fails() bool { return s.Method == "" || strings.HasPrefix(s.Method, "CompareAndSwap") }

// variables groups sites by the variables that they access.
func (c *Code) variables() [][]*Site {
	var groups [][]*Site
	index := map[*variable]int{}
	for _, s := range c.sites {
		switch s.Kind {
		case sim.LoadOperation, sim.StoreOperation, sim.UpdateOperation:
		default:
			continue
		}
		root := s.variable.root()
		i, ok := index[root]
		if !ok {
			i = len(groups)
			index[root] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}
