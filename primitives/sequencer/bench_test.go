package sequencer_test

import (
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/sequencer"
)

const benchCapacity = 1024

// BenchmarkTransfer moves items from one goroutine to another, one by one.
func BenchmarkTransfer(b *testing.B) {
	for _, k := range kinds {
		if k.name != "multi-yield" {
			b.Run(k.name, func(b *testing.B) { broadcast(b, 1, k.options) })
		}
	}
	b.Run("channel", func(b *testing.B) { channels(b, 1) })
}

// BenchmarkFanOut gives each item to two goroutines: by channels, through one for each.
func BenchmarkFanOut(b *testing.B) {
	for _, k := range kinds {
		if k.name != "multi-yield" {
			b.Run(k.name, func(b *testing.B) { broadcast(b, 2, k.options) })
		}
	}
	b.Run("channels", func(b *testing.B) { channels(b, 2) })
}

func broadcast(b *testing.B, consumers int, options []sequencer.Option) {
	s := sequencer.New[int](benchCapacity, options...)
	var readers []*sequencer.Consumer[int]
	for range consumers {
		readers = append(readers, s.Consumer())
	}
	p := s.Producer()
	var tasks sync.WaitGroup
	for _, c := range readers {
		tasks.Go(func() {
			total := 0
			for slot, ok := c.Next(); ok; slot, ok = c.Next() {
				total += slot.Load()
			}
			check(b, total)
		})
	}
	for i := range b.N {
		p.Send(i)
	}
	p.Close()
	tasks.Wait()
}

func channels(b *testing.B, consumers int) {
	var tasks sync.WaitGroup
	var chans []chan int
	for range consumers {
		ch := make(chan int, benchCapacity)
		chans = append(chans, ch)
		tasks.Go(func() {
			total := 0
			for v := range ch {
				total += v
			}
			check(b, total)
		})
	}
	for i := range b.N {
		for _, ch := range chans {
			ch <- i
		}
	}
	for _, ch := range chans {
		close(ch)
	}
	tasks.Wait()
}

func check(b *testing.B, total int) {
	if want := b.N * (b.N - 1) / 2; total != want {
		b.Errorf("the sum of the items is %d, expected %d", total, want)
	}
}
