// Package epoch is epoch-based reclamation: memory that lock-free readers may hold is freed once all that read at the time
// have moved on.
//
// A [Domain] counts epochs. Its [Participant]s, each of one goroutine at a time, read shared structures between Pin and
// Unpin; Pin announces the epoch. What a writer took out of a structure it hands over (Retire). The domain moves on from an
// epoch when everyone that is pinned has announced it, so what is retired in epoch e is out of use in e+2: whoever was
// pinned then has unpinned. No goroutine runs in the background: participants move the epoch and free, each what it
// retired, as they retire (Collect).
//
// It is correct because of one race of two: the reader announces, then loads; the writer unlinks, then reads the epoch, and
// whoever moves the epoch on reads it, then looks at the announcements. All have a SeqCst fence between their two steps. So
// if an advance misses a reader, the reader finds unlinked all that was retired two epochs before. The accesses of a reader
// happen before the free, because Unpin is a release, the look at it an acquire, and each advance a release in turn.
//
// Pin costs a load, a store and a full fence, Unpin a store, whatever is read between them. A collection costs one load for
// each participant, and is due every [Batch] retirements. Garbage is bounded as long as nobody stays pinned: see
// [Participant.Retire].
//
// The scheme is Fraser's, "Practical lock-freedom" (University of Cambridge, UCAM-CL-TR-579, 2004), section 5.2.3.
// specs/epoch.md has the argument in full.
package epoch

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Domain is the participants that wait for one another before they free. The zero value is ready. It must not be copied
// after its first use.
type Domain struct {
	_       cpu.CacheLinePad
	epoch   atomic.Uint64
	_       cpu.CacheLinePad
	records atomic.Pointer[record] // records are added, never taken out
}

// A record is what others see of a participant. It outlives it, for another.
type record struct {
	_     cpu.CacheLinePad
	state atomic.Uint64 // idle, or pinned in an epoch
	_     cpu.CacheLinePad
	idle  atomic.Bool // no participant has it
	next  atomic.Cell[*record]
	left  atomic.Cell[[]garbage] // what the last participant left to be freed
}

// States of a participant.
const unpinned = 0

func pinned(epoch uint64) uint64 { return epoch<<1 | 1 }

// garbage is what is retired. Once sealed, it is free to go two epochs later.
type garbage struct {
	Freer
	epoch uint64
}

// Freer is what can be retired: a [mem.Handle] of any type, or a [Func].
//
// [mem.Handle]: https://pkg.go.dev/github.com/weakmem/litmus/primitives/mem#Handle
type Freer interface{ Free() }

// Func is a function to retire: it is called when what it has to free is out of use.
type Func func()

// Free calls f.
func (f Func) Free() { f() }
