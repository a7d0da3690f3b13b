package hazard_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weakmem/litmus/primitives/hazard"
	"github.com/weakmem/litmus/primitives/mem"
)

// BenchmarkRead reads one word of shared data that a writer may replace at any time.
func BenchmarkRead(b *testing.B) {
	b.Run("hazard", func(b *testing.B) {
		d := hazard.New[int](1)
		var a mem.Atomic[int]
		a.Store(mem.New(1))
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			p := d.Join()
			for sum := 0; pb.Next(); {
				sum += p.Protect(0, &a).Load()
				p.Clear(0)
			}
			p.Leave()
		})
	})
	b.Run("rwmutex", func(b *testing.B) {
		var mu sync.RWMutex
		value := 1
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for sum := 0; pb.Next(); {
				mu.RLock()
				sum += value
				mu.RUnlock()
			}
		})
	})
	b.Run("reference count", func(b *testing.B) {
		var references atomic.Int64
		value := 1
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for sum := 0; pb.Next(); {
				references.Add(1)
				sum += value
				references.Add(-1)
			}
		})
	})
}

// BenchmarkReplace replaces the block that is read, and frees it.
func BenchmarkReplace(b *testing.B) {
	b.Run("hazard", func(b *testing.B) {
		d := hazard.New[int](1)
		var a mem.Atomic[int]
		a.Store(mem.New(1))
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			p := d.Join()
			for pb.Next() {
				p.Retire(a.Swap(mem.New(2)))
			}
			p.Leave()
		})
	})
	b.Run("rwmutex", func(b *testing.B) {
		var mu sync.RWMutex
		value := new(int)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				next := new(int)
				mu.Lock()
				value = next
				mu.Unlock()
			}
		})
		_ = value
	})
}
