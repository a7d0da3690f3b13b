package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/lower"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/model/models"
)

// subject is a test that can be run on this processor.
type subject struct {
	file    string       // as reports name it
	path    string       // as the command line does
	test    *litmus.Test // as it was read, which reports are about
	ran     *litmus.Test // what is run: test, or what a C test is lowered to
	text    []byte       // of ran
	lowered *lower.Lowered
	mapping *mapping.Table // of a lowered test; else nil
}

// newSubject reads a test, and lowers it if it is in C. Errors that match [stress.ErrUnsupported] tell that it cannot be run here.
func newSubject(in *input, table *mapping.Table) (*subject, error) {
	text, err := in.read()
	if err != nil {
		return nil, err
	}
	t, err := litmus.Parse(in.file, text)
	if err != nil {
		return nil, err
	}
	s := &subject{file: in.file, path: in.file, test: t, ran: t, text: text}
	if in.text != nil && in.file == "stdin" {
		s.path = "-"
	}
	if t.Dialect == "C" && table != nil {
		if s.lowered, err = lowered(&report{file: s.file, test: t}, table); err != nil {
			return nil, fmt.Errorf("%w: %w", err, stress.ErrUnsupported)
		}
		s.ran, s.text, s.mapping = s.lowered.Test, []byte(s.lowered.Text), table
	}
	if err := stress.Check(s.ran); err != nil {
		return nil, fmt.Errorf("%s: %w", s.file, err)
	}
	return s, nil
}

// called is what errors name the text that is run.
func (s *subject) called() string {
	if s.lowered == nil {
		return s.file
	}
	return s.file + " for " + s.mapping.String()
}

// state returns a state of what is run as one of the test.
func (s *subject) state(values []ir.Value) []ir.Value {
	if s.lowered == nil {
		return values
	}
	return s.lowered.State(values)
}

// processor is the model of this processor.
func (s *subject) processor() string { return models.Default(s.ran.Dialect) }

// source is the model that the mapping of a C test is held to.
func (s *subject) source() string {
	if s.mapping.Name == "go" {
		return "go"
	}
	return defaultSource(s.mapping.Target)
}

// question is a model to ask, of the test or of what it is lowered to.
type question struct {
	model   string
	lowered bool
	binds   bool
}

// questions are what to ask about the test: sequential consistency, the models that bind, and those of names.
func (s *subject) questions(names []string) []question {
	list := []question{{model: "sc"}}
	if s.lowered == nil {
		list = append(list, question{model: s.processor(), binds: true})
	} else {
		list = append(list, question{model: s.processor(), lowered: true, binds: true}, question{model: s.source(), binds: true})
		if s.source() == "c11" {
			list = append(list, question{model: "rc11"}) // which knows races that c11 has no execution to show of
		}
	}
	for _, name := range names {
		if slices.ContainsFunc(list, func(q question) bool { return q.model == name }) {
			continue
		}
		i := slices.IndexFunc(models.List, func(m models.Info) bool { return m.Name == name })
		list = append(list, question{model: name, lowered: i >= 0 && !models.List[i].Fits(s.test.Dialect)})
	}
	return list
}

// opinions asks the models. It reports false if the end of ctx cut it short.
func (r *runner) opinions(ctx context.Context, s *subject) ([]opinion, bool) {
	var list []opinion
	for _, q := range s.questions(r.models) {
		rep := &report{file: s.file, test: s.test, unroll: r.unroll}
		as := func(state []ir.Value) []ir.Value { return state }
		if q.lowered {
			rep, as = &report{file: s.called(), test: s.ran, unroll: r.unroll}, s.state
		}
		m, err := r.load(q.model)
		if err == nil {
			r.decide(ctx, rep, []namedModel{m})
		} else {
			rep.err = err
		}
		if ctx.Err() != nil {
			return nil, false
		}
		o := newOpinion(q.model, rep, as)
		o.binds = q.binds
		list = append(list, o)
	}
	if c11, rc11 := named(list, "c11"), named(list, "rc11"); rc11.undefined {
		c11.undefined = true
	}
	return list, true
}

// newOpinion reads a model's answer, its states as those of another test.
func newOpinion(name string, rep *report, as func([]ir.Value) []ir.Value) opinion {
	o := opinion{model: name}
	if rep.err != nil {
		o.open = strings.TrimPrefix(rep.err.Error(), rep.file+": ")
	}
	if err := rep.unsupported(); err != nil {
		o.open, _, _ = strings.Cut(err.Error(), "\n")
		return o
	}
	if len(rep.results) == 0 {
		return o
	}
	res := rep.results[0]
	o.undefined = res.Undefined
	for _, s := range res.States {
		o.states = append(o.states, as(s.Values))
	}
	slices.SortFunc(o.states, compareStates)
	o.states = slices.CompactFunc(o.states, func(a, b []ir.Value) bool { return compareStates(a, b) == 0 })
	if res.BoundHit && o.open == "" {
		o.open = fmt.Sprintf("decided for at most %d rounds of each loop", rep.unroll)
	}
	return o
}
