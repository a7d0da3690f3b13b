package ring_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/ring"
)

const capacity = 2

type ends struct {
	p      *ring.Producer[int]
	c      *ring.Consumer[int]
	closed bool // of the producer's side
}

// queue is the specification's state.
type queue struct {
	items  []int
	closed bool
}

// popped is what one or two pops returned.
type popped struct {
	n     int
	items [2]int
}

// side says which side of the ring is exact: it fails only if there is no room, or no item. The other may fail at any time.
type side int

const (
	producer side = iota
	consumer
	both
)

func subject(exact side) proptest.Subject[*ends, queue] {
	mayFail := func(s side) bool { return exact != s && exact != both }
	push := func(s queue, v, n, pushed int) (queue, bool) {
		free := capacity - len(s.items)
		switch {
		case s.closed:
			return s, pushed == 0
		case pushed == 0:
			return s, free == 0 || mayFail(producer)
		case pushed > min(n, free):
			return s, false
		}
		s.items = slices.Clip(s.items)
		for range pushed {
			s.items = append(s.items, v)
			v++
		}
		return s, true
	}
	pop := func(s queue, result any) (queue, bool) {
		got := result.(popped)
		if got.n == 0 {
			return s, len(s.items) == 0 || mayFail(consumer)
		}
		if got.n > len(s.items) || !slices.Equal(got.items[:got.n], s.items[:got.n]) {
			return s, false
		}
		s.items = s.items[got.n:]
		return s, true
	}
	return proptest.Subject[*ends, queue]{
		New: func(int) *ends {
			p, c := ring.New[int](capacity)
			return &ends{p: p, c: c}
		},
		Init:  func() queue { return queue{} },
		Equal: func(a, b queue) bool { return a.closed == b.closed && slices.Equal(a.items, b.items) },
		Operations: []proptest.Operation[*ends, queue]{
			{
				Name:     "TryPush",
				Role:     "producer",
				Argument: rapid.IntRange(1, 9),
				Call: func(e *ends, _, v int) any {
					if !e.closed && e.p.TryPush(v) {
						return 1
					}
					return 0
				},
				Step: func(s queue, v int, result any) (queue, bool) { return push(s, v, 1, result.(int)) },
			},
			{
				Name:     "Commit",
				Role:     "producer",
				Argument: rapid.IntRange(11, 19),
				Call: func(e *ends, _, v int) any {
					if e.closed {
						return 0
					}
					slots := e.p.TryReserve(2)
					for i := range slots {
						slots[i].Store(v + i)
					}
					e.p.Commit(len(slots))
					return len(slots)
				},
				Step: func(s queue, v int, result any) (queue, bool) { return push(s, v, 2, result.(int)) },
			},
			{
				Name: "Close",
				Role: "producer",
				Call: func(e *ends, _, _ int) any {
					if !e.closed {
						e.closed = true
						e.p.Close()
					}
					return nil
				},
				Step: func(s queue, _ int, _ any) (queue, bool) { s.closed = true; return s, true },
			},
			{
				Name: "TryPop",
				Role: "consumer",
				Call: func(e *ends, _, _ int) any {
					if v, ok := e.c.TryPop(); ok {
						return popped{1, [2]int{v}}
					}
					return popped{}
				},
				Step: func(s queue, _ int, result any) (queue, bool) { return pop(s, result) },
			},
			{
				Name: "CommitPops",
				Role: "consumer",
				Call: func(e *ends, _, _ int) any {
					var got popped
					slots := e.c.TryReserve(2)
					for i := range slots {
						got.items[i] = slots[i].Load()
					}
					got.n = len(slots)
					e.c.Commit(got.n)
					return got
				},
				Step: func(s queue, _ int, result any) (queue, bool) { return pop(s, result) },
			},
			{
				Name: "Drained",
				Role: "consumer",
				Call: func(e *ends, _, _ int) any { return e.c.Drained() },
				Step: func(s queue, _ int, result any) (queue, bool) {
					drained := s.closed && len(s.items) == 0
					return s, result == drained || result == false && mayFail(consumer)
				},
			},
		},
	}
}

func TestLinearizable(t *testing.T) {
	t.Run("producer", func(t *testing.T) { proptest.Check(t, subject(producer), proptest.Threads(2, 2), proptest.Calls(4)) })
	t.Run("consumer", func(t *testing.T) { proptest.Check(t, subject(consumer), proptest.Threads(2, 2), proptest.Calls(4)) })
}

func TestLinearizableNatively(t *testing.T) {
	t.Run("producer", func(t *testing.T) { proptest.Stress(t, subject(producer), proptest.Threads(2, 2)) })
	t.Run("consumer", func(t *testing.T) { proptest.Stress(t, subject(consumer), proptest.Threads(2, 2)) })
}

// Both sides together are not exact: that the producer finds no room and the consumer no item, though one has popped and the other
// pushed, is store buffering.
func TestBothSidesFail(t *testing.T) {
	found := proptest.Falsify(t, subject(both), proptest.Threads(2, 2))
	require.Equal(t, "not linearizable", found.Message)
}

// Without the release of tail, an item is popped that is not there yet.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one item", Body: func(*explorer.T) {
		p, c := ring.New[int](1)
		p.Push(1)
		c.Pop()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("writer.publish/counts.tail.Store=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, subject(producer), proptest.Threads(2, 2), proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
