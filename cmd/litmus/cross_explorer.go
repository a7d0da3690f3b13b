package main

import (
	"cmp"
	"context"
	"fmt"

	"github.com/weakmem/litmus/explorer/interpret"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model/models"
)

// explorerColumn runs C tests step by step.
type explorerColumn struct{ *runner }

func (explorerColumn) name() string { return "explorer" }
func (explorerColumn) alone() bool  { return false }

func (explorerColumn) model(t *litmus.Test, chosen string) string {
	return cmp.Or(chosen, models.Default(t.Dialect))
}

func (c explorerColumn) ask(ctx context.Context, q inquiry) claim {
	if err := interpret.Check(q.test, q.model); err != nil {
		none := claim{column: c.name(), model: q.model}
		if q.test.Dialect != "C" {
			return none.silence("not "+q.test.Dialect, err)
		}
		return none.silence(fmt.Sprintf("not %s", q.model), err)
	}
	return c.claim(ctx, c.name(), q, q.model)
}
