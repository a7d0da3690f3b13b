package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	queue "github.com/weakmem/litmus/primitives/mcs"
	"github.com/weakmem/litmus/primitives/sequential"
)

var mcs = Protocol{
	Name:     "mcs",
	Title:    "a queue lock: each waiter looks at a word of its own",
	Subjects: lockSubjects(func() sequential.Lock { return new(queue.Mutex) }),
	Programs: []Program{
		{
			Name: "three-sections",
			Doc:  "three goroutines increment a plain counter under the lock: no race, no increment lost",
			Body: func(x *explorer.T) {
				var l queue.Lock
				var count atomic.Cell[int]
				for range 3 {
					x.Go("incrementer", func() {
						var n queue.Node
						l.Lock(&n) // INV-MCS-1, INV-MCS-4
						count.Store(count.Load() + 1)
						l.Unlock(&n)
					})
				}
				x.Join()
				require.Equal(x, 3, count.Load())
			},
		},
		{
			Name: "node-used-again",
			Doc:  "two goroutines take the lock twice each, with one node each: a node that is used again is as good as new",
			Body: func(x *explorer.T) {
				var l queue.Lock
				var count atomic.Cell[int]
				for range 2 {
					x.Go("incrementer", func() {
						var n queue.Node
						for range 2 {
							l.Lock(&n) // INV-MCS-2, INV-MCS-3
							count.Store(count.Load() + 1)
							l.Unlock(&n)
						}
					})
				}
				x.Join()
				require.Equal(x, 4, count.Load())
			},
		},
		{
			Name: "try",
			Doc:  "one tries, one insists: who succeeds has the lock to itself, and nobody who fails is in the queue",
			Body: func(x *explorer.T) {
				var l queue.Lock
				var count atomic.Cell[int]
				got := 0
				x.Go("trier", func() {
					var n queue.Node
					if l.TryLock(&n) {
						got = 1
						count.Store(count.Load() + 1)
						l.Unlock(&n)
					}
				})
				x.Go("locker", func() {
					var n queue.Node
					l.Lock(&n)
					count.Store(count.Load() + 1)
					l.Unlock(&n)
				})
				x.Join()
				require.Equal(x, 1+got, count.Load())
				var n, m queue.Node
				require.True(x, l.TryLock(&n))
				require.False(x, l.TryLock(&m))
				l.Unlock(&n)
			},
		},
		{
			Name: "mutex",
			Doc:  "the lock with nodes of its own",
			Body: func(x *explorer.T) {
				var mu queue.Mutex
				var count atomic.Cell[int]
				for range 2 {
					x.Go("incrementer", func() {
						mu.Lock()
						count.Store(count.Load() + 1)
						mu.Unlock()
					})
				}
				x.Join()
				require.True(x, mu.TryLock())
				require.False(x, mu.TryLock())
				require.Equal(x, 2, count.Load())
				mu.Unlock()
			},
		},
		{
			Name: "node-moves",
			Doc:  "a node that had a follower at one lock is used at another, where it gets one again: none is overwritten",
			Body: func(x *explorer.T) {
				var first, second queue.Lock
				x.Go("both", func() {
					var n queue.Node
					first.Lock(&n)
					first.Unlock(&n)
					if x.Choose(2) == 0 {
						second.Lock(&n) // INV-MCS-2
					} else if !second.TryLock(&n) { // INV-MCS-2
						return
					}
					second.Unlock(&n)
				})
				for _, l := range []*queue.Lock{&first, &second} {
					x.Go("locker", func() {
						var n queue.Node
						l.Lock(&n)
						l.Unlock(&n)
					})
				}
			},
		},
	},
	Mistakes: []Mistake{
		{
			Program: Program{
				Name: "unlock-free",
				Doc:  "who does not hold the lock would wait for a follower that never comes",
				Body: func(x *explorer.T) {
					var l queue.Lock
					var n queue.Node
					l.Unlock(&n)
				},
			},
			Fails: "mcs: Unlock with a Node that does not hold this Lock",
		},
		{
			Program: Program{
				Name: "node-in-use",
				Doc:  "a node is at one place in one queue",
				Body: func(x *explorer.T) {
					var l, m queue.Lock
					var n queue.Node
					l.Lock(&n)
					m.Lock(&n)
				},
			},
			Fails: "mcs: Lock with a Node that is in use",
		},
		{
			Program: Program{
				Name: "node-shared",
				Doc:  "two goroutines that queue with one node race for it",
				Body: func(x *explorer.T) {
					var l queue.Lock
					var n queue.Node
					for range 2 {
						x.Go("locker", func() {
							l.Lock(&n)
							l.Unlock(&n)
						})
					}
				},
			},
			Fails: "data race",
		},
	},
	Equivalent: map[string]string{
		"Lock.Unlock/n.next.Load=stale": "Unlock looks for a follower to save the compare-and-swap; without the look, that fails, and Unlock waits for the follower.",
	},
}
