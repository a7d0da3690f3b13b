package rcu_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weakmem/litmus/primitives/rcu"
)

type route struct{ hops [8]int }

var sink atomic.Int64

// Goroutines read one field of one version, in a section each; nobody writes: go test -bench Read -cpu 1,2.
func BenchmarkRead(b *testing.B) {
	b.Run("rcu-quiescent", func(b *testing.B) {
		var d rcu.Domain
		v := rcu.NewValue(&d, route{})
		b.RunParallel(func(pb *testing.PB) {
			r := d.QuiescentReader()
			defer r.Close()
			sum := 0
			for pb.Next() {
				sum += v.Dereference().Pointer().hops[3]
				r.Quiescent()
			}
			sink.Store(int64(sum))
		})
	})
	b.Run("rcu-epoch", func(b *testing.B) {
		var d rcu.Domain
		v := rcu.NewValue(&d, route{})
		b.RunParallel(func(pb *testing.PB) {
			r := d.EpochReader()
			defer r.Close()
			sum := 0
			for pb.Next() {
				r.Lock()
				sum += v.Dereference().Pointer().hops[3]
				r.Unlock()
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

// One goroutine updates, with a reader registered that is in no section.
func BenchmarkUpdate(b *testing.B) {
	increment := func(r route) route { r.hops[3]++; return r }
	b.Run("rcu-wait", func(b *testing.B) {
		var d rcu.Domain
		d.EpochReader()
		v := rcu.NewValue(&d, route{})
		for b.Loop() {
			v.Update(increment)
		}
	})
	b.Run("rcu-later", func(b *testing.B) {
		var d rcu.Domain
		d.EpochReader()
		v := rcu.NewValue(&d, route{})
		for b.Loop() {
			v.UpdateLater(increment)
			d.Poll()
		}
	})
	b.Run("sync.RWMutex", func(b *testing.B) {
		var mu sync.RWMutex
		v := &route{}
		for b.Loop() {
			mu.Lock()
			v.hops[3]++
			mu.Unlock()
		}
	})
}
