package explorer_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
)

func TestPublish(t *testing.T) {
	explorer.Test(t, func(x *explorer.T) {
		var data atomic.Cell[int]
		var ready atomic.Int32
		x.Go("writer", func() { data.Store(42); ready.Store(1, atomic.Release) })
		x.Go("reader", func() {
			if ready.Load(atomic.Acquire) == 1 {
				require.Equal(x, 42, data.Load())
			}
		})
	}, explorer.Model("sc", "tso", "pso", "ra", "rc11", "go"))
}
