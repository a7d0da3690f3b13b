// Package sim is what modelled memory calls: the surface between the types of
// primitives/ and whatever runs them under exploration.
//
// A modelled operation asks [Current] for the simulated thread that it is
// called on. Outside an exploration there is none, and the operation is native.
// Inside, it calls the thread's methods, each of which may suspend the caller
// while other simulated threads run, and may never return, if the run is over
// for that thread (its stack is then unwound by a panic that only the explorer recovers).
//
// The package knows nothing of how executions are searched for.
package sim

import "unsafe"

// Ordering is the memory ordering of an operation, as C11 calls them.
type Ordering uint8

const (
	Plain   Ordering = iota // not atomic: for accesses that are explored as events of their own
	Relaxed                 // atomic, ordering nothing else
	Acquire
	Release
	AcqRel
	SeqCst

	// Silent, added to Relaxed, makes an operation that never synchronises, not even under models in which
	// every atomic operation does: for the inside of locks and channels, whose happens-before is defined by other operations.
	Silent Ordering = 16
)

// String returns "relaxed", "acquire" and so on.
func (o Ordering) String() string {
	switch o &^ Silent {
	case Plain:
		return "plain"
	case Relaxed:
		return "relaxed"
	case Acquire:
		return "acquire"
	case Release:
		return "release"
	case AcqRel:
		return "acq_rel"
	case SeqCst:
		return "seq_cst"
	}
	return "invalid"
}

// Acquires reports whether a read of that ordering acquires.
func (o Ordering) Acquires() bool { return o == Acquire || o == AcqRel || o == SeqCst }

// Releases reports whether a write of that ordering releases.
func (o Ordering) Releases() bool { return o == Release || o == AcqRel || o == SeqCst }

// Word is a value of a modelled variable: bits, or a pointer, or both.
type Word struct {
	Bits uint64
	Ptr  unsafe.Pointer
}

// Kind is what variables of one type have in common. Kinds are compared by
// address and live as long as the program.
type Kind struct {
	Name   string            // as reports print it: "atomic.Int32", "sync.Mutex"
	Format func(Word) string // how reports print a value; nil: as a decimal integer
	// Chain says that every write but the first follows, in its own thread's view, the write before it in
	// coherence order: true of locks and other objects that only updates change.
	Chain bool
}

// Var names a modelled variable at one operation on it.
type Var struct {
	Addr unsafe.Pointer // its identity, for one run
	Kind *Kind
	Init Word // what it held when the exploration first met it; read only then
}

// Verdict is what an update does with the value it read.
type Verdict uint8

const (
	Keep  Verdict = iota // nothing is written: the update was a read
	Write                // the new value is written
	Block                // the thread cannot go on with this value: it waits for another
)

// Update is the function of a read-modify-write: from the old value and two
// operands to the new value. It must be pure: it is called for values that the variable may have, not only for
// the one that it is found to have, and its result must depend on its arguments alone.
type Update func(old, a, b Word) (Word, Verdict)

// Access is what is done to plain memory.
type Access uint8

const (
	Read Access = iota
	Overwrite
	Alloc // the memory comes into being: uninitialised
	Free  // the memory must not be accessed any more
)

// Thread is a simulated thread, or the part of the explorer that stands for it.
// Its methods are called on that thread only.
type Thread interface {
	// Load reads v; o is Plain, Relaxed, Acquire or SeqCst.
	Load(v Var, o Ordering) Word
	// Store writes v; o is Plain, Relaxed, Release or SeqCst.
	Store(v Var, w Word, o Ordering)
	// Update reads v and, if f says so, writes it, in one step: o orders it then, failed if it does not write.
	Update(v Var, f Update, a, b Word, o, failed Ordering) (old Word, did Verdict)
	// Fence is an atomic fence.
	Fence(o Ordering)
	// Plain notes an access to unmodelled memory that the caller is about to make, and reports a data race, or
	// a use of memory that is freed or was never written, as a failure of the run. v.Init is not read.
	Plain(v Var, a Access)
	// Count adds delta to a counter that only AwaitZero reads, so that the order of counts does not matter.
	Count(v Var, delta int64)
	// AwaitZero waits until all that was counted sums to zero. Negative counts happen before its return.
	AwaitZero(v Var)
	// Choose returns any number from 0 to n-1.
	Choose(n int) int
	// Go starts a simulated thread that runs f, and returns its number.
	Go(name string, f func()) int
	// Join waits for the end of a thread.
	Join(thread int)
	// Await waits until cond returns true. It reads modelled memory and changes nothing.
	Await(cond func() bool)
	// Yield ends a round of a loop that waits: if the round changed nothing, the next one would be the same until
	// another thread writes what it read.
	Yield()
	// Fail ends the run with a failure: misuse of a lock, an illegal ordering.
	Fail(message string)
}
