package treiber

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/hazard"
	"github.com/weakmem/litmus/primitives/mem"
)

// Reclaimed is a stack of T whose nodes are freed by hand, once no [Popper] holds them. It must not be copied.
type Reclaimed[T any] struct {
	_       cpu.CacheLinePad
	top     mem.Atomic[block[T]]
	_       cpu.CacheLinePad
	poppers *hazard.Domain[block[T]]
}

type block[T any] struct {
	value T
	next  mem.Handle[block[T]]
}

// NewReclaimed returns an empty stack.
func NewReclaimed[T any]() *Reclaimed[T] {
	return &Reclaimed[T]{poppers: hazard.New[block[T]](1)}
}

// Push puts v on top. It allocates one node. Any goroutine may push: top is compared, never followed.
func (s *Reclaimed[T]) Push(v T) {
	n := mem.Alloc[block[T]]()
	for {
		top := s.top.Load(atomic.Relaxed) // INV-TREIBER-2
		n.Store(block[T]{v, top})
		// INV-TREIBER-1, INV-TREIBER-2
		if s.top.CompareAndSwap(top, n, atomic.Release, atomic.Relaxed) {
			return
		}
	}
}

// IsEmpty reports whether the stack is empty. The answer may be out of date.
func (s *Reclaimed[T]) IsEmpty() bool {
	return s.top.Load(atomic.Relaxed).IsNil() // INV-TREIBER-2: compared with nil, never followed
}

// Free pops all and frees the nodes. All poppers must have left, and nobody may use the stack any more.
func (s *Reclaimed[T]) Free() {
	p := s.Join()
	for ok := true; ok; {
		_, ok = p.TryPop()
	}
	p.Leave()
	s.poppers.Drain()
}

// Popper is a goroutine's right to pop. One goroutine uses it at a time. It must not be copied.
type Popper[T any] struct {
	stack  *Reclaimed[T]
	hazard *hazard.Participant[block[T]]
	_      noCopy
}

type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// Join returns a new popper. It must Leave when it is done.
func (s *Reclaimed[T]) Join() *Popper[T] {
	return &Popper[T]{stack: s, hazard: s.poppers.Join()}
}

// TryPop takes the top off. It reports false if the stack is empty.
func (p *Popper[T]) TryPop() (v T, ok bool) {
	for {
		top := p.hazard.Protect(0, &p.stack.top) // acquires. INV-TREIBER-1, INV-TREIBER-3
		if top.IsNil() {
			return v, false
		}
		b := top.Load()
		// INV-TREIBER-1, INV-TREIBER-2, INV-TREIBER-3
		if p.stack.top.CompareAndSwap(top, b.next, atomic.Relaxed, atomic.Relaxed) {
			p.hazard.Clear(0)
			p.hazard.Retire(top) // INV-TREIBER-4
			return b.value, true
		}
	}
}

// Leave ends the popper, which must not be used any more.
func (p *Popper[T]) Leave() { p.hazard.Leave() }
