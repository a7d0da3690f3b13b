package broadcast_test

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/primitives/broadcast"
)

func TestEvent(t *testing.T) {
	var e broadcast.Event
	require.True(t, e.Signal())
	w := e.Subscribe()
	_, done := w.TryWait()
	require.False(t, done, "the signal was before")
	e.Signal()
	e.Signal()
	require.EqualValues(t, 2, w.Wait())
	_, done = w.TryWait()
	require.False(t, done, "it was told")
	e.Signal()
	e.Close()
	e.Close()
	require.False(t, e.Signal(), "it is closed")
	require.EqualValues(t, 1, w.Wait(), "the signal before the close")
	for range 2 {
		n, done := w.TryWait()
		require.Zero(t, n)
		require.True(t, done)
	}
	require.Zero(t, e.Subscribe().Wait(), "who comes late finds it closed")
}

func TestTopic(t *testing.T) {
	var topic broadcast.Topic[string]
	require.True(t, topic.Publish("before"))
	s := topic.Subscribe()
	_, _, done := s.TryNext()
	require.False(t, done, "it was published before")
	topic.Publish("a")
	late := topic.Subscribe()
	topic.Publish("b")
	topic.Close()
	topic.Close()
	require.False(t, topic.Publish("c"), "it is closed")
	v, ok, done := s.TryNext()
	require.Equal(t, []any{"a", true, true}, []any{v, ok, done})
	require.Equal(t, []string{"b"}, slices.Collect(s.All()))
	v, ok, done = s.TryNext()
	require.Equal(t, []any{"", false, true}, []any{v, ok, done})
	for v := range late.All() {
		require.Equal(t, "b", v)
		break
	}
	v, ok = late.Next()
	require.Equal(t, []any{"", false}, []any{v, ok})
	require.Empty(t, slices.Collect(topic.Subscribe().All()), "who comes late finds it closed")
}

func TestAllocates(t *testing.T) {
	var e broadcast.Event
	w := e.Subscribe()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		e.Signal()
		w.Wait()
		w.TryWait()
	}))
	var topic broadcast.Topic[int]
	s := topic.Subscribe()
	require.EqualValues(t, 1, testing.AllocsPerRun(100, func() {
		topic.Publish(1)
		s.Next()
		s.TryNext()
	}), "a slot for each value")
}

// Two signal or publish while three wait, on one processor and on two: nobody misses anything, and all return.
func TestNatively(t *testing.T) {
	rounds := 1_000
	if testing.Short() {
		rounds = 100
	}
	for _, processors := range []int{1, 2} {
		t.Run(fmt.Sprint("Event ", processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			var e broadcast.Event
			var waiters, signallers sync.WaitGroup
			var told [3]uint64
			for i := range told {
				w := e.Subscribe()
				waiters.Go(func() {
					for n := w.Wait(); n > 0; n = w.Wait() {
						told[i] += n
					}
				})
			}
			for range 2 {
				signallers.Go(func() {
					for i := range rounds {
						e.Signal()
						if i%64 == 0 {
							runtime.Gosched()
						}
					}
				})
			}
			signallers.Wait()
			e.Close()
			waiters.Wait()
			n := uint64(2 * rounds)
			require.Equal(t, [3]uint64{n, n, n}, told)
		})
		t.Run(fmt.Sprint("Topic ", processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			var topic broadcast.Topic[int]
			var subscribers, publishers sync.WaitGroup
			var got [3][]int
			for i := range got {
				s := topic.Subscribe()
				subscribers.Go(func() { got[i] = slices.Collect(s.All()) })
			}
			for p := range 2 {
				publishers.Go(func() {
					for i := range rounds {
						topic.Publish(2*i + p)
						if i%64 == 0 {
							runtime.Gosched()
						}
					}
				})
			}
			publishers.Wait()
			topic.Close()
			subscribers.Wait()
			require.Equal(t, got[0], got[1])
			require.Equal(t, got[0], got[2])
			for p := range 2 {
				of := slices.DeleteFunc(slices.Clone(got[0]), func(v int) bool { return v%2 != p })
				require.Len(t, of, rounds)
				require.True(t, slices.IsSorted(of), "each publisher's values are in its order")
			}
		})
	}
}
