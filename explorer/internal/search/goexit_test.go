package search

import (
	"context"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/sim"
)

// A body that ends its goroutine, as testing.T.FailNow does, ends that of the
// search too, and leaves nothing behind that a later search would fall over.
func TestBodyEndsItsGoroutine(t *testing.T) {
	for _, workers := range []int{1, 3} {
		ended := make(chan bool)
		go func() {
			returned := false
			defer func() { ended <- returned }()
			_, _ = Explore(context.Background(), Config{Model: "sc", Workers: workers}, func(m sim.Thread) {
				x, y := new(atom), new(atom)
				m.Go("", func() {
					x.store(1, rlx)
					if x.load(rlx) == 2 {
						runtime.Goexit()
					}
				})
				m.Go("", func() { x.store(2, rlx) })
				m.Go("", func() { sim.Current().Await(func() bool { return y.load(rlx) == 1 }) })
				m.Go("", func() { y.store(1, rlx) })
			})
			returned = true
		}()
		if returned := <-ended; workers == 1 {
			assert.False(t, returned)
		}
		assert.False(t, sim.Active())
		r, n := explore(t, "sc", func(m sim.Thread) {
			x := new(atom)
			par(m, func() { x.add(1, rlx) }, func() { x.add(1, rlx) }, func() { x.add(1, rlx) })
		})
		require.Nil(t, r.Failure)
		require.Equal(t, 6, n)
	}
}
