package main

import (
	"cmp"
	"context"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model/models"
)

// axiomaticColumn enumerates candidate executions, of tests in any dialect.
type axiomaticColumn struct{ *runner }

func (axiomaticColumn) name() string { return axiomatic }
func (axiomaticColumn) alone() bool  { return false }

func (axiomaticColumn) model(t *litmus.Test, chosen string) string {
	return cmp.Or(chosen, models.Default(t.Dialect))
}

func (c axiomaticColumn) ask(ctx context.Context, q inquiry) claim {
	if q.model == "c11" {
		// c11 lets a plain read take only writes that happen before it, so that a race may leave no execution to show it.
		return c.claim(ctx, c.name(), q, q.model, "rc11")
	}
	return c.claim(ctx, c.name(), q, q.model)
}
