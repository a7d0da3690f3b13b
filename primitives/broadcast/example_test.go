package broadcast_test

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/weakmem/litmus/primitives/broadcast"
)

// Every subscriber receives every value.
func ExampleTopic() {
	var prices broadcast.Topic[int]
	var wg sync.WaitGroup
	var sums [2]int
	for i := range sums {
		updates := prices.Subscribe()
		wg.Go(func() {
			for p := range updates.All() {
				sums[i] += p
			}
		})
	}
	for _, p := range []int{3, 1, 4} {
		prices.Publish(p)
	}
	prices.Close()
	wg.Wait()
	fmt.Println(sums)
	// Output: [8 8]
}

// A waiter looks for itself what has changed: first it subscribes, then it looks, then it waits.
func ExampleEvent() {
	var changed broadcast.Event
	var level atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		news := changed.Subscribe()
		for level.Load() < 3 {
			news.Wait()
		}
		fmt.Println("full")
	})
	for range 3 {
		level.Add(1)
		changed.Signal()
	}
	wg.Wait()
	// Output: full
}

func ExampleEvent_Close() {
	var e broadcast.Event
	w := e.Subscribe()
	e.Signal()
	e.Signal()
	e.Close()
	for n := w.Wait(); n > 0; n = w.Wait() {
		fmt.Println("events:", n)
	}
	fmt.Println("closed")
	// Output:
	// events: 2
	// closed
}
