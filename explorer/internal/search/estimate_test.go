package search

import (
	"context"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/sim"
)

// The mean of many descents is the number of runs: the estimator has no bias.
func TestEstimate(t *testing.T) {
	for name, p := range map[string]struct {
		body func(sim.Thread)
		want float64
	}{
		"store buffering": {func(m sim.Thread) {
			x, y := new(atom), new(atom)
			par(m, func() { x.store(1, rlx); y.load(rlx) }, func() { y.store(1, rlx); x.load(rlx) })
		}, 4},
		"4 fetch-adds": {func(m sim.Thread) {
			x := new(atom)
			f := func() { x.add(1, rlx) }
			par(m, f, f, f, f)
		}, 24},
		"2 writers, 4 readers": {func(m sim.Thread) {
			x := new(atom)
			r := func() { x.load(rlx) }
			par(m, func() { x.store(1, rlx) }, func() { x.store(2, rlx) }, r, r, r, r)
		}, 162},
		// Awaits that follow a pointer are explored load by load: one run leads nowhere.
		"await through a pointer": {func(m sim.Thread) {
			x, y := new(atom), new(atom)
			m.Go("", func() {
				sim.Current().Await(func() bool {
					p := sim.Current().Load(x.v(), acq).Ptr
					return p != nil && (*atom)(p).load(rlx) == 0
				})
			})
			m.Go("", func() { sim.Current().Store(x.v(), sim.Pointer(unsafe.Pointer(y)), rel) })
		}, 2},
		"choices": {func(m sim.Thread) { m.Choose(3); m.Choose(5) }, 15},
	} {
		t.Run(name, func(t *testing.T) {
			mean, err, failure := Estimate(context.Background(), Config{Model: "rc11"}, 4000, p.body)
			require.NoError(t, failure)
			require.InDelta(t, p.want, mean, max(6*err, 1e-9), "standard error %g", err)
		})
	}
}

// Of many updates of one variable most could read what is taken already; the estimate is of the rest.
func TestEstimateOfContention(t *testing.T) {
	x := new(atom)
	f := func() { x.add(1, rlx) }
	mean, _, err := Estimate(context.Background(), Config{Model: "rc11"}, 1000, func(m sim.Thread) { par(m, f, f, f, f, f, f, f, f) })
	require.NoError(t, err)
	require.InEpsilon(t, 40320, mean, 0.9)
}
