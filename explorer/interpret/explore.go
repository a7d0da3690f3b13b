package interpret

import (
	"context"
	"errors"
	"unsafe"

	"github.com/weakmem/litmus/explorer/internal/search"
	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/model"
)

// execution is a complete execution, just run.
type execution struct {
	// final returns the last value in coherence order of a variable; false if no thread accessed it.
	final func(addr unsafe.Pointer) (sim.Word, bool)
	// races lists the pairs of events that race, as (thread, index of the event in it), threads counted from 1.
	races func() [][2][2]int32
	// flags are the remarks of a model written in cat.
	flags func() []model.Flag
}

// explore visits every complete execution of a body under a model. It reports
// whether ctx stopped it before the end. It is no failure here that a thread waits for ever: see thread.impossible.
func explore(ctx context.Context, name string, body func(sim.Thread), visit func(*execution)) (stopped bool, err error) {
	var failure *search.Failure
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r, err := search.Explore(ctx, search.Config{
		Model: name, KeepGoing: true,
		Complete: func(v *search.View) {
			visit(&execution{
				final: func(addr unsafe.Pointer) (sim.Word, bool) {
					bits, ok := v.Final(addr)
					return sim.Bits(bits), ok
				},
				races: func() [][2][2]int32 { return v.Races(nil) },
				flags: v.Flags,
			})
		},
		Failed: func(_ *search.View, f *search.Failure) {
			switch f.Kind {
			case search.Deadlock, search.Await, search.Leak:
			default:
				failure = f
				stop()
			}
		},
	}, body)
	switch {
	case err != nil:
		return false, err
	case failure != nil:
		return false, errors.New(failure.Message)
	case r.Stopped != "" && ctx.Err() == nil:
		return false, errors.New(r.Stopped)
	}
	return r.Stopped != "", nil
}
