package sequencer

import (
	"iter"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Consumer reads every slot that is published. One goroutine at a time uses it. It must not be copied.
type Consumer[T any] struct {
	_        noCopy
	s        *Sequencer[T]
	at       place
	next     atomic.Cell[uint64] // number to be read next
	limit    uint64              // numbers below it may be read
	released uint64              // what at.read is
	ended    bool                // the end was read
	_        ownLines
}

// Next returns the next slot that was published, to be read; it waits while there is none. It returns false when all
// producers have closed and all slots are read.
//
// The slot is the consumer's until its next call of Next, TryNext or Release. Producers, and consumers that come after, may be told
// later than that: when what was found published is used up, or by [Consumer.Release].
func (c *Consumer[T]) Next() (slot *atomic.Cell[T], ok bool) { return c.read(true) }

// TryNext is Next, except that it does not wait: it returns false if there is no slot to be read, and [Consumer.Drained] tells
// whether more may come.
func (c *Consumer[T]) TryNext() (slot *atomic.Cell[T], ok bool) { return c.read(false) }

func (c *Consumer[T]) read(wait bool) (*atomic.Cell[T], bool) {
	c.start()
	for !c.ended {
		next := c.next.Load()
		if next == c.limit {
			c.Release()
			c.limit = c.s.order.available(&c.at, next, wait)
			if next == c.limit {
				return nil, false
			}
		}
		slot := c.s.slot(next)
		c.next.Store(next + 1)
		switch slot.kind.Load() {
		case filled:
			return &slot.value, true
		case end:
			c.ended = true
			c.Release()
		}
	}
	return nil, false
}

func (c *Consumer[T]) start() {
	if c.s.order == nil {
		panic("sequencer: a consumer reads, but there is no producer")
	}
}

// Release says that the consumer is done with all slots that it was given.
func (c *Consumer[T]) Release() {
	if next := c.next.Load(); c.released != next {
		c.released = next
		c.s.order.advance(&c.at, next)
	}
}

// Drained reports whether the consumer was told of the end, by Next or TryNext: all producers have closed, and all slots are read.
func (c *Consumer[T]) Drained() bool { return c.ended }

// All reads values until the end.
func (c *Consumer[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		for slot, ok := c.Next(); ok && yield(slot.Load()); slot, ok = c.Next() {
		}
	}
}
