package main

import (
	"slices"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
)

// opinion is what a model says of a test: the final states that it allows.
type opinion struct {
	model     string
	binds     bool         // this processor must keep to it
	states    [][]ir.Value // sorted, as values of the test that the report is about
	undefined bool         // the test races, so that any state is allowed
	open      string       // why there may be more states than these; "" if there are none
}

// answer is what a model says of one state.
type answer uint8

const (
	unknown answer = iota // none of those that it is known to allow, but there may be more
	forbids
	allows
)

func (o *opinion) of(state []ir.Value) answer {
	_, found := slices.BinarySearchFunc(o.states, state, compareStates)
	switch {
	case found || o.undefined:
		return allows
	case o.open != "":
		return unknown
	}
	return forbids
}

func compareStates(a, b []ir.Value) int { return slices.CompareFunc(a, b, ir.Value.Compare) }

// ruling is what was seen, held against the models.
type ruling struct {
	opinions   []opinion
	outcomes   []outcome // those seen
	violations []violation
	doubts     []string // why outcomes that were seen could not be judged
	relaxed    relaxation
}

// outcome is a final state that was seen, and what each model says of it.
type outcome struct {
	stress.State
	answers []answer // by opinion
}

// violation is an outcome that was seen, and a model that binds and forbids it.
type violation struct {
	state []ir.Value
	model string
}

// relaxation is how weak the processor showed itself: the outcomes that its model allows, and sequential consistency does not.
type relaxation struct {
	model       string
	seen, never [][]ir.Value
	open        string // why there may be more of them
}

// soundness is the verdict on a run.
type soundness string

const (
	sound     soundness = "sound"      // every outcome seen is allowed by every model that binds
	unsound   soundness = "unsound"    // one is forbidden
	notJudged soundness = "not judged" // none is known to be forbidden, but not all are known to be allowed
)

func (j *ruling) soundness() soundness {
	switch {
	case len(j.violations) > 0:
		return unsound
	case len(j.doubts) > 0:
		return notJudged
	}
	return sound
}

// judge holds the states that were seen against the models' opinions. The processor's own model is that named processor.
func judge(seen []stress.State, opinions []opinion, processor string) ruling {
	j := ruling{opinions: opinions}
	if len(seen) == 0 {
		j.doubt("nothing was counted")
	}
	for _, s := range seen {
		x := outcome{State: s}
		for _, o := range opinions {
			a := o.of(s.Values)
			x.answers = append(x.answers, a)
			switch {
			case !o.binds:
			case a == forbids:
				j.violations = append(j.violations, violation{s.Values, o.model})
			case a == unknown:
				j.doubt(o.model + ": " + o.open)
			}
		}
		j.outcomes = append(j.outcomes, x)
	}
	j.relaxed = relax(seen, named(opinions, "sc"), named(opinions, processor))
	return j
}

func (j *ruling) doubt(why string) {
	if !slices.Contains(j.doubts, why) {
		j.doubts = append(j.doubts, why)
	}
}

// named is the opinion of a model, or that of one that allows nothing that is known.
func named(opinions []opinion, model string) *opinion {
	i := slices.IndexFunc(opinions, func(o opinion) bool { return o.model == model })
	if i < 0 {
		return &opinion{model: model, open: "not asked"}
	}
	return &opinions[i]
}

func relax(seen []stress.State, sc, processor *opinion) relaxation {
	r := relaxation{model: processor.model, open: processor.open}
	if r.open == "" {
		r.open = sc.open
	}
	for _, state := range processor.states {
		switch {
		case sc.of(state) != forbids:
		case slices.ContainsFunc(seen, func(s stress.State) bool { return compareStates(s.Values, state) == 0 }):
			r.seen = append(r.seen, state)
		default:
			r.never = append(r.never, state)
		}
	}
	return r
}
