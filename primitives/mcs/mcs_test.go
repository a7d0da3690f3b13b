package mcs_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/mcs"
)

func TestMisuse(t *testing.T) {
	var l, other mcs.Lock
	var n, m mcs.Node
	require.PanicsWithValue(t, "mcs: Unlock with a Node that does not hold this Lock", func() { l.Unlock(&n) })
	l.Lock(&n)
	require.PanicsWithValue(t, "mcs: Lock with a Node that is in use", func() { l.Lock(&n) })
	require.PanicsWithValue(t, "mcs: Lock with a Node that is in use", func() { other.TryLock(&n) })
	require.PanicsWithValue(t, "mcs: Unlock with a Node that does not hold this Lock", func() { other.Unlock(&n) })
	require.False(t, l.TryLock(&m))
	require.PanicsWithValue(t, "mcs: Unlock with a Node that does not hold this Lock", func() { l.Unlock(&m) })
	l.Unlock(&n)
	require.True(t, l.TryLock(&m), "a node that failed to lock is not in use")
	l.Unlock(&m)

	var mu mcs.Mutex
	require.PanicsWithValue(t, "mcs: Unlock of a Mutex that is not locked", mu.Unlock)
	require.True(t, mu.TryLock(), "the mutex is as it was")
}

func TestAllocatesNothing(t *testing.T) {
	var l mcs.Lock
	var n, m mcs.Node
	require.Zero(t, testing.AllocsPerRun(100, func() {
		l.Lock(&n)
		l.TryLock(&m)
		l.Unlock(&n)
	}))
}

func TestNatively(t *testing.T) {
	t.Run("Mutex", func(t *testing.T) { locktest.Hammer(t, new(mcs.Mutex)) })
	for _, processors := range []int{1, 2} {
		t.Run(fmt.Sprint("Lock ", processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			var l mcs.Lock
			var wg sync.WaitGroup
			count := 0
			for range 4 {
				wg.Go(func() {
					var n mcs.Node
					for range 500 {
						l.Lock(&n)
						count++
						l.Unlock(&n)
					}
				})
			}
			wg.Wait()
			require.Equal(t, 4*500, count)
		})
	}
}

// Who has joined the queue first is served first, in every execution.
func TestFirstComeFirstServed(t *testing.T) {
	explorer.Test(t, func(x *explorer.T) {
		var l mcs.Lock
		var first mcs.Node
		var order atomic.Cell[string]
		l.Lock(&first)
		for _, name := range []string{"a", "b", "c"} {
			n := new(mcs.Node)
			x.Go(name, func() {
				l.Lock(n) // INV-MCS-1
				order.Store(order.Load() + name)
				l.Unlock(n)
			})
			x.Await(func() bool { return mcs.Last(&l, n) })
		}
		l.Unlock(&first)
		x.Join()
		require.Equal(x, "abc", order.Load())
	}, explorer.Model(explorer.Models()...))
}
