package ring

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// Producer is the end of a ring that items go into. One goroutine at a time uses it. It must not be copied.
type Producer[T any] struct {
	_     noCopy
	_     ownLines
	slots []atomic.Cell[T]
	at    writer
	_     ownLines
}

// Cap returns the capacity of the ring, in items.
func (p *Producer[T]) Cap() int { return len(p.slots) }

// Push appends v, and waits for room if the ring is full. It panics if the ring is closed, or slots are reserved.
func (p *Producer[T]) Push(v T) {
	p.at.check("Push")
	i := p.at.pushed.Load()
	if i == p.at.limit {
		wait.ForWith(wait.Gather, &p.at, (*writer).room)
	}
	p.slots[i&uint64(len(p.slots)-1)].Store(v)
	p.at.publish(i + 1)
}

// TryPush appends v if there is room, and reports whether there was. It panics as Push does.
func (p *Producer[T]) TryPush(v T) bool {
	p.at.check("TryPush")
	i := p.at.pushed.Load()
	if i == p.at.limit && !p.at.room() {
		return false
	}
	p.slots[i&uint64(len(p.slots)-1)].Store(v)
	p.at.publish(i + 1)
	return true
}

// Reserve returns free slots to fill, at least one and at most n; it waits while the ring is full. They lie next to each
// other, so that there may be fewer than are free: up to the end of the ring, and none of those at its beginning. Reserve
// panics if the ring is closed, or n is less than 1.
//
// [Producer.Commit] pushes them. Until then the producer can do nothing else but reserve anew, which may return more slots, the same
// ones first.
func (p *Producer[T]) Reserve(n int) []atomic.Cell[T] {
	p.reserving("Reserve", n)
	if p.at.pushed.Load() == p.at.limit {
		wait.ForWith(wait.Gather, &p.at, (*writer).room)
	}
	return p.reserve(n)
}

// TryReserve is Reserve, except that it does not wait: it returns no slots if there are none.
func (p *Producer[T]) TryReserve(n int) []atomic.Cell[T] {
	p.reserving("TryReserve", n)
	if p.at.pushed.Load() == p.at.limit && !p.at.room() {
		return nil
	}
	return p.reserve(n)
}

func (p *Producer[T]) reserving(method string, n int) {
	if n < 1 {
		panic(fmt.Sprintf("ring: %s of %d slots, expected at least 1", method, n))
	}
	if p.at.closed {
		panic("ring: " + method + " on a closed ring")
	}
}

func (p *Producer[T]) reserve(n int) []atomic.Cell[T] {
	i := p.at.pushed.Load()
	slots := segment(p.slots, i, min(uint64(n), p.at.limit-i))
	p.at.reserved = len(slots)
	return slots
}

// Commit pushes the first n of the slots that the last Reserve returned, and gives back the rest, with what was stored in them
// cleared. It panics if fewer are reserved.
func (p *Producer[T]) Commit(n int) {
	if n < 0 || n > p.at.reserved {
		panic(fmt.Sprintf("ring: Commit of %d slots, expected 0 to %d: those reserved", n, p.at.reserved))
	}
	clearAll(segment(p.slots, p.at.pushed.Load()+uint64(n), uint64(p.at.reserved-n))) // INV-RING-6
	p.at.reserved = 0
	if n > 0 {
		p.at.publish(p.at.pushed.Load() + uint64(n))
	}
}

// Close tells the consumer, once it has popped all items, that no more will come. What the producer did before happens
// before what the consumer does when it is told. Close panics if the ring is closed, or slots are reserved.
func (p *Producer[T]) Close() {
	p.at.check("Close")
	p.at.close()
}
