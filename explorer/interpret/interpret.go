// Package interpret runs litmus tests by the explorer: each thread of a test
// becomes a simulated thread, which an interpreter walks through the thread's
// micro-operations with concrete values, calling the simulated memory at each
// access. What comes out is what package enumerate finds for the same test and model, told
// in the same [enumerate.Result]: the same final states, each reached by as many
// executions, by a search that has nothing in common with it.
//
// Accesses without an atomic order are events of their own here, so that a
// racing test has all its executions, beside the race.
//
// # Loops
//
// A backward branch is taken as often as the bound says; an execution in which
// a thread would go on is not one of the results, which then say BoundHit. Unlike
// in package enumerate, the bound is hit only if some consistent execution hits it.
//
// # What is refused
//
// Dialects other than C; memory_order_consume under a model in a .cat file (it is relaxed under the others); accesses of more than one size
// to a location; and two accesses that one statement leaves unsequenced, such as *x + *y, since a
// simulated thread makes one access after another. Under rc11 reads of that kind are run,
// all but at most one being free of synchronisation, and that one last: to come after a read that
// does not synchronise, of another location, adds nothing to happens-before between threads.
package interpret

import (
	"context"
	"fmt"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/explorer/internal/search"
	"github.com/weakmem/litmus/litmus"
)

// Check reports an error unless t is a test, and the model of that name one, for the explorer.
func Check(t *litmus.Test, model string) error {
	if t.Dialect != "C" {
		return fmt.Errorf("the explorer runs C tests, not those in %s", t.Dialect)
	}
	return search.Check(model)
}

// Options bound a search. The zero value means the defaults.
type Options struct {
	Unroll int // how often a backward branch is taken: 2 by default, negative for never
}

// Run explores t under each of the models: built-in ones by name, which package models has, or others by
// the path of their .cat file. The error says why the test, or a model, is not one for the explorer. If
// ctx ends the results are those found by then, marked Stopped.
func Run(ctx context.Context, t *litmus.Test, models []string, o Options) ([]*enumerate.Result, error) {
	switch {
	case o.Unroll == 0:
		o.Unroll = 2
	case o.Unroll < 0:
		o.Unroll = 0
	}
	var results []*enumerate.Result
	for _, name := range models {
		if err := Check(t, name); err != nil {
			return nil, err
		}
		p, err := compile(t, name, o.Unroll)
		if err != nil {
			return nil, err
		}
		out := newOutcome(p, name)
		stopped, err := explore(ctx, name, p.start, out.add)
		if err != nil {
			return nil, err
		}
		results = append(results, out.finish(stopped))
	}
	return results, nil
}
