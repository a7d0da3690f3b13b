package rwlock_test

import (
	"fmt"
	"sync"

	"github.com/weakmem/litmus/primitives/rwlock"
)

// Many look prices up, few change them.
func Example() {
	var prices struct {
		rwlock.Lock
		of map[string]int
	}
	prices.of = map[string]int{"tea": 3}
	raise := func(by int) {
		prices.Lock.Lock()
		defer prices.Lock.Unlock()
		prices.of["tea"] += by
	}
	price := func() int {
		prices.RLock()
		defer prices.RUnlock()
		return prices.of["tea"]
	}

	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { raise(1) })
		wg.Go(func() { _ = price() })
	}
	wg.Wait()
	fmt.Println(price())
	// Output: 6
}
