package stress

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/stress/native"
	"github.com/weakmem/litmus/litmus/stress/perpetual"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

const (
	defaultTime = time.Second
	roundTime   = 30 * time.Millisecond // of a long run; of a short one it is less, so that there are several
	leastRounds = 16
)

// firstInterval, in ticks, is soon adapted.
const firstInterval = 256

// Run runs the test in this process: a fault in the test's instructions, such as one that this processor does not have,
// ends the process, and a loop of the test's that does not end has no end here.
//
// It calls started(base, code) before machine code is called that lies from base on, and progress(result) after each round
// with what was counted so far; both may be nil. If ctx ends, what was counted by then is returned, marked Stopped.
// Errors match [ErrUnsupported] if the test cannot be run on this processor or this system.
func Run(ctx context.Context, t *litmus.Test, o Options, started func(base uintptr, code *plan.Code), progress func(*Result)) (*Result, error) {
	if err := Check(t); err != nil {
		return nil, err
	}
	p, err := prepare(t)
	if err != nil {
		return nil, err
	}
	h := &harness{program: p, options: o, started: started, states: newStates(p), interval: firstInterval, left: math.MaxInt64, used: map[int]bool{}, sizes: map[string]*int{}}
	if h.processors, err = native.Processors(); err != nil {
		return nil, err
	}
	endless, err := perpetual.Convert(t)
	if err == nil {
		_, err = build(p.endless(newLayout(p), endless)) // which takes more registers
	}
	if err != nil && o.Mode == Perpetual {
		return nil, fmt.Errorf("%w: in mode %s: %w", ErrUnsupported, Perpetual, err)
	} else if err != nil {
		endless = nil
	}
	if h.area, err = newArea(p, endless); err != nil {
		return nil, err
	}
	defer h.area.close()

	// Threads in machine code cannot be made to wait for one that Go has not started yet.
	if procs := len(p.out) + 2; runtime.GOMAXPROCS(0) < procs {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	}
	begun := time.Now()
	if o.Time == 0 && o.Instances == 0 {
		o.Time = defaultTime
	}
	h.until = begun.Add(math.MaxInt64)
	lasts := roundTime
	if o.Time > 0 {
		h.until = begun.Add(o.Time)
		lasts = min(roundTime, o.Time/leastRounds)
	}
	if o.Instances > 0 {
		h.left = o.Instances
	}
	// Perpetual threads never wait, so those that have no processor of their own would run one after the other.
	crowded := len(p.out) > len(h.processors)
	turns := []Mode{Sync}
	switch {
	case o.Mode == Perpetual:
		turns = []Mode{Perpetual}
	case o.Mode != Sync && endless != nil && !crowded:
		turns = []Mode{Perpetual, Sync}
	}
	var r Result
	source := rand.New(rand.NewPCG(o.Seed, 0))
	for h.left > 0 && ctx.Err() == nil && (r.Rounds == 0 || time.Now().Before(h.until)) {
		mode := turns[r.Rounds%len(turns)]
		if mode == Perpetual {
			d := h.drawPerpetual(source)
			d.lasts = lasts
			err = h.runPerpetual(ctx, d, endless)
		} else {
			d := h.draw(source)
			d.lasts = lasts
			err = h.run(ctx, d)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		r.Rounds++
		if !slices.Contains(r.Modes, mode) {
			r.Modes = append(r.Modes, mode)
		}
		h.result(&r, begun)
		if progress != nil {
			progress(&r)
		}
	}
	h.result(&r, begun)
	r.Stopped = ctx.Err() != nil
	return &r, nil
}

// result brings r up to date.
func (h *harness) result(r *Result, begun time.Time) {
	r.States = h.states.sorted()
	r.Instances = h.states.total
	r.Elapsed = time.Since(begun)
	r.Threads = len(h.program.out)
	r.Processors = len(h.used)
	if r.Processors == 0 {
		r.Processors = min(r.Threads, len(h.processors))
	}
	if lasted := h.lasted.Load(); lasted > 0 {
		r.Share = min(1, float64(h.had.Load())/float64(lasted))
	}
}
