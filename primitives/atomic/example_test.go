package atomic_test

import (
	"context"
	"fmt"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
)

// Outside an exploration, atomics are sync/atomic's; an ordering says what the
// code relies on.
func Example() {
	var ready atomic.Bool
	var data atomic.Cell[int]
	go func() {
		data.Store(42)
		ready.Store(true, atomic.Release)
	}()
	for !ready.Load(atomic.Acquire) {
		explorer.Yield()
	}
	fmt.Println(data.Load())
	// Output: 42
}

// The same code under exploration: with the orderings that it needs, every
// execution is right, and with weaker ones, the explorer finds the race.
func Example_explored() {
	publish := func(store, load atomic.Ordering) *explorer.Report {
		report, err := explorer.Run(context.Background(), func(x *explorer.T) {
			var ready atomic.Bool
			var data atomic.Cell[int]
			x.Go("writer", func() {
				data.Store(42)
				ready.Store(true, store)
			})
			if ready.Load(load) {
				data.Load()
			}
		})
		if err != nil {
			panic(err)
		}
		return report
	}
	fmt.Println(publish(atomic.Release, atomic.Acquire).Verified)
	fmt.Println(publish(atomic.Relaxed, atomic.Acquire).Verified)
	// Output:
	// true
	// false
}

func ExampleInt64_CompareAndSwap() {
	var highest atomic.Int64
	raise := func(to int64) {
		for {
			now := highest.Load(atomic.Relaxed)
			if to <= now || highest.CompareAndSwap(now, to, atomic.Release, atomic.Relaxed) {
				return
			}
		}
	}
	raise(3)
	raise(7)
	raise(5)
	fmt.Println(highest.Load())
	// Output: 7
}

func ExampleFence() {
	var data, ready atomic.Int32
	data.Store(1, atomic.Relaxed)
	atomic.Fence(atomic.Release)
	ready.Store(1, atomic.Relaxed)
	fmt.Println(ready.Load(atomic.Acquire), data.Load(atomic.Relaxed))
	// Output: 1 1
}
