package treiber_test

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/treiber"
)

// A stack as a list of spare buffers: the one that was used last is the one that caches still hold.
func Example() {
	var spare treiber.Stack[[]byte]
	take := func() []byte {
		if b, ok := spare.TryPop(); ok {
			return b[:0]
		}
		return make([]byte, 0, 64)
	}
	b := append(take(), "hello"...)
	spare.Push(b)
	b = append(take(), "bye"...)
	fmt.Printf("%s, in %d bytes; more: %v\n", b, cap(b), !spare.IsEmpty())
	// Output: bye, in 64 bytes; more: false
}

// Pop waits for a value.
func ExampleStack_Pop() {
	var results treiber.Stack[int]
	for i := range 3 {
		go results.Push(i * i)
	}
	fmt.Println(results.Pop() + results.Pop() + results.Pop())
	// Output: 5
}

// The nodes of a Reclaimed are freed by its poppers.
func ExampleReclaimed() {
	s := treiber.NewReclaimed[string]()
	s.Push("first")
	s.Push("second")

	p := s.Join() // one for each goroutine that pops
	for v, ok := p.TryPop(); ok; v, ok = p.TryPop() {
		fmt.Println(v)
	}
	p.Leave()
	s.Free()
	// Output:
	// second
	// first
}
