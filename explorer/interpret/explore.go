package interpret

import (
	"context"
	"unsafe"

	"github.com/weakmem/litmus/explorer/internal/search"
	"github.com/weakmem/litmus/explorer/sim"
)

// engine visits every complete execution of a body under a model. It reports whether it was stopped before the end.
type engine func(ctx context.Context, model string, body func(sim.Thread), visit func(*execution)) (stopped bool, err error)

// execution is a complete execution, just run.
type execution struct {
	// final returns the last value in coherence order of a variable; false if no thread accessed it.
	final func(addr unsafe.Pointer) (sim.Word, bool)
	// races lists the pairs of events that race, as (thread, index of the event in it), threads counted from 1.
	races func() [][2][2]int32
}

// explore is the explorer's engine. A thread that waits for ever is no failure here, but one that has come
// to the bound of a loop, or a compare-exchange that does not find what it was chosen to find.
func explore(ctx context.Context, model string, body func(sim.Thread), visit func(*execution)) (stopped bool, err error) {
	r, err := search.Explore(ctx, search.Config{
		Model: model, KeepGoing: true,
		Complete: func(v *search.View) {
			visit(&execution{
				final: func(addr unsafe.Pointer) (sim.Word, bool) {
					bits, ok := v.Final(addr)
					return sim.Bits(bits), ok
				},
				races: func() [][2][2]int32 { return v.Races(nil) },
			})
		},
	}, body)
	return r.Stopped != "", err
}
