package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// report is what came of one input: a test and its results, or an error.
type report struct {
	file    string
	test    *litmus.Test // nil if it could not be read
	results []*enumerate.Result
	err     error
	elapsed time.Duration // of the search, all models together
	unroll  int
	cut     bool // the search did not end: results are what was found by then, and err, if any, says why
}

// settings are what a run is asked for.
type settings struct {
	models  []string // empty: the default of each test's dialect
	engine  string   // axiomatic or explore
	unroll  int
	timeout time.Duration // 0: none
}

// runner runs inputs one after another. It belongs to one goroutine.
type runner struct {
	settings
	search searcher
	loaded map[string]model.Model
}

func newRunner(s settings) *runner {
	return &runner{s, newSearcher(s), map[string]model.Model{}}
}

// load returns the model that a user calls name.
func (r *runner) load(name string) (namedModel, error) {
	m, ok := r.loaded[name]
	if !ok {
		var err error
		if m, err = models.Load(name); err != nil {
			return namedModel{}, plain(err)
		}
		r.loaded[name] = m
	}
	return namedModel{name, m}, nil
}

// run reads one input and decides it under the models of the settings. It reports false if the end of ctx cut it short.
func (r *runner) run(ctx context.Context, in *input) (*report, bool) {
	rep := r.parse(in)
	if rep.err != nil {
		return rep, true
	}
	names := r.models
	if len(names) == 0 {
		names = []string{models.Default(rep.test.Dialect)}
	}
	chosen := make([]namedModel, len(names))
	for i, name := range names {
		if chosen[i], rep.err = r.load(name); rep.err != nil {
			return rep, true
		}
	}
	r.decide(ctx, rep, chosen)
	return rep, ctx.Err() == nil
}

// parse reads an input.
func (r *runner) parse(in *input) *report {
	rep := &report{file: in.file, unroll: r.unroll}
	text, err := in.read()
	if err != nil {
		rep.err = err
		return rep
	}
	rep.test, rep.err = litmus.Parse(in.file, text)
	return rep
}

// decide runs the report's test under some models.
func (r *runner) decide(ctx context.Context, rep *report, chosen []namedModel) {
	limited := ctx
	if r.timeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, r.timeout)
		defer cancel()
	}
	start := time.Now()
	rep.results, rep.err = r.ask(limited, rep.test, chosen)
	rep.elapsed = time.Since(start)
	if limited.Err() != nil && ctx.Err() == nil {
		rep.err = fmt.Errorf("no answer within %v", r.timeout)
	}
	rep.cut = slices.ContainsFunc(rep.results, func(res *enumerate.Result) bool { return res.Stopped && len(res.States) > 0 })
	if rep.err != nil && !strings.HasPrefix(rep.err.Error(), rep.file+":") {
		rep.err = fmt.Errorf("%s: %w", rep.file, rep.err)
	}
}

var errInternal = errors.New("internal error, a bug in litmus")

// ask asks the engine. A panic there is a mistake of ours, which must not
// cost its user the rest of a list.
func (r *runner) ask(ctx context.Context, t *litmus.Test, chosen []namedModel) (results []*enumerate.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.search = newSearcher(r.settings)
			results, err = nil, fmt.Errorf("%w: %v", errInternal, p)
		}
	}()
	return r.search(ctx, t, chosen)
}

// unsupported joins what the test does that is outside the models' reach; nil if nothing.
func (r *report) unsupported() error {
	var all []error
	seen := map[string]bool{}
	for _, res := range r.results {
		for _, err := range res.Unsupported {
			if text := err.Error(); !seen[text] {
				seen[text] = true
				all = append(all, err)
			}
		}
	}
	return errors.Join(all...)
}

// verdict is what a result says of the test's proposition.
func verdict(r *enumerate.Result) litmus.Verdict {
	if r.Undefined {
		return litmus.Undefined
	}
	switch r.Observation() {
	case "Never":
		return litmus.Forbidden
	case "Always":
		return litmus.Required
	}
	return litmus.Allowed
}

// holds reports whether the condition, with its quantifier, holds.
func holds(t *litmus.Test, r *enumerate.Result) bool {
	switch t.Condition.Quantifier {
	case litmus.Exists:
		return r.Positive > 0
	case litmus.NotExists:
		return r.Positive == 0
	}
	return r.Negative == 0
}
