package broadcast_test

import (
	"sync"
	"testing"

	"github.com/weakmem/litmus/primitives/broadcast"
)

// A signal that nobody waits for yet.
func BenchmarkSignal(b *testing.B) {
	b.Run("ours-broadcast", func(b *testing.B) {
		var e broadcast.Event
		for b.Loop() {
			e.Signal()
		}
	})
	b.Run("sync.Cond", func(b *testing.B) {
		c := sync.NewCond(new(sync.Mutex))
		generation := 0
		for b.Loop() {
			c.L.Lock()
			generation++
			c.L.Unlock()
			c.Broadcast()
		}
	})
	b.Run("close-chan", func(b *testing.B) {
		var mu sync.Mutex
		c := make(chan struct{})
		for b.Loop() {
			mu.Lock()
			close(c)
			c = make(chan struct{})
			mu.Unlock()
		}
	})
}

// A waiter that asks whether anything has happened, and nothing has.
func BenchmarkLook(b *testing.B) {
	b.Run("ours-broadcast", func(b *testing.B) {
		var e broadcast.Event
		b.RunParallel(func(pb *testing.PB) {
			w := e.Subscribe()
			for pb.Next() {
				w.TryWait()
			}
		})
	})
	b.Run("sync.Cond", func(b *testing.B) {
		c := sync.NewCond(new(sync.Mutex))
		generation := 0
		b.RunParallel(func(pb *testing.PB) {
			seen := 0
			for pb.Next() {
				c.L.Lock()
				seen = generation
				c.L.Unlock()
			}
			_ = seen
		})
	})
	b.Run("close-chan", func(b *testing.B) {
		c := make(chan struct{})
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				select {
				case <-c:
				default:
				}
			}
		})
	})
}

// Two goroutines wake each other in turn: there and back.
func BenchmarkPingPong(b *testing.B) {
	b.Run("ours-broadcast", func(b *testing.B) {
		var ping, pong broadcast.Event
		atPing, atPong := ping.Subscribe(), pong.Subscribe()
		go func() {
			for atPing.Wait() > 0 {
				pong.Signal()
			}
		}()
		for b.Loop() {
			ping.Signal()
			atPong.Wait()
		}
		ping.Close()
	})
	b.Run("sync.Cond", func(b *testing.B) {
		c := sync.NewCond(new(sync.Mutex))
		turn := 0
		await := func(t int) {
			c.L.Lock()
			for turn != t && turn != -1 {
				c.Wait()
			}
			c.L.Unlock()
		}
		set := func(t int) {
			c.L.Lock()
			turn = t
			c.L.Unlock()
			c.Broadcast()
		}
		done := make(chan bool)
		go func() {
			defer close(done)
			for range b.N {
				await(1)
				set(0)
			}
		}()
		b.ResetTimer()
		for range b.N {
			set(1)
			await(0)
		}
		<-done
	})
	b.Run("chan", func(b *testing.B) {
		ping, pong := make(chan struct{}, 1), make(chan struct{}, 1)
		go func() {
			for range ping {
				pong <- struct{}{}
			}
		}()
		for b.Loop() {
			ping <- struct{}{}
			<-pong
		}
		close(ping)
	})
}

const subscribers = 4

// A value goes to four subscribers, all of which receive all.
func BenchmarkPublishToFour(b *testing.B) {
	b.Run("ours-broadcast", func(b *testing.B) {
		var t broadcast.Topic[int]
		var wg sync.WaitGroup
		for range subscribers {
			s := t.Subscribe()
			wg.Go(func() {
				for range s.All() {
				}
			})
		}
		for range b.N {
			t.Publish(1)
		}
		t.Close()
		wg.Wait()
	})
	b.Run("chan-each", func(b *testing.B) {
		var wg sync.WaitGroup
		var all [subscribers]chan int
		for i := range all {
			all[i] = make(chan int, 128)
			wg.Go(func() {
				for range all[i] {
				}
			})
		}
		for range b.N {
			for _, c := range all {
				c <- 1
			}
		}
		for _, c := range all {
			close(c)
		}
		wg.Wait()
	})
}
