package mcs_test

import (
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/mcs"
)

// A lock that one goroutine uses.
func BenchmarkUncontended(b *testing.B) {
	b.Run("ours-mcs", func(b *testing.B) { locktest.Uncontended(b, new(mcs.Mutex)) })
	b.Run("sync.Mutex", func(b *testing.B) { locktest.Uncontended(b, new(sync.Mutex)) })
}

// A lock under which all processors increment a counter.
func BenchmarkContended(b *testing.B) {
	b.Run("ours-mcs", func(b *testing.B) { locktest.Contended(b, new(mcs.Mutex)) })
	b.Run("sync.Mutex", func(b *testing.B) { locktest.Contended(b, new(sync.Mutex)) })
}
