package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/explorer/interpret"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model"
)

// The engines that decide tests.
const (
	axiomatic = "axiomatic" // candidate executions, held against any model
	explore   = "explore"   // the explorer, which has models of its own
)

// namedModel is a model as a user calls it.
type namedModel struct {
	name string
	model.Model
}

// searcher is an engine that is ready to decide tests, one after another.
type searcher func(ctx context.Context, t *litmus.Test, chosen []namedModel) ([]*enumerate.Result, error)

// bound is how often loops go round, as the engines' options say it.
func (s *settings) bound() int {
	if s.unroll == 0 {
		return -1 // their word for none at all
	}
	return s.unroll
}

func newSearcher(s settings) searcher {
	if s.engine == explore {
		return func(ctx context.Context, t *litmus.Test, chosen []namedModel) ([]*enumerate.Result, error) {
			var names []string
			for _, m := range chosen {
				names = append(names, m.name)
			}
			results, err := interpret.Run(ctx, t, names, interpret.Options{Unroll: s.bound()})
			for i := range results {
				results[i].Model = chosen[i].Name()
			}
			return results, err
		}
	}
	engine := enumerate.NewEngine(enumerate.Options{Unroll: s.bound()})
	return func(ctx context.Context, t *litmus.Test, chosen []namedModel) ([]*enumerate.Result, error) {
		var list []model.Model
		for _, m := range chosen {
			list = append(list, m.Model)
		}
		return engine.Run(ctx, t, list)
	}
}

func (s *settings) addEngine(c *cobra.Command) {
	c.Flags().StringVar(&s.engine, "engine", axiomatic, "axiomatic, or explore: C tests, under models without load buffering")
}

func (s *settings) checkEngine() error {
	if s.engine != axiomatic && s.engine != explore {
		return fmt.Errorf("--engine %s: expected axiomatic or explore", s.engine)
	}
	return nil
}

// judges reports whether the engine is one for a test and a model.
func (s *settings) judges(t *litmus.Test, model string) bool {
	return s.engine == axiomatic || interpret.Check(t, model) == nil
}
