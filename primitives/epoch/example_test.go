package epoch_test

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/epoch"
	"github.com/weakmem/litmus/primitives/mem"
)

type config struct{ hosts []string }

// A configuration is replaced while readers use the old one.
func Example() {
	var domain epoch.Domain
	var current mem.Atomic[config]
	current.Store(mem.New(config{hosts: []string{"a"}}), atomic.Release)

	reader := domain.Join() // one for each goroutine
	reader.Pin()
	using := current.Load(atomic.Acquire)

	writer := domain.Join()
	writer.Retire(current.Swap(mem.New(config{hosts: []string{"a", "b"}}), atomic.Release))
	writer.Collect()
	writer.Collect()
	fmt.Println(using.Load().hosts, "to be freed:", writer.Pending())

	reader.Unpin()
	writer.Collect()
	fmt.Println("to be freed:", writer.Pending())

	reader.Leave()
	writer.Leave()
	// Output:
	// [a] to be freed: 1
	// to be freed: 0
}

// What is out of use need not be memory.
func ExampleFunc() {
	var domain epoch.Domain
	p := domain.Join()
	p.Retire(epoch.Func(func() { fmt.Println("closed") }))
	p.Leave()
	domain.Drain()
	// Output: closed
}
