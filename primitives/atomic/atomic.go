// Package atomic is sync/atomic with memory orderings, for code that is both
// run and explored.
//
// Its types have the method sets of sync/atomic's, their zero values are ready
// to use and they have the same size. Each operation takes an [Ordering] as a
// trailing argument; left out, it is [SeqCst], which is what Go's own atomics
// are. A [Cell] is plain memory, and [Fence] an atomic fence.
//
// In a goroutine that the explorer simulates, an operation reads and writes
// simulated weak memory and does what its ordering, and no more, promises.
// Anywhere else it is the operation of sync/atomic on the same memory, whatever
// the ordering: Go gives programs nothing weaker, and nothing weaker is needed
// to keep the promise.
//
// An ordering that the operation cannot have, such as a load that releases, is
// a mistake of the caller, found at the call when it is explored: the exploration fails. Native code does not look at
// orderings, so that an operation is sync/atomic's and the test of one flag.
//
// The orderings are those of C11 (ISO/IEC 9899:2011, 7.17.3). A variable of
// this package must not be copied after its first use, nor assigned over.
package atomic

import (
	"github.com/weakmem/litmus/explorer/sim"
)

// Fence is an atomic fence: acquire, release, acq_rel or seq_cst.
//
// Natively it does nothing, since the operations around it are sequentially consistent.
func Fence(order Ordering) {
	if sim.Gate() != 0 {
		fence(order)
	}
}

func fence(order Ordering) {
	if th := sim.Current(); th != nil {
		th.Fence(only("Fence", fences, order))
	}
}

// noCopy makes go vet report copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}
