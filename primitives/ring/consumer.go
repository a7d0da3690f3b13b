package ring

import (
	"fmt"
	"iter"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// Consumer is the end of a ring that items come out of. One goroutine at a time uses it. It must not be copied.
type Consumer[T any] struct {
	_     noCopy
	_     ownLines
	slots []atomic.Cell[T]
	at    reader
	_     ownLines
}

// Cap returns the capacity of the ring, in items.
func (c *Consumer[T]) Cap() int { return len(c.slots) }

// Pop takes the oldest item off, and waits while there is none. It returns false if the ring is closed and there are no more items.
// It panics if items are reserved.
func (c *Consumer[T]) Pop() (v T, ok bool) {
	c.at.check("Pop")
	i := c.at.popped.Load()
	if i == c.at.known {
		if !c.at.ended {
			wait.ForWith(wait.Gather, &c.at, (*reader).news)
		}
		if i == c.at.known {
			return v, false
		}
	}
	return c.take(i), true
}

// TryPop takes the oldest item off and returns true, or returns false if there is none: [Consumer.Drained] tells whether
// more may come. It panics if items are reserved.
func (c *Consumer[T]) TryPop() (v T, ok bool) {
	c.at.check("TryPop")
	i := c.at.popped.Load()
	if i == c.at.known && !c.more() {
		return v, false
	}
	return c.take(i), true
}

// more looks for items without waiting, when those that are known are popped.
func (c *Consumer[T]) more() bool {
	return !c.at.ended && c.at.news() && c.at.known != c.at.popped.Load()
}

func (c *Consumer[T]) take(i uint64) T {
	var zero T
	slot := &c.slots[i&uint64(len(c.slots)-1)]
	v := slot.Load()
	slot.Store(zero) // INV-RING-6
	c.at.free(i + 1)
	return v
}

// Drained reports whether the ring is closed and all items are popped.
func (c *Consumer[T]) Drained() bool {
	i := c.at.popped.Load()
	return i == c.at.known && (c.at.ended || c.at.news() && c.at.ended && i == c.at.known)
}

// All pops items until the ring is closed and drained.
func (c *Consumer[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for v, ok := c.Pop(); ok && yield(v); v, ok = c.Pop() {
		}
	}
}

// Reserve returns the slots of the oldest items to read in place, at least one and at most n; it waits while there is none. They
// lie next to each other, so that there may be fewer than are filled. It returns none if the ring is closed and drained. It
// panics if n is less than 1.
//
// [Consumer.Commit] pops them. Until then the consumer can do nothing else but reserve anew, which may return more slots, the same
// ones first.
func (c *Consumer[T]) Reserve(n int) []atomic.Cell[T] {
	c.reserving("Reserve", n)
	if c.at.popped.Load() == c.at.known && !c.at.ended {
		wait.ForWith(wait.Gather, &c.at, (*reader).news)
	}
	return c.reserve(n)
}

// TryReserve is Reserve, except that it does not wait: it returns no slots if there are none.
func (c *Consumer[T]) TryReserve(n int) []atomic.Cell[T] {
	c.reserving("TryReserve", n)
	if c.at.popped.Load() == c.at.known && !c.more() {
		return nil
	}
	return c.reserve(n)
}

func (c *Consumer[T]) reserving(method string, n int) {
	if n < 1 {
		panic(fmt.Sprintf("ring: %s of %d items, expected at least 1", method, n))
	}
}

func (c *Consumer[T]) reserve(n int) []atomic.Cell[T] {
	i := c.at.popped.Load()
	slots := segment(c.slots, i, min(uint64(n), c.at.known-i))
	c.at.reserved = len(slots)
	return slots
}

// Commit pops the first n of the items that the last Reserve returned; the rest stay. It panics if fewer are reserved.
func (c *Consumer[T]) Commit(n int) {
	if n < 0 || n > c.at.reserved {
		panic(fmt.Sprintf("ring: Commit of %d items, expected 0 to %d: those reserved", n, c.at.reserved))
	}
	c.at.reserved = 0
	if n == 0 {
		return
	}
	i := c.at.popped.Load()
	clearAll(segment(c.slots, i, uint64(n))) // INV-RING-6
	c.at.free(i + uint64(n))
}
