package ring_test

import (
	"testing"

	"github.com/weakmem/litmus/primitives/ring"
)

const benchCapacity = 1024

// BenchmarkTransfer moves items from one goroutine to another: through the ring in batches of up to 64, and one by one.
func BenchmarkTransfer(b *testing.B) {
	b.Run("ring", func(b *testing.B) {
		p, c := ring.New[int](benchCapacity)
		go func() {
			for i := 0; i < b.N; {
				slots := p.Reserve(min(64, b.N-i))
				for s := range slots {
					slots[s].Store(i)
					i++
				}
				p.Commit(len(slots))
			}
			p.Close()
		}()
		total := 0
		for slots := c.Reserve(64); len(slots) > 0; slots = c.Reserve(64) {
			for s := range slots {
				total += slots[s].Load()
			}
			c.Commit(len(slots))
		}
		check(b, total)
	})
	b.Run("ring-one-by-one", func(b *testing.B) {
		p, c := ring.New[int](benchCapacity)
		go func() {
			for i := range b.N {
				p.Push(i)
			}
			p.Close()
		}()
		sum(b, c.Pop)
	})
	b.Run("channel", func(b *testing.B) {
		ch := make(chan int, benchCapacity)
		go func() {
			for i := range b.N {
				ch <- i
			}
			close(ch)
		}()
		sum(b, func() (int, bool) { v, ok := <-ch; return v, ok })
	})
}

func sum(b *testing.B, pop func() (int, bool)) {
	total := 0
	for v, ok := pop(); ok; v, ok = pop() {
		total += v
	}
	check(b, total)
}

func check(b *testing.B, total int) {
	if want := b.N * (b.N - 1) / 2; total != want {
		b.Fatalf("the sum of the items is %d, expected %d", total, want)
	}
}
