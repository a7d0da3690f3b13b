//lint:file-ignore SA2001 empty sections are what these tests are about

package sync_test

import (
	native "sync"
	"testing"

	"github.com/weakmem/litmus/primitives/sync"
)

// Each operation beside the standard library's or Go's: go test -bench . ./primitives/sync

func BenchmarkMutex(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var mu native.Mutex
		for b.Loop() {
			mu.Lock()
			mu.Unlock()
		}
	})
	b.Run("modelled", func(b *testing.B) {
		var mu sync.Mutex
		for b.Loop() {
			mu.Lock()
			mu.Unlock()
		}
	})
}

func BenchmarkRLock(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var mu native.RWMutex
		for b.Loop() {
			mu.RLock()
			mu.RUnlock()
		}
	})
	b.Run("modelled", func(b *testing.B) {
		var mu sync.RWMutex
		for b.Loop() {
			mu.RLock()
			mu.RUnlock()
		}
	})
}

func BenchmarkOnce(b *testing.B) {
	b.Run("sync", func(b *testing.B) {
		var once native.Once
		for b.Loop() {
			once.Do(func() {})
		}
	})
	b.Run("modelled", func(b *testing.B) {
		var once sync.Once
		for b.Loop() {
			once.Do(func() {})
		}
	})
}

func BenchmarkChan(b *testing.B) {
	b.Run("chan", func(b *testing.B) {
		c := make(chan int, 1)
		for b.Loop() {
			c <- 1
			<-c
		}
	})
	b.Run("modelled", func(b *testing.B) {
		c := sync.MakeChan[int](1)
		for b.Loop() {
			c.Send(1)
			c.Recv()
		}
	})
}

func BenchmarkSelect(b *testing.B) {
	b.Run("select", func(b *testing.B) {
		c, d := make(chan int, 1), make(chan int)
		for b.Loop() {
			c <- 1
			select {
			case <-c:
			case <-d:
			}
		}
	})
	b.Run("modelled", func(b *testing.B) {
		c, d := sync.MakeChan[int](1), sync.MakeChan[int](0)
		cases := []sync.Case{c.RecvCase(nil, nil), d.RecvCase(nil, nil)}
		for b.Loop() {
			c.Send(1)
			sync.Select(cases...)
		}
	})
}
