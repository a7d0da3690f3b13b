package ticket_test

import (
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/internal/locktest"
	"github.com/weakmem/litmus/primitives/ticket"
)

// A lock that one goroutine uses.
func BenchmarkUncontended(b *testing.B) {
	b.Run("ours-ticket", func(b *testing.B) { locktest.Uncontended(b, new(ticket.Lock)) })
	b.Run("sync.Mutex", func(b *testing.B) { locktest.Uncontended(b, new(sync.Mutex)) })
}

// A lock under which all processors increment a counter.
func BenchmarkContended(b *testing.B) {
	b.Run("ours-ticket", func(b *testing.B) { locktest.Contended(b, new(ticket.Lock)) })
	b.Run("sync.Mutex", func(b *testing.B) { locktest.Contended(b, new(sync.Mutex)) })
}
