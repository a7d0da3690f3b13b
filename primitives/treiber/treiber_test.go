package treiber_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/treiber"
)

func TestEmpty(t *testing.T) {
	var s treiber.Stack[string]
	require.True(t, s.IsEmpty())
	v, ok := s.TryPop()
	require.False(t, ok)
	require.Zero(t, v)
	s.Push("a")
	require.False(t, s.IsEmpty())
	require.Equal(t, "a", s.Pop())
	require.True(t, s.IsEmpty())
}

func TestReclaimedEmpty(t *testing.T) {
	s := treiber.NewReclaimed[string]()
	p := s.Join()
	require.True(t, s.IsEmpty())
	v, ok := p.TryPop()
	require.False(t, ok)
	require.Zero(t, v)
	s.Push("a")
	s.Push("b")
	require.False(t, s.IsEmpty())
	v, ok = p.TryPop()
	require.True(t, ok)
	require.Equal(t, "b", v)
	p.Leave()
	require.PanicsWithValue(t, "hazard: a participant is used after Leave", func() { p.TryPop() })
	s.Free()
	require.True(t, s.IsEmpty())
}

// A value that was pushed comes back once, whoever pushes and pops.
func TestNothingIsLost(t *testing.T) {
	const workers, each = 4, 500
	t.Run("collected", func(t *testing.T) {
		var s treiber.Stack[int]
		conserve(t, workers, each, s.Push, func() (func() int, func()) { return s.Pop, func() {} })
		require.True(t, s.IsEmpty())
	})
	t.Run("reclaimed", func(t *testing.T) {
		s := treiber.NewReclaimed[int]()
		conserve(t, workers, each, s.Push, func() (func() int, func()) {
			p := s.Join()
			return func() int {
				for {
					if v, ok := p.TryPop(); ok {
						return v
					}
				}
			}, p.Leave
		})
		s.Free()
	})
}

// conserve has workers push and pop in turn, so that nobody waits for ever.
func conserve(t *testing.T, workers, each int, push func(int), join func() (pop func() int, leave func())) {
	seen := make([][]int, workers)
	var wg sync.WaitGroup
	for w := range workers {
		pop, leave := join()
		wg.Go(func() {
			for i := range each {
				push(w*each + i)
				seen[w] = append(seen[w], pop())
			}
			leave()
		})
	}
	wg.Wait()
	times := make([]int, workers*each)
	for _, values := range seen {
		for _, v := range values {
			times[v]++
		}
	}
	for v, n := range times {
		require.Equal(t, 1, n, "%d", v)
	}
}

// Pop waits until another goroutine pushes.
func TestPopWaits(t *testing.T) {
	var there, back treiber.Stack[int]
	go func() {
		for range 100 {
			back.Push(there.Pop() + 1)
		}
	}()
	for i := range 100 {
		there.Push(i)
		require.Equal(t, i+1, back.Pop())
	}
}

func TestAllocations(t *testing.T) {
	var s treiber.Stack[int]
	require.Equal(t, 1.0, testing.AllocsPerRun(100, func() {
		s.Push(1)
		s.TryPop()
		s.IsEmpty()
	}))
	for range 200 {
		s.Push(1)
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { s.Pop() }))

	r := treiber.NewReclaimed[int]()
	p := r.Join()
	for range 300 {
		r.Push(1)
	}
	for range 20 {
		p.TryPop()
	}
	require.Zero(t, testing.AllocsPerRun(100, func() { p.TryPop() }))
	p.Leave()
	r.Free()
}
