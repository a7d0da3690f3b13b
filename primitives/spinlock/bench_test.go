//lint:file-ignore SA2001 empty sections are what is measured

package spinlock_test

import (
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/spinlock"
)

// A lock that one goroutine uses.
func BenchmarkUncontended(b *testing.B) {
	uncontended := func(b *testing.B, l sync.Locker) {
		for b.Loop() {
			l.Lock()
			l.Unlock()
		}
	}
	b.Run("ours-spinlock", func(b *testing.B) { uncontended(b, new(spinlock.Lock)) })
	b.Run("sync.Mutex", func(b *testing.B) { uncontended(b, new(sync.Mutex)) })
}

// A counter that all processors increment.
func BenchmarkContended(b *testing.B) {
	contended := func(b *testing.B, l sync.Locker) {
		count := 0
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				l.Lock()
				count++
				l.Unlock()
			}
		})
		if count != b.N {
			b.Fatalf("%d increments of %d were lost", b.N-count, b.N)
		}
	}
	b.Run("ours-spinlock", func(b *testing.B) { contended(b, new(spinlock.Lock)) })
	b.Run("sync.Mutex", func(b *testing.B) { contended(b, new(sync.Mutex)) })
}
