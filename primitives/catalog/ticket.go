//lint:file-ignore SA2001 whether empty sections can be entered is what some programs are about

package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sequential"
	lock "github.com/weakmem/litmus/primitives/ticket"
)

var ticket = Protocol{
	Name:     "ticket",
	Title:    "a lock that serves in the order of arrival",
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
				l.Lock() // INV-TICKET-1, INV-TICKET-3
				require.Equal(x, 3, count.Load())
				l.Unlock()
			},
		},
		{
			Name: "taken-twice",
			Doc:  "two goroutines take the lock twice each: every ticket's turn comes",
			Body: func(x *explorer.T) {
				var l lock.Lock
				var count atomic.Cell[int]
				for range 2 {
					x.Go("incrementer", func() {
						for range 2 {
							l.Lock() // INV-TICKET-2
							count.Store(count.Load() + 1)
							l.Unlock()
						}
					})
				}
				x.Join()
				require.Equal(x, 4, count.Load())
			},
		},
		{
			Name: "try",
			Doc:  "two goroutines try, one insists: who succeeds has the lock to itself, and nobody who fails takes a ticket",
			Body: func(x *explorer.T) {
				var l lock.Lock
				var count atomic.Cell[int]
				var got [2]int
				for i := range got {
					x.Go("trier", func() {
						if l.TryLock() { // INV-TICKET-1, INV-TICKET-3
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
				require.Equal(x, 1+got[0]+got[1], count.Load())
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
				require.True(x, l.TryLock())
				require.Equal(x, want, count.Load())
				require.False(x, l.TryLock()) // INV-TICKET-1
				l.Unlock()
			},
		},
	},
	Mistakes: []Mistake{
		{
			Program: Program{
				Name: "unlock-free",
				Doc:  "unlocking what is not locked would skip a ticket, whose turn would never come",
				Body: func(x *explorer.T) {
					var l lock.Lock
					l.Lock()
					l.Unlock()
					l.Unlock() // INV-TICKET-2
				},
			},
			Fails: "ticket: Unlock of a Lock that is not locked",
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
			Fails: "await",
		},
	},
}
