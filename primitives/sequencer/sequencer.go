// Package sequencer is the Disruptor: a ring of slots that producers fill and that each of several consumers reads, in one
// order.
//
// [New] makes a [Sequencer]; [Sequencer.Consumer] and [Sequencer.Producer] make handles, for a goroutine each. A producer
// claims slots, fills them where they are, and publishes or abandons the claim. Every consumer gets every slot that was published,
// in the order of the claims; one may be made to come after others. Producers wait for the slowest consumer when the ring is full.
//
// Why it is correct: claims take consecutive sequence numbers, and number s is in slot s mod capacity. A claim is made only
// when all consumers are done with the numbers that were in its slots before: each consumer stores how far it is, with
// release, and producers load that, with acquire. A publication is a store, with release, that consumers load with acquire: a single
// producer's is the count of what it published; of several producers, which may finish in any order, each slot's is the
// number that it holds. Who waits without spinning parks on a condition variable, and says so first: publishers look for that after they have
// stored, and between the two there is a sequentially consistent fence on either side, so that one sees the other.
// specs/sequencer.md has it step by step.
//
// A claim by one of several producers costs a compare-and-swap; a publication one store a slot, or one for the whole
// claim if there is a single producer; a consumer makes one store for all that it finds at once. Consumers' progress is loaded only when what a
// producer knows of it is used up: then once for each consumer. Nothing allocates but the handles.
//
// Source: Thompson, Farley, Barker, Gee and Stewart, Disruptor: high performance alternative to bounded queues for exchanging
// data between concurrent threads, LMAX 2011.
package sequencer

import (
	"fmt"

	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// Sequencer is a ring of slots that hold a T each.
//
// It is set up by one goroutine: consumers first, then producers, and then the goroutines start that use them.
type Sequencer[T any] struct {
	slots     []slot[T]
	config    config
	order     order
	consumers []*place
	shared    *shared // nil until the first producer is made
}

// slot is a place for a T; what is claimed is either filled, abandoned, or the end.
type slot[T any] struct {
	value atomic.Cell[T]
	kind  atomic.Cell[kind]
}

type kind uint8

const (
	filled kind = iota
	abandoned
	end // no more will come
)

// order gives sequence numbers out and passes them on. Each way of doing that is in a file of its own.
type order interface {
	// claim takes the next n numbers, and returns the first. If they have no room it waits, or returns false.
	claim(p *claimant, n uint64, wait bool) (first uint64, ok bool)
	// publish lets consumers read the n numbers from first on.
	publish(first, n uint64)
	// available returns up to which number, itself not included, the consumer may read. If it may not read number s
	// it waits, or returns s.
	available(r *place, s uint64, wait bool) uint64
	// advance says that the consumer is done with the numbers below s.
	advance(r *place, s uint64)
}

// New makes a sequencer of capacity slots, a power of two: New panics if it is not. Without options there is a single producer, and who has
// to wait does so by [wait.Gather].
func New[T any](capacity int, options ...Option) *Sequencer[T] {
	if capacity <= 0 || capacity&(capacity-1) != 0 {
		panic(fmt.Sprintf("sequencer: capacity %d, expected a power of two", capacity))
	}
	c := config{strategy: wait.Gather}
	for _, o := range options {
		o(&c)
	}
	return &Sequencer[T]{slots: make([]slot[T], capacity), config: c}
}

// Consumer makes a consumer. It reads each slot only after the consumers given are done with it, and sees what they did.
// Consumer panics if a producer was made before.
func (s *Sequencer[T]) Consumer(after ...*Consumer[T]) *Consumer[T] {
	if s.order != nil {
		panic("sequencer: a consumer was made after a producer, expected before")
	}
	c := &Consumer[T]{s: s, at: place{id: len(s.consumers)}}
	for _, a := range after {
		if a.s != s {
			panic("sequencer: a consumer after one of another sequencer")
		}
		a.at.followed = true
		c.at.after = append(c.at.after, &a.at)
	}
	s.consumers = append(s.consumers, &c.at)
	return c
}

// Producer makes a producer. It panics if there is no consumer, if there is a producer and [MultiProducer] was not given, or if all producers
// have closed.
func (s *Sequencer[T]) Producer() *Producer[T] {
	switch {
	case len(s.consumers) == 0:
		panic("sequencer: a producer, but no consumer")
	case s.order == nil:
		s.start()
	case !s.config.multi && !s.config.locked:
		panic("sequencer: a second producer, expected the option MultiProducer")
	}
	if s.shared.producers.Add(1, atomic.Relaxed) == 1 && s.shared.started { // INV-SEQUENCER-7
		panic("sequencer: a producer of a closed sequencer")
	}
	s.shared.started = true
	return &Producer[T]{s: s, at: s.shared.claimant()}
}

func (s *Sequencer[T]) start() {
	s.shared = newShared(uint64(len(s.slots)), s.config, s.consumers)
	switch {
	case s.config.locked:
		s.order = newLocked(s.shared, len(s.consumers))
	case s.config.multi:
		s.order = newMulti(s.shared)
	default:
		s.order = &single{shared: s.shared}
	}
}

// Cap returns the number of slots.
func (s *Sequencer[T]) Cap() int { return len(s.slots) }

func (s *Sequencer[T]) slot(n uint64) *slot[T] { return &s.slots[n&uint64(len(s.slots)-1)] }

// noCopy makes go vet report copies.
type noCopy struct{}

func (noCopy) Lock()   {}
func (noCopy) Unlock() {}

// ownLines keeps what is between two of it off the cache lines of everything else.
type ownLines = cpu.CacheLinePad
