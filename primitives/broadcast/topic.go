package broadcast

import (
	"iter"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
	"github.com/weakmem/litmus/primitives/wait"
)

// Topic is a sequence of values that many receive. The zero value is ready for use; it must not be copied after its first
// use.
//
// The values are a list. A subscriber that lags keeps all that it has not received from being collected: there is no bound.
type Topic[T any] struct {
	publisher sync.Mutex
	end       atomic.Cell[*slot[T]] // what is published next goes there; the publisher's
	closed    atomic.Cell[bool]     // the publisher's
}

// slot is a place in the list: empty until its state says otherwise, and from then on not written.
type slot[T any] struct {
	state state
	value atomic.Cell[T]
	next  atomic.Cell[*slot[T]] // nil: the topic ends here
}

// state is that of a slot. It is a type of its own, without T: a method of a generic type, waited with, would allocate.
type state struct{ is atomic.Uint32 }

const (
	empty = iota
	full
	last
)

// Publish appends v and lets all who wait receive it. It reports whether it did: on a Topic that is closed it does nothing.
func (t *Topic[T]) Publish(v T) bool {
	t.publisher.Lock()
	defer t.publisher.Unlock()
	if t.closed.Load() {
		return false
	}
	s, next := t.place(), new(slot[T])
	s.value.Store(v)
	s.next.Store(next)
	t.end.Store(next)
	s.state.is.Store(full, atomic.Release) // INV-BROADCAST-4, INV-BROADCAST-5
	return true
}

// Close says that there will be no more values. Closing again does nothing.
func (t *Topic[T]) Close() {
	t.publisher.Lock()
	defer t.publisher.Unlock()
	if t.closed.Load() {
		return
	}
	t.closed.Store(true)
	t.place().state.is.Store(last, atomic.Release) // INV-BROADCAST-5, INV-BROADCAST-6
}

// Subscribe returns a subscription to what is published from now on.
func (t *Topic[T]) Subscribe() *Subscription[T] {
	t.publisher.Lock()
	defer t.publisher.Unlock()
	return &Subscription[T]{at: t.place()}
}

// place is the slot at the end. The publisher's lock is held.
func (t *Topic[T]) place() *slot[T] {
	if t.end.Load() == nil {
		t.end.Store(new(slot[T]))
	}
	return t.end.Load()
}

// Subscription receives the values of a Topic. It is for one goroutine at a time.
type Subscription[T any] struct {
	at *slot[T]
}

// Next waits for the next value. It returns the zero value and false once all are received and the Topic is closed.
func (s *Subscription[T]) Next() (v T, ok bool) {
	wait.For(&s.at.state, (*state).isSet) // INV-BROADCAST-4
	return s.receive()
}

// TryNext is Next if it need not wait, and reports whether it was: done.
func (s *Subscription[T]) TryNext() (v T, ok, done bool) {
	if !s.at.state.isSet() {
		return v, false, false
	}
	v, ok = s.receive()
	return v, ok, true
}

// All receives values until the Topic is closed.
func (s *Subscription[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for v, ok := s.Next(); ok; v, ok = s.Next() {
			if !yield(v) {
				return
			}
		}
	}
}

// isSet reports whether there is something to receive.
func (s *state) isSet() bool {
	return s.is.Load(atomic.Acquire) != empty // INV-BROADCAST-4, INV-BROADCAST-5
}

func (s *Subscription[T]) receive() (v T, ok bool) {
	next := s.at.next.Load()
	if next == nil {
		return v, false
	}
	v = s.at.value.Load()
	s.at = next
	return v, true
}
