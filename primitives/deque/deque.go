// Package deque is the work-stealing deque of Chase and Lev: its owner pushes and pops at one end, like on a stack, and any
// number of other goroutines steal from the other end, the oldest item first. Schedulers are made of it: each worker has
// a deque for the tasks that it makes, and steals from others when its own is empty.
//
// Items are pointers, kept in an array used as a ring, at the indices from top up to, not including, bottom. Push writes
// the item, then moves bottom up. Pop moves bottom down first, then looks at top: more than one item, and the one at
// bottom is the owner's. Steal looks at top, then at bottom, and takes the item at top by moving top up with a
// compare-and-swap. Only for the last item can the owner and a thief be after the same: then the owner, too, moves top.
//
// It is correct because top only grows and moves one at a time, so that an index is taken by one thief; and because of a
// fence in Pop between the store of bottom and the load of top, and another in Steal between the load of top and that of
// bottom: either the owner sees how far thieves have come, or they see that bottom was moved down. An item is published
// by the store that moves bottom over it. An array that is full is replaced by one of twice the length; thieves may go on
// reading the old one, whose items in question stay as they are.
//
// Push and Pop are wait-free but for growth, which costs the number of items; a steal is lock-free. Push allocates when
// the array grows and nothing else allocates.
//
// The specification is specs/deque.md. The algorithm is that of D. Chase and Y. Lev, "Dynamic Circular Work-Stealing
// Deque", SPAA 2005; the orderings begin with those of N. M. Lê, A. Pop, A. Cohen and F. Zappa Nardelli, "Correct and
// Efficient Work-Stealing for Weak Memory Models", PPoPP 2013.
package deque

import (
	"fmt"

	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Worker is the owner's end of a deque. One goroutine at a time may use it; it must not be copied. New makes one.
type Worker[T any] struct {
	shared Stealer[T]

	// What the owner knows without looking at what is shared. Cells, so that a second owner is a data race that is seen.
	bottom atomic.Cell[int64]
	top    atomic.Cell[int64] // or less: it may have grown since
	array  atomic.Cell[*array[T]]
	_      cpu.CacheLinePad
}

// Stealer is the other end of a deque, for any number of goroutines.
type Stealer[T any] struct {
	top    atomic.Int64 // the index of the oldest item; written by thieves, and by the owner for the last item
	_      cpu.CacheLinePad
	bottom atomic.Int64 // one past the index of the newest item; written by the owner
	array  atomic.Pointer[array[T]]
	_      cpu.CacheLinePad
}

// New returns a deque that holds capacity items, rounded up to a power of two, before it grows.
func New[T any](capacity int) *Worker[T] {
	if capacity < 1 {
		panic(fmt.Sprintf("deque.New: capacity %d; it must be at least 1", capacity))
	}
	w, a := new(Worker[T]), newArray[T](capacity)
	w.array.Store(a)
	w.shared.array.Store(a, atomic.Relaxed) // INV-DEQUE-4: what publishes the Stealer publishes this
	return w
}

// Stealer returns the other end of the deque.
func (w *Worker[T]) Stealer() *Stealer[T] { return &w.shared }

// Cap returns how many items the deque can hold before it grows.
func (w *Worker[T]) Cap() int { return len(w.array.Load().slots) }

// Push adds an item at the owner's end. It happens before the steal that returns the item.
func (w *Worker[T]) Push(item *T) {
	s, b, a := &w.shared, w.bottom.Load(), w.array.Load()
	if b-w.top.Load() == a.len() {
		w.top.Store(s.top.Load(atomic.Relaxed)) // INV-DEQUE-3
		if b-w.top.Load() == a.len() {
			a = w.grow()
		}
	}
	a.slot(b).Store(item, atomic.Relaxed) // INV-DEQUE-3
	s.bottom.Store(b+1, atomic.Release)   // INV-DEQUE-1
	w.bottom.Store(b + 1)
}

// grow replaces the array, which is full, by one of twice the length.
func (w *Worker[T]) grow() *array[T] {
	old := w.array.Load()
	a := newArray[T](2 * len(old.slots))
	for i := w.top.Load(); i < w.bottom.Load(); i++ {
		item := old.slot(i).Load(atomic.Relaxed) // INV-DEQUE-4: only the owner writes slots
		a.slot(i).Store(item, atomic.Relaxed)    // INV-DEQUE-4: published with the array
	}
	w.array.Store(a)
	w.shared.array.Store(a, atomic.Release) // INV-DEQUE-4
	return a
}

// Pop takes the item that was pushed last. It returns false if the deque is empty.
func (w *Worker[T]) Pop() (item *T, ok bool) {
	s, b := &w.shared, w.bottom.Load()-1
	s.bottom.Store(b, atomic.Relaxed) // INV-DEQUE-2: before the fence
	atomic.Fence(atomic.SeqCst)       // INV-DEQUE-2
	t := s.top.Load(atomic.Relaxed)   // INV-DEQUE-2: after the fence
	if t > b {
		s.bottom.Store(b+1, atomic.Relaxed) // INV-DEQUE-1: back to where it was
		return nil, false
	}
	item = w.array.Load().slot(b).Load(atomic.Relaxed) // INV-DEQUE-3: only the owner writes slots
	if t < b {
		w.bottom.Store(b)
		return item, true
	}
	ok = s.top.CompareAndSwap(t, t+1, atomic.Relaxed, atomic.Relaxed) // INV-DEQUE-5: the last item, which thieves may be after
	s.bottom.Store(b+1, atomic.Relaxed)                               // INV-DEQUE-1: empty now, whoever has it
	if !ok {
		return nil, false
	}
	return item, true
}

// Outcome is what an attempt to steal came to.
type Outcome int

// The outcomes of TrySteal.
const (
	Empty  Outcome = iota // there was nothing
	Lost                  // another took the item at the same time: there may be more
	Stolen                // there was an item, which is the caller's now
)

// String returns the name of the outcome.
func (o Outcome) String() string {
	switch o {
	case Empty:
		return "empty"
	case Lost:
		return "lost"
	case Stolen:
		return "stolen"
	}
	return fmt.Sprintf("Outcome(%d)", int(o))
}

// Steal takes the item that was pushed first. It returns false if the deque is empty; if it loses the item to another, it
// tries the next.
func (s *Stealer[T]) Steal() (item *T, ok bool) {
	for {
		if item, outcome := s.TrySteal(); outcome != Lost {
			return item, outcome == Stolen
		}
	}
}

// TrySteal is one attempt of Steal, for thieves that would rather try another victim than the same one again.
func (s *Stealer[T]) TrySteal() (item *T, outcome Outcome) {
	t := s.top.Load(atomic.Relaxed)    // INV-DEQUE-2: before the fence
	atomic.Fence(atomic.SeqCst)        // INV-DEQUE-2
	b := s.bottom.Load(atomic.Acquire) // INV-DEQUE-1, and INV-DEQUE-2: after the fence
	if t >= b {
		return nil, Empty
	}
	a := s.array.Load(atomic.Acquire)                                  // INV-DEQUE-4
	item = a.slot(t).Load(atomic.Relaxed)                              // INV-DEQUE-3: before it is known whether the item is ours
	if !s.top.CompareAndSwap(t, t+1, atomic.Release, atomic.Relaxed) { // INV-DEQUE-3, INV-DEQUE-5
		return nil, Lost
	}
	return item, Stolen
}
