package explorer_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
)

// A model's file is as good as its name.
func TestModelInAFile(t *testing.T) {
	publish := func(order atomic.Ordering) func(x *explorer.T) {
		return func(x *explorer.T) {
			var data, ready atomic.Int32
			x.Go("writer", func() { data.Store(42, atomic.Relaxed); ready.Store(1, order) })
			x.Go("reader", func() {
				if ready.Load(atomic.Acquire) == 1 {
					require.EqualValues(x, 42, data.Load(atomic.Relaxed))
				}
			})
		}
	}
	for _, name := range []string{"rc11", "../model/models/rc11.cat"} {
		r, err := explorer.Run(context.Background(), publish(atomic.Release), explorer.Model(name))
		require.NoError(t, err)
		require.True(t, r.Verified, "%v", r)
		require.EqualValues(t, 2, r.Executions)
		r, err = explorer.Run(context.Background(), publish(atomic.Relaxed), explorer.Model(name))
		require.NoError(t, err)
		require.NotNil(t, r.Failure)
	}
	_, err := explorer.Run(context.Background(), publish(atomic.Release), explorer.Model("c11"))
	require.ErrorContains(t, err, "load buffering")
}
