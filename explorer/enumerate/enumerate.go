// Package enumerate decides a litmus test by enumerating its candidate
// executions and holding each against an axiomatic model.
//
// # The search
//
// First each thread is run by itself, a read taking every value that some
// write to its location may supply. Which values those are is a least fixpoint
// over data flow: a value is there if it is initial, or constant, or computed
// from such values, on any path of a thread, whatever its branches wait for.
// To find those paths, reads are also tried as unknown, and branches on what is
// unknown go both ways. So load buffering through control is complete, while a
// value that only copies itself in a circle, out of thin air, is not
// considered. An execution has each of its writes once, so that values do not grow for ever (x=y+1
// against y=x+1): what is computed through a write twice serves no execution.
//
// Local runs that have the same events, at the same locations, with the same
// dependencies, form a shape. For each combination of shapes, one a thread,
// the events and all relations but coherence and reads-from are fixed: the
// skeleton. Then a coherence order is chosen, location by location; then,
// thread by thread, the write that each read reads from, a choice that narrows
// the runs which the thread may still be on. The model is asked after each
// step whether what is known so far can still be extended, so that a bad
// choice cuts the whole subtree below it. Every candidate is reached exactly
// once: by its shapes, its coherence order and its reads-from, in that order.
//
// Coherence comes before reads-from because from-reads is then exact for each
// read as soon as it is assigned, and most axioms are monotone in reads-from:
// what a partial assignment breaks, every extension breaks.
//
// # Cost
//
// A thread with k reads of v possible values has up to v^k local runs; with w
// writes to a location, its coherence orders number w!, fewer where the
// model's axioms prune; candidates multiply over threads and locations.
// Memory holds the local runs and the states found, never the candidates.
package enumerate

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model"
)

// Options bound a search. The zero value means the defaults.
type Options struct {
	Unroll  int // how often a backward branch is taken: 2 by default, negative for never
	MaxRuns int // the local runs of one thread: a million by default
}

// Engine runs tests one after another, reusing what does not change between
// them. It belongs to one goroutine.
type Engine struct {
	options  Options
	checkers map[checkerKey]checkerOrError
	search   search
}

type checkerKey struct {
	model model.Model
	arch  string
}

type checkerOrError struct {
	checker model.Checker
	err     error
}

// NewEngine returns an engine with these bounds.
func NewEngine(o Options) *Engine {
	switch {
	case o.Unroll == 0:
		o.Unroll = 2
	case o.Unroll < 0:
		o.Unroll = 0
	}
	if o.MaxRuns == 0 {
		o.MaxRuns = 1 << 20
	}
	return &Engine{options: o, checkers: map[checkerKey]checkerOrError{}}
}

// Run decides t under each of the models, with a new engine.
func Run(ctx context.Context, t *litmus.Test, models []model.Model, o Options) ([]*Result, error) {
	return NewEngine(o).Run(ctx, t, models)
}

// Run decides t under each of the models. The error says why the test, or a
// model for its dialect, cannot be run at all. If ctx ends the results are
// those found by then, marked Stopped; if it ends before there are any, the error is the context's.
func (e *Engine) Run(ctx context.Context, t *litmus.Test, models []model.Model) ([]*Result, error) {
	var ready [2]*prepared // without, and with, what happens inside instructions
	var results []*Result
	for _, m := range models {
		checker, err := e.checker(m, t.Program)
		if err != nil {
			return nil, err
		}
		i := 0
		if needsInside(checker) {
			i = 1
		}
		if ready[i] == nil {
			if ready[i], err = e.prepare(ctx, t, i == 1); err != nil {
				return nil, err
			}
		}
		p := ready[i]
		c := newCollector(t, p.cells, p.regSlot)
		s := &e.search
		s.ctx, s.test, s.cells, s.checker, s.result, s.stopped = ctx, t, p.cells, checker, c, ctx.Err() != nil
		s.x.Vocabulary, s.x.Inside = vocabulary(t.Program), nil
		if i == 1 {
			s.x.Inside = &model.Inside{}
		}
		s.x.Describe = s.describe
		p.each(func(shapes []*shape) bool {
			s.run(shapes)
			return !s.stopped
		})
		if err := checker.Err(); err != nil {
			return nil, fmt.Errorf("model %s cannot judge the test: %w", m.Name(), err)
		}
		r := &Result{Model: m.Name(), BoundHit: p.boundHit, Stopped: s.stopped, Unsupported: slices.Clone(p.cells.unsupported)}
		c.fill(r)
		results = append(results, r)
	}
	return results, nil
}

func (e *Engine) checker(m model.Model, p *ir.Program) (model.Checker, error) {
	key := checkerKey{m, p.Arch}
	c, ok := e.checkers[key]
	if !ok {
		c.checker, c.err = m.NewChecker(vocabulary(p))
		if c.err != nil {
			c.err = fmt.Errorf("model %s does not fit %s tests: %w", m.Name(), p.Arch, c.err)
		}
		e.checkers[key] = c
	}
	return c.checker, c.err
}

func vocabulary(p *ir.Program) *model.Vocabulary {
	return &model.Vocabulary{Arch: p.Arch, Tags: p.Tags, Registers: true}
}

func needsInside(c model.Checker) bool {
	n, ok := c.(model.NeedsInside)
	return ok && n.NeedsInside()
}

// prepared is a test with its local runs.
type prepared struct {
	cells    *cells
	shapes   [][]*shape // by thread
	regSlot  [][]int    // by thread: slots of observed registers
	boundHit bool
}

// each calls f with every combination of shapes, until f says no.
func (p *prepared) each(f func([]*shape) bool) {
	combination := make([]*shape, len(p.shapes))
	var choose func(t int) bool
	choose = func(t int) bool {
		if t == len(p.shapes) {
			return f(combination)
		}
		for _, s := range p.shapes[t] {
			combination[t] = s
			if !choose(t + 1) {
				return false
			}
		}
		return true
	}
	choose(0)
}

// prepare computes the values that reads may return, and with them the local
// runs of every thread; inside says whether they tell what happens inside instructions.
func (e *Engine) prepare(ctx context.Context, t *litmus.Test, inside bool) (*prepared, error) {
	prog := t.Program
	p := &prepared{
		cells:   newCells(prog),
		shapes:  make([][]*shape, len(prog.Threads)),
		regSlot: make([][]int, len(prog.Threads)),
	}
	machines := make([]*machine, len(prog.Threads))
	supplies := make(supplies, len(p.cells.list))
	for i := range p.cells.list {
		supplies[i].add(p.cells.list[i].Init, []origin{{}})
	}
	sites := 0
	for i := range prog.Threads {
		m := &machine{
			ctx: ctx, code: &prog.Threads[i], cells: p.cells, supplies: &supplies, gathering: true, inside: inside, arch: prog.Arch,
			unroll: e.options.Unroll, limit: e.options.MaxRuns,
		}
		sites = m.numberWrites(sites)
		machines[i] = m
	}
	for i := range t.Observed {
		o := &t.Observed[i]
		if o.Thread >= 0 {
			machines[o.Thread].observed = append(machines[o.Thread].observed, o.Reg)
			p.regSlot[o.Thread] = append(p.regSlot[o.Thread], o.Slot)
		}
	}
	longest := 0
	for _, m := range machines {
		m.longest = math.MaxInt
		if err := m.probe(); err != nil {
			return nil, err
		}
		m.keep = len(m.unsure) == 0 && !m.anywhere
		longest += m.writes
	}
	for grown := true; grown; {
		grown = false
		for _, m := range machines {
			if m.longest = longest; m.stale() {
				grown = true
				if err := m.enumerate(); err != nil {
					return nil, err
				}
			}
		}
	}
	for i, m := range machines {
		if m.gathering = false; !m.keep {
			m.keep = true
			if err := m.enumerate(); err != nil {
				return nil, err
			}
		}
		m.shapes.close()
		p.shapes[i] = m.shapes.list
		p.boundHit = p.boundHit || m.boundHit
	}
	return p, nil
}
