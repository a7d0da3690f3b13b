package deque_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/deque"
)

func TestEmpty(t *testing.T) {
	w := deque.New[int](4)
	for range 2 {
		item, ok := w.Pop()
		require.False(t, ok)
		require.Nil(t, item)
		item, ok = w.Stealer().Steal()
		require.False(t, ok)
		require.Nil(t, item)
		item, outcome := w.Stealer().TrySteal()
		require.Equal(t, deque.Empty, outcome)
		require.Nil(t, item)
		w.Push(nil) // a nil item is an item
		_, ok = w.Pop()
		require.True(t, ok)
	}
}

func TestEnds(t *testing.T) {
	w := deque.New[int](1)
	for i := range 10 {
		w.Push(&i)
	}
	require.Equal(t, 16, w.Cap())
	for i := range 5 {
		item, ok := w.Stealer().Steal()
		require.True(t, ok)
		require.Equal(t, i, *item)
		item, ok = w.Pop()
		require.True(t, ok)
		require.Equal(t, 9-i, *item)
	}
	_, ok := w.Pop()
	require.False(t, ok)
}

func TestCapacity(t *testing.T) {
	for capacity, want := range map[int]int{1: 1, 2: 2, 3: 4, 64: 64, 65: 128} {
		require.Equal(t, want, deque.New[int](capacity).Cap(), capacity)
	}
	for _, capacity := range []int{0, -1} {
		require.PanicsWithValue(t, fmt.Sprintf("deque.New: capacity %d; it must be at least 1", capacity),
			func() { deque.New[int](capacity) })
	}
}

func TestOutcomes(t *testing.T) {
	require.Equal(t, "empty lost stolen Outcome(3)", fmt.Sprint(deque.Empty, deque.Lost, deque.Stolen, deque.Outcome(3)))
}

// INV-DEQUE-2, INV-DEQUE-4, INV-DEQUE-5
func TestNatively(t *testing.T) {
	const thieves = 3
	items := 60_000
	if testing.Short() {
		items = 6_000
	}
	for _, processors := range []int{1, 2} {
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			w := deque.New[int](1)
			taken := make([][]int, thieves+1)
			var done atomic.Bool
			var wg sync.WaitGroup
			for i := range thieves {
				wg.Go(func() {
					s := w.Stealer()
					for {
						last := done.Load()
						if item, ok := s.Steal(); ok {
							taken[i] = append(taken[i], *item)
						} else if last {
							return
						} else {
							runtime.Gosched()
						}
					}
				})
			}
			for i := range items {
				w.Push(&i)
				for pops := i % 3; pops > 0; pops-- { // it runs empty often, where the races are
					if item, ok := w.Pop(); ok {
						taken[thieves] = append(taken[thieves], *item)
					}
				}
			}
			done.Store(true)
			wg.Wait()
			seen := make([]bool, items)
			for _, list := range taken {
				for _, i := range list {
					require.False(t, seen[i], "%d was taken twice", i)
					seen[i] = true
				}
			}
			require.NotContains(t, seen, false, "an item was lost")
		})
	}
}

func TestAllocations(t *testing.T) {
	w, item := deque.New[int](4), new(int)
	s := w.Stealer()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		w.Push(item)
		w.Push(item)
		s.Steal()
		w.Pop()
		w.Pop()
		s.TrySteal()
	}))
}
