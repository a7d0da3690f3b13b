//lint:file-ignore SA2001 that they can be entered is what empty sections test

package rwlock_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/rwlock"
)

var _ sync.Locker = new(rwlock.Lock)

func TestTry(t *testing.T) {
	var l rwlock.Lock
	require.True(t, l.TryRLock())
	require.True(t, l.TryRLock())
	require.False(t, l.TryLock(), "readers hold it")
	l.RUnlock()
	require.False(t, l.TryLock(), "a reader holds it")
	l.RUnlock()
	require.True(t, l.TryLock())
	require.False(t, l.TryLock(), "a writer holds it")
	require.False(t, l.TryRLock(), "a writer holds it")
	l.Unlock()
	l.RLock()
	l.RUnlock()
	l.Lock()
	l.Unlock()
}

func TestMisuse(t *testing.T) {
	require.PanicsWithValue(t, "rwlock: Unlock of a Lock that is not locked for writing", new(rwlock.Lock).Unlock)
	require.PanicsWithValue(t, "rwlock: RUnlock of a Lock that is not locked for reading", new(rwlock.Lock).RUnlock)
}

func TestAllocatesNothing(t *testing.T) {
	var l rwlock.Lock
	require.Zero(t, testing.AllocsPerRun(100, func() {
		l.RLock()
		l.TryRLock()
		l.RUnlock()
		l.RUnlock()
		l.Lock()
		l.Unlock()
		l.TryLock()
		l.Unlock()
	}))
}

func TestNatively(t *testing.T) {
	rounds := 2_000
	if testing.Short() {
		rounds = 200
	}
	for _, processors := range []int{1, 2} {
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			var l rwlock.Lock
			var wg sync.WaitGroup
			a, b := 0, 0
			for range 2 {
				wg.Go(func() {
					for range rounds {
						l.Lock()
						a++
						if a%64 == 0 {
							runtime.Gosched() // with the lock held, and half done
						}
						b++
						l.Unlock()
					}
				})
				wg.Go(func() {
					for i := range rounds {
						l.RLock()
						if i%64 == 0 {
							runtime.Gosched()
						}
						torn := a != b
						l.RUnlock()
						if torn {
							t.Error("a reader sees half of a write")
							return
						}
					}
				})
			}
			wg.Wait()
			require.Equal(t, 2*rounds, a)
		})
	}
}

// A reader that waits for a writer comes before the writers after that one.
func TestReaderWaitsForOneWriter(t *testing.T) {
	explorer.Test(t, func(x *explorer.T) {
		var l rwlock.Lock
		var writes atomic.Cell[int]
		l.Lock()
		x.Go("reader", func() {
			l.RLock() // INV-RWLOCK-3
			require.Equal(x, 1, writes.Load())
			l.RUnlock()
		})
		x.Await(func() bool { return rwlock.Readers(&l) == 1 })
		x.Go("writer", func() {
			l.Lock()
			writes.Store(writes.Load() + 1)
			l.Unlock()
		})
		writes.Store(1)
		l.Unlock()
	}, explorer.Model(explorer.Models()...))
}

// A writer waits for the readers that were there, not for those that come.
func TestWriterKeepsReadersOut(t *testing.T) {
	explorer.Test(t, func(x *explorer.T) {
		var l rwlock.Lock
		var writes atomic.Cell[int]
		l.RLock()
		x.Go("writer", func() {
			l.Lock() // INV-RWLOCK-2
			writes.Store(1)
			l.Unlock()
		})
		x.Await(func() bool { return rwlock.Writing(&l) })
		require.False(x, l.TryRLock())
		x.Go("reader", func() {
			l.RLock()
			require.Equal(x, 1, writes.Load())
			l.RUnlock()
		})
		require.Zero(x, writes.Load())
		l.RUnlock()
	}, explorer.Model(explorer.Models()...))
}
