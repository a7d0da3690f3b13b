package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	chaselev "github.com/weakmem/litmus/primitives/deque"
	"github.com/weakmem/litmus/primitives/sequential"
)

var deque = Protocol{
	Name:     "deque",
	Title:    "the Chase–Lev work-stealing deque",
	Subjects: []Subject{subject("deque", sequential.Deque)},
	Programs: []Program{
		{"publication", "What the owner writes before Push is seen by the thief, plain memory included.", dequePublication},
		{"last-item", "The owner and two thieves are after one item: one of them gets it.", dequeLastItem},
		{"two-items", "The owner pops while two thieves steal: it does not take what one of them takes.", dequeTwoItems},
		{"push-and-pop", "The owner makes room and uses it again while a thief is at work: nothing is lost or taken twice.", dequePushAndPop},
		{"growth", "A thief meets the old array, or the new one, and finds the items in either.", dequeGrowth},
		{"wrap-around", "A slot is used again while a slow thief looks at what was in it.", dequeWrapAround},
		{"knowledge", "A thief does not find the deque empty when all that has happened says that it is not.", dequeKnowledge},
		{"attempts", "An attempt to steal with nobody else at work is never lost.", dequeAttempts},
		{"room", "Slots whose items were stolen are used again, and the array does not grow.", dequeRoom},
		{"order", "Thieves get the oldest items first, the owner the newest.", dequeOrder},
	},
	Mistakes: []Mistake{
		{Program{"two-owners", "Push belongs to one goroutine.", dequeTwoOwners}, "race"},
		{Program{"thief-pops", "So does Pop: others steal.", dequeThiefPops}, "race"},
	},
	Equivalent: map[string]string{
		"Worker.grow/old.slot.Load=stale":             "only the owner writes slots: what it last knew is the value",
		"Worker.Pop/array.Load.slot.Load=stale":       "only the owner writes slots: what it last knew is the value",
		"Stealer.TrySteal/top.CompareAndSwap=relaxed": "it keeps the load of the slot before it on processors with load buffering, such as Arm's, of which rc11 has no executions: see the litmus tests LB+ctrl+po and LB+ctrl+stlr",
	},
}

// dequeItems is what has been taken, to be counted.
type dequeItems []int

func (d *dequeItems) take(item *int, ok bool) {
	if ok {
		*d = append(*d, *item)
	}
}

// dequeCount checks that each of the numbers 1 to n is in one of the lists, or still in the deque, once.
func dequeCount(x *explorer.T, n int, w *chaselev.Worker[int], taken ...dequeItems) {
	var all dequeItems
	for _, t := range taken {
		all = append(all, t...)
	}
	for {
		item, ok := w.Pop()
		if !ok {
			break
		}
		all.take(item, ok)
	}
	var want []int
	for i := range n {
		want = append(want, i+1)
	}
	require.ElementsMatch(x, want, all)
}

// dequeNew returns a deque with the numbers from 1 to n in it.
func dequeNew(capacity, n int) *chaselev.Worker[int] {
	w := chaselev.New[int](capacity)
	for i := range n {
		w.Push(new(i + 1))
	}
	return w
}

// INV-DEQUE-1
func dequePublication(x *explorer.T) {
	w := chaselev.New[atomic.Cell[int]](2)
	s := w.Stealer()
	x.Go("thief", func() {
		if message, ok := s.Steal(); ok {
			require.Equal(x, 42, message.Load())
		}
	})
	message := new(atomic.Cell[int])
	message.Store(42)
	w.Push(message)
}

// INV-DEQUE-2, INV-DEQUE-5
func dequeLastItem(x *explorer.T) {
	w := dequeNew(2, 1)
	var owner dequeItems
	var thieves [2]dequeItems
	for i := range thieves {
		s := w.Stealer()
		x.Go("thief", func() { thieves[i].take(s.Steal()) })
	}
	owner.take(w.Pop())
	x.Join()
	require.Len(x, append(append(owner, thieves[0]...), thieves[1]...), 1)
	dequeCount(x, 1, w, owner, thieves[0], thieves[1])
}

// INV-DEQUE-2
func dequeTwoItems(x *explorer.T) {
	w := dequeNew(2, 2)
	var owner dequeItems
	var thieves [2]dequeItems
	for i := range thieves {
		s := w.Stealer()
		x.Go("thief", func() { thieves[i].take(s.Steal()) })
	}
	owner.take(w.Pop())
	x.Join()
	dequeCount(x, 2, w, owner, thieves[0], thieves[1])
}

// INV-DEQUE-1, INV-DEQUE-2, INV-DEQUE-3
func dequePushAndPop(x *explorer.T) {
	w := dequeNew(2, 1)
	s := w.Stealer()
	var owner, thief dequeItems
	x.Go("thief", func() {
		thief.take(s.Steal())
		thief.take(s.Steal())
	})
	owner.take(w.Pop())
	w.Push(new(2))
	owner.take(w.Pop())
	x.Join()
	dequeCount(x, 2, w, owner, thief)
}

// INV-DEQUE-4
func dequeGrowth(x *explorer.T) {
	w := dequeNew(1, 1)
	s := w.Stealer()
	var thief dequeItems
	x.Go("thief", func() {
		thief.take(s.Steal())
		thief.take(s.Steal())
	})
	w.Push(new(2))
	w.Push(new(3))
	x.Join()
	dequeCount(x, 3, w, thief)
}

// INV-DEQUE-3, INV-DEQUE-5
func dequeWrapAround(x *explorer.T) {
	w := dequeNew(1, 1)
	var thieves [2]dequeItems
	for i := range thieves {
		s := w.Stealer()
		x.Go("thief", func() { thieves[i].take(s.Steal()) })
	}
	var owner dequeItems
	owner.take(w.Pop())
	w.Push(new(2))
	x.Join()
	require.Equal(x, 1, w.Cap(), "grown, with room for the one item")
	dequeCount(x, 2, w, owner, thieves[0], thieves[1])
}

// INV-DEQUE-2
func dequeKnowledge(x *explorer.T) {
	w := dequeNew(2, 1)
	s := w.Stealer()
	x.Go("early thief", func() {
		_, ok := s.Steal()
		require.True(x, ok, "empty, with two items and one other thief, who knows of both")
	})
	w.Push(new(2))
	x.Go("late thief", func() {
		_, ok := s.Steal()
		require.True(x, ok)
	})
}

// INV-DEQUE-5
func dequeAttempts(x *explorer.T) {
	w := dequeNew(4, 3)
	s := w.Stealer()
	steal := func() {
		_, outcome := s.TrySteal()
		require.Equal(x, chaselev.Stolen, outcome)
	}
	steal()
	x.Join(x.Go("thief", steal))
	steal()
}

// INV-DEQUE-3
func dequeRoom(x *explorer.T) {
	w := chaselev.New[int](1)
	s := w.Stealer()
	for i := range 3 {
		w.Push(&i)
		x.Join(x.Go("thief", func() {
			item, ok := s.Steal()
			require.True(x, ok)
			require.Equal(x, i, *item)
		}))
	}
	require.Equal(x, 1, w.Cap(), "grown, with room for the one item")
}

// INV-DEQUE-5
func dequeOrder(x *explorer.T) {
	w := chaselev.New[int](1)
	s := w.Stealer()
	_, outcome := s.TrySteal()
	require.Equal(x, chaselev.Empty, outcome)
	x.Join(x.Go("owner", func() {
		for i := range 4 {
			w.Push(new(i + 1))
		}
	}))
	item, outcome := s.TrySteal()
	require.Equal(x, chaselev.Stolen, outcome)
	require.Equal(x, 1, *item)
	x.Join(x.Go("owner", func() {
		item, _ := w.Pop()
		require.Equal(x, 4, *item)
		w.Push(new(5))
		w.Push(new(6))
	}))
	for _, n := range []int{2, 3, 5, 6} {
		item, outcome := s.TrySteal()
		require.Equal(x, chaselev.Stolen, outcome)
		require.Equal(x, n, *item)
	}
	_, ok := w.Pop()
	require.False(x, ok)
}

func dequeTwoOwners(x *explorer.T) {
	w := chaselev.New[int](2)
	for n := range 2 {
		x.Go("owner", func() { w.Push(&n) })
	}
}

func dequeThiefPops(x *explorer.T) {
	w := dequeNew(2, 2)
	x.Go("thief", func() { w.Pop() })
	w.Pop()
}
