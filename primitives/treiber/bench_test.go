package treiber_test

import (
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/treiber"
)

// lockedSlice is the stack that a Go user writes without help.
type lockedSlice struct {
	mu     sync.Mutex
	values []int
}

func (s *lockedSlice) Push(v int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values = append(s.values, v)
}

func (s *lockedSlice) TryPop() (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := len(s.values) - 1
	if last < 0 {
		return 0, false
	}
	v := s.values[last]
	s.values = s.values[:last]
	return v, true
}

// BenchmarkPairs is a Push and a TryPop by every goroutine in turn.
func BenchmarkPairs(b *testing.B) {
	b.Run("treiber", func(b *testing.B) {
		var s treiber.Stack[int]
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				s.Push(1)
				s.TryPop()
			}
		})
	})
	b.Run("treiber reclaimed", func(b *testing.B) {
		s := treiber.NewReclaimed[int]()
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			p := s.Join()
			for pb.Next() {
				s.Push(1)
				p.TryPop()
			}
			p.Leave()
		})
		s.Free()
	})
	b.Run("mutex and slice", func(b *testing.B) {
		var s lockedSlice
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				s.Push(1)
				s.TryPop()
			}
		})
	})
	b.Run("channel", func(b *testing.B) { // first in, first out
		c := make(chan int, 1024)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				c <- 1
				<-c
			}
		})
	})
}
