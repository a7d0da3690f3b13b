package counter_test

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/weakmem/litmus/primitives/counter"
)

func ExampleCounter() {
	var requests counter.Counter
	var servers sync.WaitGroup
	for range 3 {
		servers.Go(func() { requests.Add(1) })
	}
	servers.Wait()
	fmt.Println(requests.Load())
	// Output: 3
}

// Each worker counts on a stripe of its own.
func ExampleStriped() {
	workers := runtime.GOMAXPROCS(0)
	items := counter.NewStriped(workers)
	var done sync.WaitGroup
	for worker := range workers {
		done.Go(func() {
			for range 1000 {
				items.Add(worker, 1)
			}
		})
	}
	done.Wait()
	fmt.Println(items.Sum() == int64(1000*workers))
	// Output: true
}
