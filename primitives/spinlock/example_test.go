package spinlock_test

import (
	"fmt"
	"sync"

	"github.com/weakmem/litmus/primitives/spinlock"
)

// A lock beside the few words that it protects.
func Example() {
	var clicks struct {
		spinlock.Lock
		left, right int
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			clicks.Lock.Lock()
			defer clicks.Lock.Unlock()
			clicks.left++
			clicks.right += 2
		})
	}
	wg.Wait()
	fmt.Println(clicks.left, clicks.right)
	// Output: 10 20
}

// Who does not get the lock does something else meanwhile.
func ExampleLock_TryLock() {
	var l spinlock.Lock
	fmt.Println(l.TryLock(), l.TryLock())
	l.Unlock()
	fmt.Println(l.TryLock())
	// Output:
	// true false
	// true
}
