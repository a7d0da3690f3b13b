package main

import (
	"bytes"
	"encoding/json"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
)

// jsonLines writes reports for programs: one JSON object a line, one per test
// and model.
type jsonLines struct{ seconds bool }

// result is the object of one test and model.
type result struct {
	File        string         `json:"file"`
	Name        string         `json:"name"`
	Dialect     string         `json:"dialect"`
	Model       string         `json:"model"`
	States      []string       `json:"states"` // herd's lines
	Counts      []int          `json:"counts"` // by state: the executions that end in it
	Observation string         `json:"observation"`
	Verdict     litmus.Verdict `json:"verdict"`
	Holds       bool           `json:"holds"` // the condition, with its quantifier
	Positive    int            `json:"positive"`
	Negative    int            `json:"negative"`
	Condition   string         `json:"condition"`
	Candidates  int64          `json:"candidates"`
	BoundHit    bool           `json:"bound_hit"`
	Undefined   bool           `json:"undefined"`
	Flags       []string       `json:"flags,omitempty"`
	Races       []string       `json:"races,omitempty"`
	Unsupported []string       `json:"unsupported,omitempty"`
	Seconds     float64        `json:"seconds,omitempty"` // of all the test's models together
}

// failure is the object of an input that could not be run.
type failure struct {
	File  string  `json:"file"`
	Name  string  `json:"name,omitempty"`
	Error string  `json:"error"`
	Found []found `json:"found,omitempty"` // of a test that was not finished
}

// found is what a model's search came upon before it was cut short.
type found struct {
	Model  string   `json:"model"`
	States []string `json:"states"`
	Counts []int    `json:"counts"`
}

// failure is the report's error as an object.
func (r *report) failure() failure {
	f := failure{File: r.file, Error: r.err.Error()}
	if r.test != nil {
		f.Name = r.test.Name
	}
	if r.cut {
		for _, res := range r.results {
			states, counts := stateLines(r.test, res)
			f.Found = append(f.Found, found{res.Model, states, counts})
		}
	}
	return f
}

func (f jsonLines) write(b *bytes.Buffer, r *report) error {
	out := json.NewEncoder(b)
	out.SetEscapeHTML(false)
	if r.err != nil {
		return out.Encode(r.failure())
	}
	t := r.test
	for _, res := range r.results {
		states, counts := stateLines(t, res)
		o := result{
			File: r.file, Name: t.Name, Dialect: t.Dialect, Model: res.Model,
			States: states, Counts: counts,
			Observation: res.Observation(), Verdict: verdict(res), Holds: holds(t, res),
			Positive: res.Positive, Negative: res.Negative, Condition: t.Condition.String(),
			Candidates: res.Candidates, BoundHit: res.BoundHit,
			Undefined: res.Undefined, Flags: flagNames(res),
		}
		for _, flag := range res.Flags {
			if flag.Undefined {
				o.Races = append(o.Races, flag.Pairs...)
			}
		}
		for _, err := range res.Unsupported {
			o.Unsupported = append(o.Unsupported, err.Error())
		}
		if f.seconds {
			o.Seconds = r.elapsed.Seconds()
		}
		if err := out.Encode(o); err != nil {
			return err
		}
	}
	return nil
}

// stateLines are a result's states in herd's lines, and how many executions end in each.
func stateLines(t *litmus.Test, r *enumerate.Result) (states []string, counts []int) {
	states, counts = []string{}, []int{}
	for _, s := range r.States {
		states = append(states, t.FormatState(s.Values))
		counts = append(counts, s.Count)
	}
	return states, counts
}

// flagNames lists a result's flags as herd names them: undefined behaviour,
// whatever the model calls it, is one flag of its own.
func flagNames(r *enumerate.Result) []string {
	var names []string
	if r.Undefined {
		names = append(names, "*undef*")
	}
	for _, f := range r.Flags {
		if !f.Undefined {
			names = append(names, f.Name)
		}
	}
	return names
}
