package mcs_test

import (
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/mcs"
)

// place is a lock as one goroutine takes it, with a node of its own.
type place struct {
	lock *mcs.Lock
	node mcs.Node
}

func (p *place) Lock()   { p.lock.Lock(&p.node) }
func (p *place) Unlock() { p.lock.Unlock(&p.node) }

// A lock that one goroutine uses.
func BenchmarkUncontended(b *testing.B) {
	b.Run("ours-mcs", func(b *testing.B) { locktest.Uncontended(b, &place{lock: new(mcs.Lock)}) })
	b.Run("ours-mcs-pooled", func(b *testing.B) { locktest.Uncontended(b, new(mcs.Mutex)) })
	b.Run("sync.Mutex", func(b *testing.B) { locktest.Uncontended(b, new(sync.Mutex)) })
}

// A lock under which all processors increment a counter.
func BenchmarkContended(b *testing.B) {
	b.Run("ours-mcs", func(b *testing.B) {
		var l mcs.Lock
		locktest.ContendedBy(b, func() sync.Locker { return &place{lock: &l} })
	})
	b.Run("ours-mcs-pooled", func(b *testing.B) { locktest.Contended(b, new(mcs.Mutex)) })
	b.Run("sync.Mutex", func(b *testing.B) { locktest.Contended(b, new(sync.Mutex)) })
}
