package sequencer

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Producer fills slots. One goroutine at a time uses it. It must not be copied.
//
// It has one claim at a time: that has to be published or abandoned before the next. What is forgotten panics there, or in Close.
type Producer[T any] struct {
	_       noCopy
	_       ownLines
	s       *Sequencer[T]
	at      claimant
	first   uint64           // number of the claim that is not finished
	claimed atomic.Cell[int] // how many numbers that is; 0: there is none
	closed  bool
	_       ownLines
}

// Claim is a number of slots in a row that belong to their producer until it publishes or abandons them, once.
type Claim[T any] struct {
	p     *Producer[T]
	first uint64
	n     int
}

// Claim takes the next n slots, from 1 to the capacity. It waits until all consumers are done with what was in them. Their values are
// what was last stored in them: consumers take nothing out.
func (p *Producer[T]) Claim(n int) Claim[T] {
	claim, _ := p.claim("Claim", n, true)
	return claim
}

// TryClaim is Claim, except that it does not wait: it returns false if there is no room for n.
func (p *Producer[T]) TryClaim(n int) (Claim[T], bool) { return p.claim("TryClaim", n, false) }

func (p *Producer[T]) claim(method string, n int, wait bool) (Claim[T], bool) {
	p.check(method)
	if n < 1 || n > len(p.s.slots) {
		panic(fmt.Sprintf("sequencer: %s of %d slots, expected 1 to %d", method, n, len(p.s.slots)))
	}
	first, ok := p.s.order.claim(&p.at, uint64(n), wait)
	if !ok {
		return Claim[T]{}, false
	}
	p.first = first
	p.claimed.Store(n)
	return Claim[T]{p, first, n}, true
}

// Send publishes v in a slot of its own, and waits for that.
func (p *Producer[T]) Send(v T) {
	claim := p.Claim(1)
	claim.Slot(0).Store(v)
	claim.Publish()
}

// TrySend is Send, except that it does not wait: it returns false if there is no room.
func (p *Producer[T]) TrySend(v T) bool {
	claim, ok := p.TryClaim(1)
	if ok {
		claim.Slot(0).Store(v)
		claim.Publish()
	}
	return ok
}

// Close ends the producer. When all producers have closed, and not before, consumers are told of the end, behind all that was published: the last one to
// close waits for a slot for that. What each did before it closed happens before what a consumer does when it is told.
func (p *Producer[T]) Close() {
	p.check("Close")
	p.closed = true
	if p.s.shared.producers.Add(-1, atomic.AcqRel) > 0 { // INV-SEQUENCER-7
		return
	}
	last, _ := p.s.order.claim(&p.at, 1, true)
	p.s.slot(last).kind.Store(end)
	p.s.order.publish(last, 1)
}

func (p *Producer[T]) check(method string) {
	if p.closed {
		panic("sequencer: " + method + " on a closed producer")
	}
	if p.claimed.Load() > 0 {
		panic(fmt.Sprintf("sequencer: %s, but the claim of %d from number %d on was neither published nor abandoned", method, p.claimed.Load(), p.first))
	}
}

// Len returns the number of slots.
func (c Claim[T]) Len() int { return c.n }

// Slot returns the i-th slot, to be filled.
func (c Claim[T]) Slot(i int) *atomic.Cell[T] {
	c.check("Slot")
	if i < 0 || i >= c.n {
		panic(fmt.Sprintf("sequencer: slot %d of a claim of %d", i, c.n))
	}
	return &c.p.s.slot(c.first + uint64(i)).value
}

// Publish gives the slots to the consumers. It panics if the claim is finished.
func (c Claim[T]) Publish() {
	c.check("Publish")
	c.finish(filled)
}

// Abandon gives the slots up: consumers skip them. It panics if the claim is finished.
func (c Claim[T]) Abandon() {
	c.check("Abandon")
	c.finish(abandoned)
}

func (c Claim[T]) finish(k kind) {
	for i := range c.n {
		c.p.s.slot(c.first + uint64(i)).kind.Store(k) // INV-SEQUENCER-6
	}
	c.p.claimed.Store(0)
	c.p.s.order.publish(c.first, uint64(c.n))
}

func (c Claim[T]) check(method string) {
	if c.p == nil {
		panic("sequencer: " + method + " of no claim")
	}
	if c.p.claimed.Load() == 0 || c.p.first != c.first {
		panic(fmt.Sprintf("sequencer: %s of the claim of %d from number %d on, which is finished", method, c.n, c.first))
	}
}
