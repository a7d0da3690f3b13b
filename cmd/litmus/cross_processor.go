package main

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"slices"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/model/models"
)

// processorColumn runs tests on this processor: those in its dialect, and those in C lowered to it.
type processorColumn struct {
	run     runOne
	options stress.Options
}

func (processorColumn) name() string { return "processor" }
func (processorColumn) alone() bool  { return true }

func (processorColumn) model(t *litmus.Test, chosen string) string {
	if t.Dialect == "C" {
		return cmp.Or(chosen, defaultSource(runtime.GOARCH))
	}
	return cmp.Or(chosen, models.Default(t.Dialect))
}

func (p processorColumn) ask(ctx context.Context, q inquiry) claim {
	c := claim{column: p.name(), model: q.model, sample: true}
	t, text, file := q.test, q.text, q.file
	state := slices.Clone[[]ir.Value]
	if t.Dialect == "C" {
		table, err := mapping.Find(runtime.GOARCH, "")
		if err != nil {
			return c.silence("unsupported", err)
		}
		l, err := lowered(&report{file: file, test: t}, table)
		if err != nil {
			return c.silence("unsupported", err)
		}
		t, text, file, state = l.Test, []byte(l.Text), file+" for "+table.String(), l.State
	}
	if !slices.Contains(stress.Dialects(), t.Dialect) {
		return c.silence("not "+t.Dialect, stress.Check(t))
	}
	if err := cmp.Or(ctx.Err(), stress.Check(t)); err != nil {
		return c.fails(ctx, err)
	}
	if q.undefined {
		return c.silence("undefined", errors.New("the test races: it may show any state"))
	}
	result, err := p.run(ctx, t, file, text, p.options, nil)
	if err != nil {
		return c.fails(ctx, err)
	}
	if result.Instances == 0 {
		return c.silence("nothing counted", errors.New("no instance passed the test's filter"))
	}
	for _, s := range result.States {
		c.add(q.test, state(s.Values), s.Count)
	}
	c.instances = result.Instances
	return c
}

// fails is the claim of a run that came to nothing.
func (c claim) fails(ctx context.Context, err error) claim {
	switch {
	case ctx.Err() != nil:
		return c.silence("interrupted", err)
	case errors.Is(err, stress.ErrUnsupported):
		return c.silence("unsupported", err)
	}
	c.failed = true
	return c.silence("failed", err)
}
