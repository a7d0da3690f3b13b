package mcs_test

import (
	"fmt"
	"sync"

	"github.com/weakmem/litmus/primitives/mcs"
)

// Each goroutine brings a node of its own, and uses it again.
func Example() {
	var l mcs.Lock
	var wg sync.WaitGroup
	total := 0
	for range 4 {
		wg.Go(func() {
			var n mcs.Node
			for i := range 10 {
				l.Lock(&n)
				total += i
				l.Unlock(&n)
			}
		})
	}
	wg.Wait()
	fmt.Println(total)
	// Output: 180
}

// A Mutex takes its nodes from a pool.
func ExampleMutex() {
	var mu mcs.Mutex
	fmt.Println(mu.TryLock(), mu.TryLock())
	mu.Unlock()
	fmt.Println(mu.TryLock())
	// Output:
	// true false
	// true
}
