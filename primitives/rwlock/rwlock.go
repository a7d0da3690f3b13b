// Package rwlock is a reader-writer lock that counts its readers in one word.
//
// A [Lock] lets in one writer or any number of readers. It is phase-fair: readers and writers take turns if both wait. A
// reader waits for at most one writer, and a writer for the readers that were there when its turn came, and for the
// writers before it; so nobody starves.
//
// The count is the point of it, and what it costs: every RLock and every RUnlock writes to the word that all readers
// share, so that its cache line moves from processor to processor and readers do not run in parallel where their sections
// are short. sync.RWMutex is built that way, too. Readers that shall scale must write nothing shared: see packages rcu,
// snapshot and seqlock.
//
// It is correct because a reader and a writer learn in one atomic addition to that word each who came first (INV-RWLOCK-1);
// the second waits for the first: the writer until the readers whom it found have left (INV-RWLOCK-2), the reader until the
// writer's phase is over (INV-RWLOCK-3). What ends a wait is released by the one and acquired by the other (INV-RWLOCK-4,
// INV-RWLOCK-5).
//
// RLock and RUnlock cost a read-modify-write each, and one more in an RUnlock that a writer waits for. Lock and Unlock cost
// one each, those of a mutex, and one more if there are readers.
//
// Source: Brandenburg and Anderson, Spin-Based Reader-Writer Synchronization for Multiprocessor Real-Time Systems,
// Real-Time Systems 46(1), 2010, for phases; Courtois, Heymans and Parnas, Concurrent Control with "Readers" and
// "Writers", CACM 14(10), 1971, for the problem.
package rwlock

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
	"github.com/weakmem/litmus/primitives/wait"
)

// Lock is a phase-fair reader-writer lock. The zero value is free. It must not be copied after its first use.
//
// Its promises about memory are those of sync.RWMutex: an Unlock happens before each Lock and RLock that comes after it,
// an RUnlock before each Lock that does. A goroutine must not RLock it twice: if a writer comes in between, both wait for
// ever.
type Lock struct {
	state  atomic.Uint64 // readers, and above them the phase: odd while a writer holds the lock or waits for readers
	ahead  atomic.Int64  // readers that the writer still waits for; less than zero if they left before they were counted
	writer sync.Mutex    // one writer at a time
}

const (
	reader  = 1
	phase   = 1 << 32
	nobody  = ^uint64(phase - 1) // masks the readers out
	departs = ^uint64(0)         // takes one reader off
)

// writing reports whether a state is of a writer's phase.
func writing(state uint64) bool { return state/phase%2 != 0 }

// readers are those of a state, whether they hold the lock or wait.
func readers(state uint64) uint32 { return uint32(state) }

// RLock waits until no writer holds l, nor came first, and takes it for reading.
func (l *Lock) RLock() {
	s := l.state.Add(reader, atomic.Acquire) // INV-RWLOCK-1, INV-RWLOCK-4
	if writing(s) {
		wait.ForArg(l, s/phase, (*Lock).over) // INV-RWLOCK-3
	}
}

// TryRLock takes l for reading if no writer holds it or waits for readers, and reports whether it did.
func (l *Lock) TryRLock() bool {
	for {
		s := l.state.Load(atomic.Relaxed) // INV-RWLOCK-1
		if writing(s) {
			return false
		}
		if l.state.CompareAndSwap(s, s+reader, atomic.Acquire, atomic.Relaxed) { // INV-RWLOCK-1, INV-RWLOCK-4
			return true
		}
	}
}

// RUnlock ends one RLock. It panics if there is none.
func (l *Lock) RUnlock() {
	s := l.state.Add(departs, atomic.Release) // INV-RWLOCK-1, INV-RWLOCK-5
	if readers(s) == readers(departs) {
		panic("rwlock: RUnlock of a Lock that is not locked for reading")
	}
	if writing(s) {
		l.ahead.Add(-1, atomic.Release) // INV-RWLOCK-2, INV-RWLOCK-5
	}
}

// Lock waits until nobody holds l or came first, and takes it for writing.
func (l *Lock) Lock() {
	l.writer.Lock()
	s := l.state.Add(phase, atomic.Acquire) // INV-RWLOCK-1, INV-RWLOCK-5
	if n := readers(s); n != 0 {
		l.ahead.Add(int64(n), atomic.Relaxed) // INV-RWLOCK-2
		wait.For(l, (*Lock).drained)          // INV-RWLOCK-2
	}
}

// TryLock takes l for writing if nobody holds it, and reports whether it did. It may also fail because another TryLock is
// about to.
func (l *Lock) TryLock() bool {
	if !l.writer.TryLock() {
		return false
	}
	s := l.state.Load(atomic.Relaxed) & nobody                              // INV-RWLOCK-1
	if l.state.CompareAndSwap(s, s+phase, atomic.Acquire, atomic.Relaxed) { // INV-RWLOCK-1, INV-RWLOCK-5
		return true
	}
	l.writer.Unlock()
	return false
}

// Unlock ends a Lock, and lets in the readers that wait. It panics if l is not locked for writing.
func (l *Lock) Unlock() {
	s := l.state.Add(phase, atomic.Release) // INV-RWLOCK-3, INV-RWLOCK-4
	if writing(s) {
		panic("rwlock: Unlock of a Lock that is not locked for writing")
	}
	l.writer.Unlock()
}

// over reports whether a writer's phase has ended.
func (l *Lock) over(p uint64) bool {
	return l.state.Load(atomic.Acquire)/phase != p // INV-RWLOCK-3, INV-RWLOCK-4
}

// drained reports whether the readers before the writer have left.
func (l *Lock) drained() bool {
	return l.ahead.Load(atomic.Acquire) == 0 // INV-RWLOCK-2, INV-RWLOCK-5
}
