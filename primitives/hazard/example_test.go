package hazard_test

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/hazard"
	"github.com/weakmem/litmus/primitives/mem"
)

type config struct{ hosts []string }

// A configuration is replaced while readers use the old one.
func Example() {
	domain := hazard.New[config](1)
	var current mem.Atomic[config]
	current.Store(mem.New(config{hosts: []string{"a"}}), atomic.Release)

	reader := domain.Join() // one for each goroutine
	using := reader.Protect(0, &current)

	writer := domain.Join()
	writer.Retire(current.Swap(mem.New(config{hosts: []string{"a", "b"}}), atomic.Release))
	writer.Scan()
	fmt.Println(using.Load().hosts, "to be freed:", writer.Pending())

	reader.Clear(0)
	writer.Scan()
	fmt.Println("to be freed:", writer.Pending())
	fmt.Println(reader.Protect(0, &current).Load().hosts)

	reader.Leave()
	writer.Leave()
	// Output:
	// [a] to be freed: 1
	// to be freed: 0
	// [a b]
}

// What is out of use goes back to a pool.
func ExampleParticipant_RetireFunc() {
	domain := hazard.New[[]byte](1)
	var spare []mem.Handle[[]byte]
	recycle := func(h mem.Handle[[]byte]) { spare = append(spare, h) }

	p := domain.Join()
	p.RetireFunc(mem.New(make([]byte, 16)), recycle)
	p.Scan()
	fmt.Println(len(spare), "spare")
	p.Leave()
	// Output: 1 spare
}
