package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
)

// column is a way to find out what final states a test has. It belongs to one goroutine.
type column interface {
	name() string
	// model is the one that the column's states of a test are held to, by default or if the user has chosen one.
	model(t *litmus.Test, chosen string) string
	// alone reports whether nothing else may keep the machine busy meanwhile.
	alone() bool
	ask(ctx context.Context, q inquiry) claim
}

// inquiry is what a column is asked: the final states of a test under a model.
type inquiry struct {
	file  string
	text  []byte
	test  *litmus.Test
	model string
	// undefined says that a column to the left has found the test to race under the model.
	undefined bool
}

// claim is what a column says.
type claim struct {
	column, model string
	states        []claimed // sorted
	open          string    // why there may be more states; "": there are none
	sample        bool      // the states are those that showed themselves, as often as counted in so many instances
	instances     int64
	undefined     bool
	races         []string

	silent error  // why it says nothing
	word   string // that, in a word
	failed bool   // and that it should have said something
}

// claimed is a final state.
type claimed struct {
	values []ir.Value
	text   string
	count  int64
}

// why is the reason for silence, in one line that does not begin with the name of the test's file.
func (c *claim) why(file string) string {
	line, _, _ := strings.Cut(c.silent.Error(), "\n")
	return strings.TrimPrefix(line, file+": ")
}

// exact reports whether what is not among the states is no final state of the test.
func (c *claim) exact() bool { return c.silent == nil && c.open == "" && !c.sample }

func (c *claim) has(state string) bool {
	return slices.ContainsFunc(c.states, func(s claimed) bool { return s.text == state })
}

// add counts a state of t.
func (c *claim) add(t *litmus.Test, values []ir.Value, count int64) {
	text := t.FormatState(values)
	at, found := slices.BinarySearchFunc(c.states, values, func(s claimed, v []ir.Value) int {
		return slices.CompareFunc(s.values, v, ir.Value.Compare)
	})
	if !found {
		c.states = slices.Insert(c.states, at, claimed{values: values, text: text})
	}
	c.states[at].count += count
}

// silence is the claim of a column that has nothing to say.
func (c claim) silence(word string, why error) claim {
	c.word, c.silent = word, why
	return c
}

// claim asks the runner's engine for the states under the inquiry's model, and under all of names whether the test races.
func (r *runner) claim(ctx context.Context, column string, q inquiry, names ...string) claim {
	c := claim{column: column, model: q.model}
	var chosen []namedModel
	for _, name := range names {
		m, err := r.load(name)
		if err != nil {
			return c.silence("unsupported", err)
		}
		chosen = append(chosen, m)
	}
	rep := &report{file: q.file, test: q.test, unroll: r.unroll}
	r.decide(ctx, rep, chosen)
	if err := rep.unsupported(); err != nil {
		return c.silence("unsupported", err)
	}
	if len(rep.results) == 0 || rep.results[0].Stopped && len(rep.results[0].States) == 0 {
		c.failed = errors.Is(rep.err, errInternal)
		switch {
		case ctx.Err() != nil:
			return c.silence("interrupted", ctx.Err())
		case r.timeout > 0 && rep.elapsed >= r.timeout:
			return c.silence("timeout", rep.err)
		}
		return c.silence("unsupported", rep.err)
	}
	res := rep.results[0]
	for _, s := range res.States {
		c.add(q.test, s.Values, int64(s.Count))
	}
	switch {
	case ctx.Err() != nil:
		c.open = "interrupted"
	case res.Stopped:
		c.open = fmt.Sprintf("not finished within %v", r.timeout)
	case res.BoundHit:
		c.open = fmt.Sprintf("a loop was cut after %d rounds", r.unroll)
	}
	for _, res := range rep.results {
		c.undefined = c.undefined || res.Undefined
		for _, f := range res.Flags {
			if f.Undefined && len(c.races) == 0 {
				c.races = f.Pairs
			}
		}
	}
	return c
}

// explainState says, in lines, what a model has against a state of a test, or an execution that ends in it.
func (r *runner) explainState(ctx context.Context, t *litmus.Test, model, state string) string {
	m, err := r.load(model)
	if err != nil {
		return err.Error() + "\n"
	}
	if r.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.timeout)
		defer cancel()
	}
	engine := enumerate.NewEngine(enumerate.Options{Unroll: r.bound()})
	x, err := engine.Explain(ctx, t, m.Model, func(values []ir.Value) bool { return t.FormatState(values) == state })
	switch {
	case err != nil:
		return "not explained: " + err.Error() + "\n"
	case x == nil:
		return "no candidate execution ends in this state\n"
	}
	return x.String()
}
