// Package ring is the single-producer, single-consumer ring: a queue of bounded size between two goroutines.
//
// [New] makes the two ends. One goroutine pushes into the [Producer], another pops from the [Consumer], which returns the
// items in that order, each once. Neither end takes a lock or makes an atomic update.
//
// Why it is correct: items are numbered, and item i is in slot i mod capacity. The producer fills slots and then
// stores how many items there are, with release; the consumer loads that, with acquire, so that it sees the items it was
// told of. The consumer clears slots and then stores how many it is done with, with release; the producer loads that, with
// acquire, before it fills a slot again. So each slot belongs to one side at a time. Each side keeps what it last
// read of the other's count: an old count is too small, and a side that trusts it takes slots for its own later than it might.
// specs/ring.md has it step by step.
//
// A push or pop costs one atomic store; the other side's count is loaded only when what is known of it is used up. Reserve and
// Commit, on both ends, make that one store for a whole batch, and fill and read slots in place. Nothing allocates after New.
//
// Sources: Lamport, Specifying concurrent program modules, TOPLAS 5(2), 1983; Lê, Guatto, Cohen and Pop, Correct and efficient
// bounded FIFO queues, SBAC-PAD 2013.
package ring

import (
	"fmt"

	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// New makes a ring of capacity slots, and returns its two ends. The capacity is a power of two; New panics if it is not.
func New[T any](capacity int) (*Producer[T], *Consumer[T]) {
	if capacity <= 0 || capacity&(capacity-1) != 0 {
		panic(fmt.Sprintf("ring: capacity %d, expected a power of two", capacity))
	}
	slots := make([]atomic.Cell[T], capacity)
	counts := new(counts)
	return &Producer[T]{
			slots: slots,
			at:    writer{counts: counts, limit: uint64(capacity), capacity: uint64(capacity)},
		}, &Consumer[T]{
			slots: slots,
			at:    reader{counts: counts},
		}
}

// segment returns the slots from item number i on that lie next to each other, n at most.
func segment[T any](slots []atomic.Cell[T], i, n uint64) []atomic.Cell[T] {
	start := i & uint64(len(slots)-1)
	return slots[start:min(start+n, uint64(len(slots)))]
}

// clearAll stores zero values, so that the garbage collector can free what slots pointed to.
func clearAll[T any](slots []atomic.Cell[T]) {
	var zero T
	for i := range slots {
		slots[i].Store(zero)
	}
}

// noCopy makes go vet report copies.
type noCopy struct{}

func (noCopy) Lock()   {}
func (noCopy) Unlock() {}

// ownLines keeps what is between two of it off the cache lines of everything else.
type ownLines = cpu.CacheLinePad
