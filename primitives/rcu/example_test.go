package rcu_test

import (
	"fmt"
	"maps"
	"sync"

	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/rcu"
)

// A routing table is read by many goroutines, each with a reader of its own, and replaced by copying.
func Example() {
	var domain rcu.Domain
	routes := rcu.NewValue(&domain, map[string]string{"a": "eth0"})

	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			reader := domain.EpochReader()
			defer reader.Close()
			reader.Lock()
			defer reader.Unlock()
			_ = routes.Dereference().Load()["a"]
		})
	}
	routes.Update(func(old map[string]string) map[string]string {
		more := maps.Clone(old)
		more["b"] = "eth1"
		return more
	})
	readers.Wait()
	fmt.Println(routes.Dereference().Load())
	// Output: map[a:eth0 b:eth1]
}

// A goroutine that serves requests holds no reference between two of them: that is its quiescent state.
func ExampleQuiescentReader() {
	var domain rcu.Domain
	limit := rcu.NewValue(&domain, 10)
	requests := make(chan int, 3)
	for _, n := range []int{7, 8, 9} {
		requests <- n
	}
	close(requests)

	reader := domain.QuiescentReader()
	served := 0
	for n := range requests {
		if served+n <= limit.Dereference().Load() {
			served += n
		}
		reader.Quiescent()
	}
	reader.Close()
	fmt.Println(served)
	// Output: 7
}

// The old version is freed by a callback, once no section is left that may use it.
func ExampleDomain_Call() {
	var domain rcu.Domain
	var current rcu.Pointer[string]
	current.Publish(mem.New("old"))
	reader := domain.EpochReader()

	reader.Lock()
	version := current.Dereference()
	old := current.DereferenceProtected()
	current.Publish(mem.New("new"))
	domain.Call(func() { old.Free(); fmt.Println("freed") })
	fmt.Println(domain.Poll(), version.Load())
	reader.Unlock()
	fmt.Println(domain.Poll(), current.Dereference().Load())
	// Output:
	// 0 old
	// freed
	// 1 new
}
