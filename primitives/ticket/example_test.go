package ticket_test

import (
	"fmt"
	"sync"

	"github.com/weakmem/litmus/primitives/ticket"
)

// Goroutines take turns: nobody is overtaken.
func Example() {
	var l ticket.Lock
	var wg sync.WaitGroup
	total := 0
	for i := range 10 {
		wg.Go(func() {
			l.Lock()
			defer l.Unlock()
			total += i
		})
	}
	wg.Wait()
	fmt.Println(total)
	// Output: 45
}

// Who does not get the lock takes no ticket, and does something else meanwhile.
func ExampleLock_TryLock() {
	var l ticket.Lock
	fmt.Println(l.TryLock(), l.TryLock())
	l.Unlock()
	fmt.Println(l.TryLock())
	// Output:
	// true false
	// true
}
