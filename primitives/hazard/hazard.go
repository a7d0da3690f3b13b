// Package hazard is hazard pointers: memory that lock-free readers may hold is freed once none of them announces it.
//
// A [Domain] has [Participant]s, each of one goroutine at a time, with a few slots that all may read. A reader announces
// in a slot which block it is about to use (Protect) and then looks again whether the block is still where it found it.
// A writer that took a block out of the shared structure hands it over (Retire); a scan frees the blocks retired that no
// slot announces.
//
// It is correct because of one race of two: the reader announces, then looks whether the block is still reachable; the
// writer unlinks it, then looks whether it is announced. Each has a SeqCst fence between its two steps, so at least one
// side sees the other: the reader finds the block gone and gives up,
// or the scan finds it announced and keeps it. The accesses of a reader happen before the free, because a slot is
// overwritten with release and scanned with acquire.
//
// Protect costs one store, one full fence and two loads, whatever the number of participants. A scan costs one load for each slot
// of the domain and one look-up for each block retired; it frees at least half of the blocks that started it, so that
// Retire costs O(1) amortised. Garbage is bounded: of H slots, at most 2H blocks for each participant.
//
// The protocol is Michael's, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects" (IEEE TPDS 15(6), 2004).
// specs/hazard.md has the argument in full.
package hazard

import (
	"fmt"

	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
)

// Domain is the participants that protect blocks of T from one another. It must not be copied.
type Domain[T any] struct {
	slots   int
	records atomic.Pointer[record[T]] // records are added, never taken out
}

// A record is what others see of a participant. It outlives it, for another.
type record[T any] struct {
	slots []slot[T]
	_     cpu.CacheLinePad
	idle  atomic.Bool // no participant has it
	next  atomic.Cell[*record[T]]
	left  atomic.Cell[[]retired[T]] // what the last participant left to be freed
}

// A slot is on a line of its own: its owner writes it for every block that it uses.
type slot[T any] struct {
	_      cpu.CacheLinePad
	handle mem.Atomic[T]
	_      cpu.CacheLinePad
}

type retired[T any] struct {
	handle  mem.Handle[T]
	reclaim func(mem.Handle[T]) // nil: Free
}

// New returns a domain in which each participant has so many slots, one for each block that it uses at the same time.
// It panics if slots is less than 1.
func New[T any](slots int) *Domain[T] {
	if slots < 1 {
		panic(fmt.Sprintf("hazard: New: %d slots for each participant, at least 1 is needed", slots))
	}
	return &Domain[T]{slots: slots}
}
