package seqlock_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/seqlock"
)

type pair [2]uint64

func pairOf(n uint64) pair { return pair{n, n} }

func TestValue(t *testing.T) {
	s := seqlock.New(pairOf(7))
	require.Equal(t, pairOf(7), s.Read())
	s.Write(pairOf(8))
	p, ok := s.TryRead()
	require.True(t, ok)
	require.Equal(t, pairOf(8), p)
	require.Equal(t, pairOf(9), s.Update(func(p pair) pair { return pair{p[0] + 1, p[1] + 1} }))
	require.Equal(t, pairOf(9), s.Read())
}

func TestUpdateThatPanics(t *testing.T) {
	s := seqlock.New(pairOf(7))
	require.PanicsWithValue(t, "no change", func() { s.Update(func(pair) pair { panic("no change") }) })
	p, ok := s.TryRead()
	require.True(t, ok)
	require.Equal(t, pairOf(7), p)
	s.Write(pairOf(8)) // the writers' turn was given back
	require.Equal(t, pairOf(8), s.Read())
}

// roundTrips checks that a T comes back as it went in.
func roundTrips[T comparable](t *testing.T, v T) {
	t.Helper()
	var zero T
	require.Equal(t, v, seqlock.New(v).Read())
	s := seqlock.New(zero)
	require.Equal(t, zero, s.Read())
	s.Write(v)
	require.Equal(t, v, s.Read())
	s.Write(zero)
	require.Equal(t, zero, s.Read())
}

func TestEveryKind(t *testing.T) {
	type mixed struct {
		a bool
		b int16
		c float64
		d [3]uint8
		e complex64
		f struct{ x, y int32 }
		g time.Duration
	}
	rapid.Check(t, func(r *rapid.T) {
		byte := rapid.Byte()
		roundTrips(t, byte.Draw(r, "byte"))
		roundTrips(t, rapid.Int64().Draw(r, "int64"))
		roundTrips(t, [9]byte2{{byte.Draw(r, "first"), 1}, 8: {2, byte.Draw(r, "last")}})
		roundTrips(t, mixed{
			rapid.Bool().Draw(r, "a"), rapid.Int16().Draw(r, "b"), rapid.Float64().Draw(r, "c"), [3]uint8{1, 2, byte.Draw(r, "d")},
			complex(rapid.Float32().Draw(r, "re"), 1), struct{ x, y int32 }{rapid.Int32().Draw(r, "x"), 4}, time.Duration(byte.Draw(r, "g")),
		})
	})
	roundTrips(t, struct{}{})
	roundTrips(t, [0]int{})
}

type byte2 [2]byte

func TestPointersAreRefused(t *testing.T) {
	require.PanicsWithValue(t, "seqlock.New: string holds a pointer; expected a type without pointers", func() { seqlock.New("") })
	require.PanicsWithValue(t, "seqlock.New: time.Time holds a pointer, in .loc (*time.Location); expected a type without pointers",
		func() { seqlock.New(time.Time{}) })
	type row struct{ cells []int }
	type deep struct{ rows [2]row }
	require.PanicsWithValue(t, "seqlock.New: seqlock_test.deep holds a pointer, in .rows[].cells ([]int); expected a type without pointers",
		func() { seqlock.New(deep{[2]row{{nil}, {nil}}}) })
	require.Panics(t, func() { seqlock.New[any](1) })
	require.Panics(t, func() { seqlock.New[func()](nil) })
	require.Panics(t, func() { seqlock.New[chan int](nil) })
	require.Panics(t, func() { seqlock.New(map[int]int{}) })
	require.Panics(t, func() { seqlock.New([1]*int{}) })
}

// TestNatively has writers count and readers watch, on one processor and on two. Readers get through though writers never rest.
func TestNatively(t *testing.T) {
	type many [16]uint64
	reads := 2_000
	if testing.Short() {
		reads = 200
	}
	for _, procs := range []int{1, 2} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		s := seqlock.New(many{})
		stop := make(chan struct{})
		var readers, writers sync.WaitGroup
		total := make([]uint64, 2)
		for w := range total {
			writers.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					s.Update(func(m many) many {
						for i := range m {
							m[i]++
						}
						return m
					})
					total[w]++
				}
			})
		}
		for r := range 2 {
			readers.Go(func() {
				last := uint64(0)
				for n := 0; n < reads; {
					m, ok := many{}, true
					if r == 0 {
						m = s.Read()
					} else if m, ok = s.TryRead(); !ok {
						runtime.Gosched()
						continue
					}
					n++
					for i := range m {
						if m[i] != m[0] {
							t.Errorf("torn: %v", m)
							return
						}
					}
					if m[0] < last {
						t.Errorf("%d after %d", m[0], last)
						return
					}
					last = m[0]
				}
			})
		}
		readers.Wait()
		close(stop)
		writers.Wait()
		require.Equal(t, total[0]+total[1], s.Read()[0], "updates were lost")
	}
}

func TestAllocatesNothing(t *testing.T) {
	s := seqlock.New([16]uint64{})
	increment := func(m [16]uint64) [16]uint64 { m[0]++; return m }
	require.Zero(t, testing.AllocsPerRun(100, func() {
		s.Write(s.Read())
		s.TryRead()
		s.Update(increment)
	}))
}
