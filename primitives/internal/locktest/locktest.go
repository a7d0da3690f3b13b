// Package locktest is what the tests and benchmarks of mutual exclusion locks have in common: a lock goes in, a verdict
// comes out.
package locktest

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sequential"
)

// Linearizable explores random clients of a lock.
func Linearizable(t *testing.T, newLock func() sequential.Lock) {
	t.Run("sections", func(t *testing.T) { proptest.Check(t, sequential.LockSections(newLock), proptest.Total(4)) })
	t.Run("attempts", func(t *testing.T) { proptest.Check(t, sequential.LockAttempts(newLock)) })
}

// PlantedBug expects that a mutant of a protocol makes critical sections race, in a client of three calls a thread at
// most.
func PlantedBug(t *testing.T, newLock func() sequential.Lock, protocol, mutant string) {
	bug, err := catalog.Mutant(t.Context(), protocol, mutant)
	require.NoError(t, err)
	found := proptest.Falsify(t, sequential.LockSections(newLock), proptest.Explore(explorer.Intercept(bug)))
	require.Contains(t, found.Message, "data race")
	require.LessOrEqual(t, found.Longest(), 3)
}

// Hammer has four goroutines increment a counter under a lock, on one processor and on two.
func Hammer(t *testing.T, l sequential.Lock) {
	rounds := 2_000
	if testing.Short() {
		rounds = 200
	}
	for _, processors := range []int{1, 2} {
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			var wg sync.WaitGroup
			var got [4]int
			count := 0
			for i := range got {
				wg.Go(func() {
					for range rounds {
						l.Lock()
						count++
						if count%64 == 0 {
							runtime.Gosched() // with the lock held
						}
						l.Unlock()
						if l.TryLock() {
							count++
							got[i]++
							l.Unlock()
						}
					}
				})
			}
			wg.Wait()
			require.Equal(t, 4*rounds+got[0]+got[1]+got[2]+got[3], count)
		})
	}
}

// Uncontended measures a lock that one goroutine uses.
func Uncontended(b *testing.B, l sync.Locker) {
	for b.Loop() {
		l.Lock()
		l.Unlock() //lint:ignore SA2001 the empty section is what is measured
	}
}

// Contended measures a lock under which all processors increment a counter.
func Contended(b *testing.B, l sync.Locker) {
	ContendedBy(b, func() sync.Locker { return l })
}

// ContendedBy is Contended for a lock that each goroutine takes by a Locker of its own.
func ContendedBy(b *testing.B, locker func() sync.Locker) {
	count := 0
	b.RunParallel(func(pb *testing.PB) {
		l := locker()
		for pb.Next() {
			l.Lock()
			count++
			l.Unlock()
		}
	})
	require.Equal(b, b.N, count)
}
