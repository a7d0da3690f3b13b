package spinlock_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/spinlock"
)

var _ sync.Locker = new(spinlock.Lock)

func TestUnlockOfFreeLock(t *testing.T) {
	var l spinlock.Lock
	require.PanicsWithValue(t, "spinlock: Unlock of a Lock that is free", l.Unlock)
	require.True(t, l.TryLock(), "the lock is as it was")
}

func TestAllocatesNothing(t *testing.T) {
	var l spinlock.Lock
	require.Zero(t, testing.AllocsPerRun(100, func() {
		l.Lock()
		l.TryLock()
		l.Unlock()
	}))
}

// Waiters go on with one processor and with several.
func TestNatively(t *testing.T) {
	rounds := 3_000
	if testing.Short() {
		rounds = 300
	}
	for _, processors := range []int{1, 2} {
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			var l spinlock.Lock
			var wg sync.WaitGroup
			count, tried := 0, 0
			for range 4 {
				wg.Go(func() {
					for range rounds {
						l.Lock()
						count++
						if count%64 == 0 {
							runtime.Gosched() // with the lock held
						}
						l.Unlock()
						if l.TryLock() {
							tried++
							l.Unlock()
						}
					}
				})
			}
			wg.Wait()
			require.Equal(t, 4*rounds, count)
			require.NotZero(t, tried)
		})
	}
}
