//lint:file-ignore SA2001 whether empty sections can be entered is what some programs are about

package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sequential"
	lock "github.com/weakmem/litmus/primitives/spinlock"
)

var spinlock = Protocol{
	Name:     "spinlock",
	Title:    "a test-and-test-and-set lock",
	Subjects: lockSubjects(func() sequential.Lock { return new(lock.Lock) }),
	Programs: []Program{
		{
			Name: "three-sections",
			Doc:  "three goroutines increment a plain counter under the lock: no race, no increment lost",
			Body: func(x *explorer.T) {
				var l lock.Lock
				var count atomic.Cell[int]
				for range 3 {
					x.Go("incrementer", func() {
						l.Lock()
						count.Store(count.Load() + 1)
						l.Unlock()
					})
				}
				x.Join()
				l.Lock() // INV-SPINLOCK-1, INV-SPINLOCK-2
				require.Equal(x, 3, count.Load())
				l.Unlock()
			},
		},
		{
			Name: "taken-twice",
			Doc:  "two goroutines take the lock twice each: a lock that was released can be taken again, by anyone",
			Body: func(x *explorer.T) {
				var l lock.Lock
				var count atomic.Cell[int]
				for range 2 {
					x.Go("incrementer", func() {
						for range 2 {
							l.Lock()
							count.Store(count.Load() + 1)
							l.Unlock()
						}
					})
				}
				x.Join()
				require.Equal(x, 4, count.Load()) // INV-SPINLOCK-1
			},
		},
		{
			Name: "try",
			Doc:  "two goroutines try, one insists: who succeeds has the lock to itself, and nobody who fails changes anything",
			Body: func(x *explorer.T) {
				var l lock.Lock
				var count atomic.Cell[int]
				var got [2]int
				for i := range got {
					x.Go("trier", func() {
						if l.TryLock() {
							got[i] = 1
							count.Store(count.Load() + 1)
							l.Unlock()
						}
					})
				}
				x.Go("locker", func() {
					l.Lock()
					count.Store(count.Load() + 1)
					l.Unlock()
				})
				x.Join()
				require.Equal(x, 1+got[0]+got[1], count.Load()) // INV-SPINLOCK-1, INV-SPINLOCK-2
			},
		},
		{
			Name: "try-again",
			Doc:  "TryLock looks anew each time: once the other goroutine has ended, it succeeds",
			Body: func(x *explorer.T) {
				var l lock.Lock
				var count atomic.Cell[int]
				other := x.Go("other", func() {
					l.Lock()
					count.Store(count.Load() + 1)
					l.Unlock()
				})
				want := 1
				if l.TryLock() {
					count.Store(count.Load() + 1)
					want = 2
					l.Unlock()
				}
				x.Join(other)
				require.True(x, l.TryLock()) // INV-SPINLOCK-3
				require.Equal(x, want, count.Load())
				require.False(x, l.TryLock())
				l.Unlock()
			},
		},
		{
			Name: "handed-over",
			Doc:  "a goroutine releases what another has taken: the lock does not care who holds it",
			Body: func(x *explorer.T) {
				var l lock.Lock
				var count atomic.Cell[int]
				l.Lock()
				l.Unlock()
				x.Join(x.Go("taker", func() {
					l.Lock()
					count.Store(1)
				}))
				x.Go("next", func() {
					l.Lock() // INV-SPINLOCK-2
					count.Store(count.Load() + 1)
					l.Unlock()
				})
				count.Store(count.Load() + 1)
				l.Unlock() // INV-SPINLOCK-1
				x.Join()
				require.Equal(x, 3, count.Load())
			},
		},
	},
	Mistakes: []Mistake{
		{
			Program: Program{
				Name: "unlock-free",
				Doc:  "unlocking what is not locked would let two goroutines in",
				Body: func(x *explorer.T) {
					var l lock.Lock
					l.Lock()
					l.Unlock()
					l.Unlock() // INV-SPINLOCK-1
				},
			},
			Fails: "spinlock: Unlock of a Lock that is free",
		},
		{
			Program: Program{
				Name: "lock-twice",
				Doc:  "the lock does not know who holds it: a goroutine that takes it again waits for itself",
				Body: func(x *explorer.T) {
					var l lock.Lock
					l.Lock()
					l.Lock()
				},
			},
			Fails: "deadlock",
		},
		{
			Program: Program{
				Name: "unprotected",
				Doc:  "a lock protects nothing from those who do not take it",
				Body: func(x *explorer.T) {
					var l lock.Lock
					var count atomic.Cell[int]
					x.Go("locker", func() {
						l.Lock()
						count.Store(1)
						l.Unlock()
					})
					count.Load()
				},
			},
			Fails: "data race",
		},
	},
}
