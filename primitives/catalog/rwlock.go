//lint:file-ignore SA2001 whether empty sections can be entered is what some programs are about

package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	readwrite "github.com/weakmem/litmus/primitives/rwlock"
	"github.com/weakmem/litmus/primitives/sequential"
)

var rwlock = Protocol{
	Name:  "rwlock",
	Title: "a reader-writer lock that counts its readers",
	Subjects: []Subject{
		subject("sections", sequential.RWLockSections),
		subject("attempts", sequential.RWLockAttempts),
	},
	Programs: []Program{
		{
			Name: "two-readers",
			Doc:  "two readers and a writer: readers see both of the writer's stores or neither, and race with none",
			Body: func(x *explorer.T) {
				var l readwrite.Lock
				var a, b atomic.Cell[int]
				for range 2 {
					x.Go("reader", func() {
						l.RLock() // INV-RWLOCK-3, INV-RWLOCK-4
						require.Equal(x, a.Load(), b.Load())
						l.RUnlock()
					})
				}
				x.Go("writer", func() {
					l.Lock() // INV-RWLOCK-2, INV-RWLOCK-5
					a.Store(1)
					b.Store(1)
					l.Unlock()
				})
			},
		},
		{
			Name: "two-writers",
			Doc:  "two writers and a reader: a writer's phase that follows another's is not taken for it",
			Body: func(x *explorer.T) {
				var l readwrite.Lock
				var count atomic.Cell[int]
				for range 2 {
					x.Go("writer", func() {
						l.Lock() // INV-RWLOCK-1
						count.Store(count.Load() + 1)
						l.Unlock()
					})
				}
				x.Go("reader", func() {
					l.RLock()
					count.Load()
					l.RUnlock()
				})
				x.Join()
				require.Equal(x, 2, count.Load())
			},
		},
		{
			Name: "reader-writer-reader",
			Doc:  "a goroutine that reads, writes and reads again meets one that reads: no phase is left open",
			Body: func(x *explorer.T) {
				var l readwrite.Lock
				var count atomic.Cell[int]
				x.Go("both", func() {
					l.RLock()
					n := count.Load()
					l.RUnlock()
					l.Lock()
					count.Store(n + 1)
					l.Unlock()
					l.RLock()
					require.Equal(x, n+1, count.Load())
					l.RUnlock()
				})
				x.Go("reader", func() {
					l.RLock()
					count.Load()
					l.RUnlock()
				})
			},
		},
		{
			Name: "try-to-read",
			Doc:  "two readers try while a writer is about: TryRLock fails only where a writer is",
			Body: func(x *explorer.T) {
				var l readwrite.Lock
				var count atomic.Cell[int]
				for range 2 {
					x.Go("reader", func() {
						if l.TryRLock() { // INV-RWLOCK-1, INV-RWLOCK-4
							count.Load()
							l.RUnlock()
						}
					})
				}
				x.Go("writer", func() {
					l.Lock()
					count.Store(1)
					l.Unlock()
				})
				x.Join()
				require.True(x, l.TryRLock())
				require.True(x, l.TryRLock())
				require.False(x, l.TryLock())
				require.Equal(x, 1, count.Load())
			},
		},
		{
			Name: "try-to-write",
			Doc:  "a writer tries while a reader and a writer are about: TryLock succeeds only alone",
			Body: func(x *explorer.T) {
				var l readwrite.Lock
				var count atomic.Cell[int]
				got := 0
				x.Go("trier", func() {
					if l.TryLock() { // INV-RWLOCK-1, INV-RWLOCK-5
						count.Store(count.Load() + 1)
						got = 1
						l.Unlock()
					}
				})
				x.Go("writer", func() {
					l.Lock()
					count.Store(count.Load() + 1)
					l.Unlock()
				})
				x.Go("reader", func() {
					l.RLock()
					count.Load()
					l.RUnlock()
				})
				x.Join()
				require.True(x, l.TryLock())
				require.False(x, l.TryRLock())
				require.Equal(x, 1+got, count.Load())
				l.Unlock()
			},
		},
		{
			Name: "try-again",
			Doc:  "TryLock and TryRLock look anew each time: once the writer has ended, they succeed",
			Body: func(x *explorer.T) {
				var l readwrite.Lock
				var count atomic.Cell[int]
				writer := x.Go("writer", func() {
					l.Lock()
					count.Store(1)
					l.Unlock()
				})
				if l.TryRLock() {
					count.Load()
					l.RUnlock()
				}
				x.Join(writer)
				if x.Choose(2) == 0 {
					require.True(x, l.TryRLock()) // INV-RWLOCK-1
					require.Equal(x, 1, count.Load())
					l.RUnlock()
				} else {
					require.True(x, l.TryLock()) // INV-RWLOCK-1
					require.Equal(x, 1, count.Load())
					l.Unlock()
				}
			},
		},
	},
	Mistakes: []Mistake{
		{
			Program: Program{
				Name: "unlock-free",
				Doc:  "unlocking what no writer holds would open a phase that nobody ends",
				Body: func(x *explorer.T) {
					var l readwrite.Lock
					l.RLock()
					l.Unlock()
				},
			},
			Fails: "rwlock: Unlock of a Lock that is not locked for writing",
		},
		{
			Program: Program{
				Name: "runlock-free",
				Doc:  "a reader too many that leaves would let a writer in too early",
				Body: func(x *explorer.T) {
					var l readwrite.Lock
					l.RLock()
					l.RUnlock()
					l.RUnlock() // INV-RWLOCK-1
				},
			},
			Fails: "rwlock: RUnlock of a Lock that is not locked for reading",
		},
		{
			Program: Program{
				Name: "read-lock-twice",
				Doc:  "a writer that comes between a goroutine's two RLocks waits for the first and keeps out the second",
				Body: func(x *explorer.T) {
					var l readwrite.Lock
					x.Go("writer", func() {
						l.Lock()
						l.Unlock()
					})
					l.RLock()
					l.RLock() // INV-RWLOCK-3
					l.RUnlock()
					l.RUnlock()
				},
			},
			Fails: "await",
		},
		{
			Program: Program{
				Name: "write-under-read-lock",
				Doc:  "readers exclude writers, not each other",
				Body: func(x *explorer.T) {
					var l readwrite.Lock
					var count atomic.Cell[int]
					for range 2 {
						x.Go("reader", func() {
							l.RLock()
							count.Store(count.Load() + 1)
							l.RUnlock()
						})
					}
				},
			},
			Fails: "data race",
		},
	},
}
