package treiber

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// Stack is a stack of T for any number of goroutines, whose nodes the garbage collector takes back. The zero value is
// empty. It must not be copied after its first use.
type Stack[T any] struct {
	_   cpu.CacheLinePad
	top atomic.Pointer[node[T]]
	_   cpu.CacheLinePad
}

type node[T any] struct {
	value atomic.Cell[T]
	next  atomic.Cell[*node[T]]
}

// Push puts v on top. It allocates one node.
func (s *Stack[T]) Push(v T) {
	n := &node[T]{}
	n.value.Store(v)
	for {
		top := s.top.Load(atomic.Relaxed) // INV-TREIBER-2: only compared, never followed
		n.next.Store(top)
		// INV-TREIBER-1, INV-TREIBER-2
		if s.top.CompareAndSwap(top, n, atomic.Release, atomic.Relaxed) {
			return
		}
	}
}

// TryPop takes the top off. It reports false if the stack is empty.
func (s *Stack[T]) TryPop() (v T, ok bool) {
	for {
		top := s.top.Load(atomic.Acquire) // INV-TREIBER-1
		if top == nil {
			return v, false
		}
		next := top.next.Load()
		// Relaxed: next was released by its own push, whose release sequence this update continues. INV-TREIBER-1,
		// INV-TREIBER-2, INV-TREIBER-3
		if s.top.CompareAndSwap(top, next, atomic.Relaxed, atomic.Relaxed) {
			return top.value.Load(), true
		}
	}
}

// Pop takes the top off. It waits while the stack is empty.
func (s *Stack[T]) Pop() T {
	for {
		if v, ok := s.TryPop(); ok {
			return v
		}
		wait.For(s, (*Stack[T]).occupied)
	}
}

// IsEmpty reports whether the stack is empty. The answer may be out of date, and it publishes nothing: what TryPop returns
// next is another matter.
func (s *Stack[T]) IsEmpty() bool { return !s.occupied() }

func (s *Stack[T]) occupied() bool {
	return s.top.Load(atomic.Relaxed) != nil // INV-TREIBER-2: compared with nil, never followed
}
