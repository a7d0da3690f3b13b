package snapshot_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weakmem/litmus/primitives/snapshot"
)

type route struct{ hops [8]int }

// Goroutines read one field of one version; nobody writes: go test -bench Read -cpu 1,2.
func BenchmarkRead(b *testing.B) {
	b.Run("snapshot", func(b *testing.B) {
		v := snapshot.New(&route{})
		b.RunParallel(func(pb *testing.PB) {
			sum := 0
			for pb.Next() {
				sum += v.Load().hops[3]
			}
			sink.Store(int64(sum))
		})
	})
	b.Run("atomic.Pointer", func(b *testing.B) {
		var v atomic.Pointer[route]
		v.Store(&route{})
		b.RunParallel(func(pb *testing.PB) {
			sum := 0
			for pb.Next() {
				sum += v.Load().hops[3]
			}
			sink.Store(int64(sum))
		})
	})
	b.Run("atomic.Value", func(b *testing.B) {
		var v atomic.Value
		v.Store(&route{})
		b.RunParallel(func(pb *testing.PB) {
			sum := 0
			for pb.Next() {
				sum += v.Load().(*route).hops[3]
			}
			sink.Store(int64(sum))
		})
	})
	b.Run("sync.RWMutex", func(b *testing.B) {
		var mu sync.RWMutex
		v := &route{}
		b.RunParallel(func(pb *testing.PB) {
			sum := 0
			for pb.Next() {
				mu.RLock()
				sum += v.hops[3]
				mu.RUnlock()
			}
			sink.Store(int64(sum))
		})
	})
	b.Run("sync.Mutex", func(b *testing.B) {
		var mu sync.Mutex
		v := &route{}
		b.RunParallel(func(pb *testing.PB) {
			sum := 0
			for pb.Next() {
				mu.Lock()
				sum += v.hops[3]
				mu.Unlock()
			}
			sink.Store(int64(sum))
		})
	})
}

var sink atomic.Int64

// Goroutines replace the version by one with a field changed.
func BenchmarkUpdate(b *testing.B) {
	b.Run("snapshot", func(b *testing.B) {
		v := snapshot.New(&route{})
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				v.Update(func(current *route) *route {
					next := *current
					next.hops[3]++
					return &next
				})
			}
		})
	})
	b.Run("sync.RWMutex", func(b *testing.B) {
		var mu sync.RWMutex
		v := &route{}
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				mu.Lock()
				v.hops[3]++
				mu.Unlock()
			}
		})
	})
}
