package stress

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// RunBroken runs a round of a test as Run does in mode Sync, always the same one, with offsets of locations, and machine code, that are changed first.
func RunBroken(
	t *litmus.Test, o Options, offsets func([]int32), code func(*plan.Code), started func(uintptr, *plan.Code),
) ([]State, error) {
	p, err := prepare(t)
	if err != nil {
		return nil, err
	}
	h := &harness{
		program: p, options: o, started: started, states: newStates(p), interval: firstInterval, left: o.Instances,
		used: map[int]bool{}, sizes: map[string]*int{}, until: time.Now().Add(math.MaxInt64),
	}
	if h.processors, err = native.Processors(); err != nil {
		return nil, err
	}
	if h.area, err = newArea(p, nil); err != nil {
		return nil, err
	}
	defer h.area.close()
	if procs := len(p.out) + 2; runtime.GOMAXPROCS(0) < procs {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	}
	d := h.draw(rand.New(rand.NewPCG(0, 0)))
	d.lasts = time.Hour
	offsets(d.layout.offsets)
	built, err := build(h.plan(d))
	if err != nil {
		return nil, err
	}
	code(built)
	if err := h.runCode(context.Background(), d, built); err != nil {
		return nil, err
	}
	return h.states.sorted(), nil
}
