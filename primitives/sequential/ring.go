package sequential

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/ring"
)

const ringCapacity = 2

type ringEnds struct {
	p      *ring.Producer[int]
	c      *ring.Consumer[int]
	closed bool // of the producer's side
}

// ringQueue is the specification's state.
type ringQueue struct {
	items  []int
	closed bool
}

// ringPopped is what one or two pops returned.
type ringPopped struct {
	n     int
	items [2]int
}

// RingSide says which side of the ring is exact: it fails only if there is no room, or no item. The other may fail at any time.
type RingSide int

const (
	RingProducer RingSide = iota
	RingConsumer
	RingBoth
)

// Ring is a ring of two slots.
func Ring(exact RingSide) proptest.Subject[*ringEnds, ringQueue] {
	mayFail := func(s RingSide) bool { return exact != s && exact != RingBoth }
	push := func(s ringQueue, v, n, pushed int) (ringQueue, bool) {
		free := ringCapacity - len(s.items)
		switch {
		case s.closed:
			return s, pushed == 0
		case pushed == 0:
			return s, free == 0 || mayFail(RingProducer)
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
	pop := func(s ringQueue, result any) (ringQueue, bool) {
		got := result.(ringPopped)
		if got.n == 0 {
			return s, len(s.items) == 0 || mayFail(RingConsumer)
		}
		if got.n > len(s.items) || !slices.Equal(got.items[:got.n], s.items[:got.n]) {
			return s, false
		}
		s.items = s.items[got.n:]
		return s, true
	}
	return proptest.Subject[*ringEnds, ringQueue]{
		New: func(int) *ringEnds {
			p, c := ring.New[int](ringCapacity)
			return &ringEnds{p: p, c: c}
		},
		Init:  func() ringQueue { return ringQueue{} },
		Equal: func(a, b ringQueue) bool { return a.closed == b.closed && slices.Equal(a.items, b.items) },
		Operations: []proptest.Operation[*ringEnds, ringQueue]{
			{
				Name:     "TryPush",
				Role:     "producer",
				Argument: rapid.IntRange(1, 9),
				Call: func(e *ringEnds, _, v int) any {
					if !e.closed && e.p.TryPush(v) {
						return 1
					}
					return 0
				},
				Step: func(s ringQueue, v int, result any) (ringQueue, bool) { return push(s, v, 1, result.(int)) },
			},
			{
				Name:     "Commit",
				Role:     "producer",
				Argument: rapid.IntRange(11, 19),
				Call: func(e *ringEnds, _, v int) any {
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
				Step: func(s ringQueue, v int, result any) (ringQueue, bool) { return push(s, v, 2, result.(int)) },
			},
			{
				Name: "Close",
				Role: "producer",
				Call: func(e *ringEnds, _, _ int) any {
					if !e.closed {
						e.closed = true
						e.p.Close()
					}
					return nil
				},
				Step: func(s ringQueue, _ int, _ any) (ringQueue, bool) { s.closed = true; return s, true },
			},
			{
				Name: "TryPop",
				Role: "consumer",
				Call: func(e *ringEnds, _, _ int) any {
					if v, ok := e.c.TryPop(); ok {
						return ringPopped{1, [2]int{v}}
					}
					return ringPopped{}
				},
				Step: func(s ringQueue, _ int, result any) (ringQueue, bool) { return pop(s, result) },
			},
			{
				Name: "CommitPops",
				Role: "consumer",
				Call: func(e *ringEnds, _, _ int) any {
					var got ringPopped
					slots := e.c.TryReserve(2)
					for i := range slots {
						got.items[i] = slots[i].Load()
					}
					got.n = len(slots)
					e.c.Commit(got.n)
					return got
				},
				Step: func(s ringQueue, _ int, result any) (ringQueue, bool) { return pop(s, result) },
			},
			{
				Name: "Drained",
				Role: "consumer",
				Call: func(e *ringEnds, _, _ int) any { return e.c.Drained() },
				Step: func(s ringQueue, _ int, result any) (ringQueue, bool) {
					drained := s.closed && len(s.items) == 0
					return s, result == drained || result == false && mayFail(RingConsumer)
				},
			},
		},
	}
}
