package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	msq "github.com/weakmem/litmus/primitives/msqueue"
	"github.com/weakmem/litmus/primitives/sequential"
)

var msqueue = Protocol{
	Name:     "msqueue",
	Title:    "the Michael–Scott queue",
	Subjects: []Subject{subject("queue", sequential.MSQueue)},
	Programs: []Program{
		{"publication", "What is written before Enqueue is seen by who dequeues, plain memory included.", msqueuePublication},
		{"order", "Values of one producer come out in its order, also where another producer's come between.", msqueueOrder},
		{"own-value", "Who has enqueued does not find the queue empty while nobody has taken more than was put in.", msqueueOwnValue},
		{"own-values", "Who has enqueued twice finds both values, in order, with those of others between them.", msqueueOwnValues},
		{"helped-tail", "The same if the tail was moved by a third, who found it lagging.", msqueueHelpedTail},
		{"consumers", "Of two consumers each takes another value.", msqueueConsumers},
		{"conservation", "Two producers and two consumers: nothing is lost, nothing comes out twice.", msqueueConservation},
		{"is-empty", "IsEmpty misses no value that is there for certain.", msqueueIsEmpty},
	},
	Mistakes: []Mistake{
		{Program{"empty-means-done", "An empty queue does not mean that the producer has finished.", msqueueEmptyMeansDone}, "Should be true"},
		{Program{"check-then-take", "Between IsEmpty and Dequeue another consumer may take the last value.", msqueueCheckThenTake}, "Should be true"},
	},
	Equivalent: map[string]string{
		"Queue.Enqueue/last.next.Load=stale": "a link changes once, and the compare-and-swap that failed has seen that it did: what the goroutine knows is its last value",
	},
}

// msqueueDrain takes all that is left.
func msqueueDrain(q *msq.Queue[int]) (all []int) {
	for {
		v, ok := q.Dequeue()
		if !ok {
			return all
		}
		all = append(all, v)
	}
}

// INV-MSQUEUE-1
func msqueuePublication(x *explorer.T) {
	q := msq.New[*atomic.Cell[int]]()
	x.Go("producer", func() {
		message := new(atomic.Cell[int])
		message.Store(42)
		q.Enqueue(message)
	})
	x.Go("consumer", func() {
		if message, ok := q.Dequeue(); ok {
			require.Equal(x, 42, message.Load())
		}
	})
}

// INV-MSQUEUE-2
func msqueueOrder(x *explorer.T) {
	q := msq.New[int]()
	require.True(x, q.IsEmpty())
	x.Go("producer", func() { q.Enqueue(1); q.Enqueue(2) })
	x.Go("other", func() { q.Enqueue(10) })
	x.Join()
	require.False(x, q.IsEmpty())
	all := msqueueDrain(q)
	require.Contains(x, [][]int{{1, 2, 10}, {1, 10, 2}, {10, 1, 2}}, all)
}

// INV-MSQUEUE-3, INV-MSQUEUE-6
func msqueueOwnValue(x *explorer.T) {
	q := msq.New[int]()
	for _, v := range []int{1, 2} {
		x.Go("both", func() {
			q.Enqueue(v)
			_, ok := q.Dequeue()
			require.True(x, ok, "empty, with %d in it", v)
		})
	}
	x.Join()
	require.True(x, q.IsEmpty())
}

// INV-MSQUEUE-3
func msqueueOwnValues(x *explorer.T) {
	q := msq.New[int]()
	x.Go("producer", func() { q.Enqueue(10); q.Enqueue(20) })
	x.Go("both", func() {
		q.Enqueue(1)
		q.Enqueue(2)
		var own []int
		for _, v := range msqueueDrain(q) {
			if v < 10 {
				own = append(own, v)
			}
		}
		require.Equal(x, []int{1, 2}, own)
	})
}

// INV-MSQUEUE-3, INV-MSQUEUE-4
func msqueueHelpedTail(x *explorer.T) {
	q := msq.New[int]()
	x.Go("first", func() { q.Enqueue(1) })
	x.Go("second", func() { q.Enqueue(2) })
	x.Go("both", func() {
		q.Enqueue(3)
		_, ok := q.Dequeue()
		require.True(x, ok, "empty, with 3 in it")
	})
}

// INV-MSQUEUE-5
func msqueueConsumers(x *explorer.T) {
	q := msq.New[int]()
	q.Enqueue(1)
	q.Enqueue(2)
	var taken [2]int
	for i := range taken {
		x.Go("consumer", func() {
			v, ok := q.Dequeue()
			require.True(x, ok)
			taken[i] = v
		})
	}
	x.Join()
	require.ElementsMatch(x, []int{1, 2}, taken[:])
	require.True(x, q.IsEmpty())
}

// INV-MSQUEUE-2, INV-MSQUEUE-5
func msqueueConservation(x *explorer.T) {
	q := msq.New[int]()
	var taken [2][]int
	for _, v := range []int{1, 2} {
		x.Go("producer", func() { q.Enqueue(v) })
	}
	for i := range taken {
		x.Go("consumer", func() {
			if v, ok := q.Dequeue(); ok {
				taken[i] = []int{v}
			}
		})
	}
	x.Join()
	all := append(append(taken[0], taken[1]...), msqueueDrain(q)...)
	require.ElementsMatch(x, []int{1, 2}, all)
}

// INV-MSQUEUE-2, INV-MSQUEUE-6
func msqueueIsEmpty(x *explorer.T) {
	q := msq.New[int]()
	x.Go("producer", func() {
		q.Enqueue(1)
		require.False(x, q.IsEmpty(), "empty, with 1 in it")
	})
	x.Go("both", func() {
		q.Enqueue(2)
		_, ok := q.Dequeue()
		require.True(x, ok, "empty, with 2 in it")
	})
	x.Join()
	q.Dequeue()
	require.True(x, q.IsEmpty())
}

func msqueueEmptyMeansDone(x *explorer.T) {
	q := msq.New[int]()
	x.Go("producer", func() { q.Enqueue(1) })
	x.Go("consumer", func() {
		_, ok := q.Dequeue()
		require.True(x, ok)
	})
}

func msqueueCheckThenTake(x *explorer.T) {
	q := msq.New[int]()
	q.Enqueue(1)
	for range 2 {
		x.Go("consumer", func() {
			if !q.IsEmpty() {
				_, ok := q.Dequeue()
				require.True(x, ok)
			}
		})
	}
}
