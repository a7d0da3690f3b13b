package mem_test

import (
	"context"
	"fmt"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
)

func ExampleHandle() {
	h := mem.New("hello")
	fmt.Println(h.Load())
	h.Store("bye")
	fmt.Println(h.Load())
	h.Free()
	// Output:
	// hello
	// bye
}

// A configuration is replaced, and the old one is freed at once, though a
// reader may still be at it.
func ExampleAtomic() {
	report, err := explorer.Run(context.Background(), func(x *explorer.T) {
		var current mem.Atomic[int]
		current.Store(mem.New(1))
		x.Go("reader", func() { current.Load(atomic.Acquire).Load() })
		old := current.Swap(mem.New(2))
		old.Free()
		x.Join()
		current.Load().Free()
	})
	fmt.Println(err, report.Verified)
	// Output: <nil> false
}
