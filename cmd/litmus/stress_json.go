package main

import (
	"encoding/json"
	"errors"
	"io"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
)

// stressLines writes runs for programs: one JSON object a line, the first about the machine, the others one a test.
type stressLines struct{ host host.Host }

// stressHead is the first line.
type stressHead struct {
	Host    host.Host `json:"host"`
	Version string    `json:"version"` // of litmus
	Seed    uint64    `json:"seed"`
}

// stressLine is the object of a test.
type stressLine struct {
	File        string        `json:"file"`
	Name        string        `json:"name"`
	Dialect     string        `json:"dialect"`
	Mapping     string        `json:"mapping,omitempty"` // of a C test: how it was lowered
	Condition   string        `json:"condition"`
	Options     stressBudget  `json:"options"`
	Modes       []stress.Mode `json:"modes"` // those that were used
	Instances   int64         `json:"instances"`
	Seconds     float64       `json:"seconds"`
	PerSecond   float64       `json:"per_second"`
	Rounds      int           `json:"rounds"`
	Threads     int           `json:"threads"`
	Processors  int           `json:"processors"` // on which the threads ran
	Share       float64       `json:"share,omitempty"`
	Conditions  []string      `json:"conditions,omitempty"` // what to know of how the test ran
	States      []stressState `json:"states"`
	Positive    int64         `json:"positive"` // instances in which the proposition holds
	Negative    int64         `json:"negative"`
	Observation string        `json:"observation"`
	Models      []stressModel `json:"models"`
	Sound       *bool         `json:"sound"` // null: not judged
	Doubts      []string      `json:"doubts,omitempty"`
	Violations  []stressFault `json:"violations,omitempty"`
	Relaxed     stressRelaxed `json:"relaxed"`
	Failure     string        `json:"failure,omitempty"` // what ended the run before its budget
	Interrupted bool          `json:"interrupted,omitempty"`
	Emulated    string        `json:"emulated,omitempty"` // by what
	Again       string        `json:"again"`
}

// stressBudget is what was asked for.
type stressBudget struct {
	Seconds    float64     `json:"seconds,omitempty"`
	Iterations int64       `json:"iterations,omitempty"`
	Mode       stress.Mode `json:"mode"`
	Affinity   string      `json:"affinity"`
	Seed       uint64      `json:"seed"`
}

// stressState is an outcome that was seen.
type stressState struct {
	State   string           `json:"state"` // herd's line
	Count   int64            `json:"count"`
	Holds   bool             `json:"holds"`   // the condition's proposition
	Allowed map[string]*bool `json:"allowed"` // by model; null: not known
}

// stressModel is a model that was asked.
type stressModel struct {
	Name      string `json:"name"`
	Binds     bool   `json:"binds"`               // the processor must keep to it
	Undefined bool   `json:"undefined,omitempty"` // the test races: anything is allowed
	Open      string `json:"open,omitempty"`      // why it may allow more than what is known
}

// stressFault is an outcome that a model which binds forbids.
type stressFault struct {
	State  string `json:"state"`
	Model  string `json:"model"`
	Reason string `json:"reason,omitempty"`
}

// stressRelaxed is what the processor's model allows and sequential consistency does not.
type stressRelaxed struct {
	Seen  []string `json:"seen"`
	Never []string `json:"never"`
	Open  string   `json:"open,omitempty"` // why there may be more
}

// stressRefusal is the object of a test that was not run.
type stressRefusal struct {
	File        string `json:"file"`
	Error       string `json:"error"`
	Unsupported bool   `json:"unsupported"` // it cannot be run here; else it should have
}

func (f *stressLines) begin(w io.Writer, h host.Host, o stress.Options) error {
	f.host = h
	return encode(w, stressHead{h, version(), o.Seed})
}

func (f *stressLines) refused(w io.Writer, file string, err error) error {
	return encode(w, stressRefusal{file, err.Error(), errors.Is(err, stress.ErrUnsupported)})
}

func (f *stressLines) end(io.Writer, *tally, int) error { return nil }

func (f *stressLines) test(w io.Writer, r *stressed) error {
	t, res, j := r.test, &r.result, &r.ruling
	o := stressLine{
		File: r.file, Name: t.Name, Dialect: t.Dialect, Condition: t.Condition.String(),
		Options: stressBudget{r.options.Time.Seconds(), r.options.Instances, r.options.Mode, affinityText(r.options.Affinity), r.options.Seed},
		Modes:   res.Modes, Instances: res.Instances, Seconds: res.Elapsed.Seconds(), PerSecond: rate(res), Rounds: res.Rounds,
		Threads: res.Threads, Processors: res.Processors, Share: res.Share, Conditions: r.conditions(f.host),
		States: []stressState{}, Positive: res.Positive(), Negative: res.Instances - res.Positive(), Observation: res.Observation(),
		Doubts: j.doubts, Interrupted: res.Stopped, Emulated: f.host.Emulated, Again: again(r.subject, r.options),
		Relaxed: stressRelaxed{lines(r, j.relaxed.seen), lines(r, j.relaxed.never), j.relaxed.open},
	}
	if r.failure != nil {
		o.Failure = r.failure.Error()
	}
	if r.mapping != nil {
		o.Mapping = r.mapping.String()
	}
	for _, x := range j.outcomes {
		state := stressState{t.FormatState(x.Values), x.Count, x.Holds, map[string]*bool{}}
		for i, a := range x.answers {
			state.Allowed[j.opinions[i].model] = a.known()
		}
		o.States = append(o.States, state)
	}
	for _, m := range j.opinions {
		o.Models = append(o.Models, stressModel{m.model, m.binds, m.undefined, m.open})
	}
	for i, v := range j.violations {
		fault := stressFault{State: t.FormatState(v.state), Model: v.model}
		if i < len(r.reasons) {
			fault.Reason = r.reasons[i]
		}
		o.Violations = append(o.Violations, fault)
	}
	if s := j.soundness(); s != notJudged {
		o.Sound = new(s == sound)
	}
	return encode(w, o)
}

// known is the answer as JSON has it: null if there is none.
func (a answer) known() *bool {
	if a == unknown {
		return nil
	}
	return new(a == allows)
}

// lines are states in herd's lines.
func lines(r *stressed, states [][]ir.Value) []string {
	list := []string{}
	for _, state := range states {
		list = append(list, r.test.FormatState(state))
	}
	return list
}

func encode(w io.Writer, object any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return out.Encode(object)
}
