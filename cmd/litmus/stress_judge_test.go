package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
)

func one(n int64) []ir.Value { return []ir.Value{ir.Int(n)} }

func seenOnce(values ...int64) []stress.State {
	var list []stress.State
	for _, n := range values {
		list = append(list, stress.State{Values: one(n), Count: 1})
	}
	return list
}

func allowing(model string, binds bool, values ...int64) opinion {
	o := opinion{model: model, binds: binds}
	for _, n := range values {
		o.states = append(o.states, one(n))
	}
	return o
}

func TestJudge(t *testing.T) {
	open := func(o opinion) opinion { o.open = "a loop"; return o }
	racing := func(o opinion) opinion { o.undefined = true; return o }
	sc, tso := allowing("sc", false, 0, 1), allowing("tso", true, 0, 1, 2)
	for name, c := range map[string]struct {
		seen     []stress.State
		opinions []opinion
		want     soundness
		doubts   []string
		by       string
	}{
		"all is allowed":                   {seenOnce(0, 1, 2), []opinion{sc, tso}, sound, nil, ""},
		"nothing was seen":                 {nil, []opinion{sc, tso}, notJudged, []string{"nothing was counted"}, ""},
		"one is forbidden":                 {seenOnce(0, 3), []opinion{sc, tso}, unsound, nil, "tso"},
		"a model that does not bind":       {seenOnce(2), []opinion{sc, tso}, sound, nil, ""},
		"what is known is enough":          {seenOnce(0, 2), []opinion{sc, open(tso)}, sound, nil, ""},
		"there may be more":                {seenOnce(0, 3), []opinion{sc, open(tso)}, notJudged, []string{"tso: a loop"}, ""},
		"the other model forbids":          {seenOnce(2), []opinion{sc, tso, allowing("rc11", true, 0, 1)}, unsound, nil, "rc11"},
		"the other does not judge":         {seenOnce(2), []opinion{sc, tso, open(allowing("rc11", true, 0))}, notJudged, []string{"rc11: a loop"}, ""},
		"a race":                           {seenOnce(2), []opinion{sc, tso, racing(allowing("rc11", true))}, sound, nil, ""},
		"forbidden by one, unknown to one": {seenOnce(3), []opinion{sc, tso, open(allowing("rc11", true))}, unsound, []string{"rc11: a loop"}, "tso"},
	} {
		t.Run(name, func(t *testing.T) {
			r := judge(c.seen, c.opinions, "tso")
			assert.Equal(t, c.want, r.soundness())
			assert.Equal(t, c.doubts, r.doubts)
			if c.by == "" {
				assert.Empty(t, r.violations)
				return
			}
			assert.Equal(t, []violation{{c.seen[len(c.seen)-1].Values, c.by}}, r.violations)
		})
	}
}

func TestRelaxation(t *testing.T) {
	sc, tso := allowing("sc", false, 0, 1), allowing("tso", true, 0, 1, 2, 3)
	r := judge(seenOnce(0, 3, 4), []opinion{sc, tso}, "tso").relaxed
	assert.Equal(t, relaxation{"tso", [][]ir.Value{one(3)}, [][]ir.Value{one(2)}, ""}, r)

	sc.open = "no answer within 1s"
	r = judge(seenOnce(3), []opinion{sc, tso}, "tso").relaxed
	assert.Equal(t, relaxation{model: "tso", open: "no answer within 1s"}, r, "what sc may allow is not called relaxed")
}
