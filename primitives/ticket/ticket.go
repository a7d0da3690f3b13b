// Package ticket is the ticket lock: mutual exclusion in the order of arrival.
//
// A [Lock] hands out tickets, one to each goroutine that comes, and serves them in turn. Nobody is overtaken, so nobody
// waits for more sections than those of the goroutines that came before.
//
// It is correct because an atomic increment gives each ticket out once (INV-TICKET-1), because only the goroutine whose
// ticket is served makes the next one served (INV-TICKET-2), and because it does so with a release that the next one
// acquires, so that critical sections happen one before the other (INV-TICKET-3).
//
// Taking and releasing cost one read-modify-write and one store. All who wait look at the same word: each release makes
// each of them fetch its cache line, so that the cost of handing over grows with their number, and no processor but the
// next can use the lock meanwhile, even if the next one sleeps. With more goroutines than processors that is slow: a
// lock that lets others overtake, such as sync.Mutex, passes over those that do not run.
//
// Source: Mellor-Crummey and Scott, Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors, ACM TOCS
// 9(1), 1991, section 2.2; the idea is that of Lamport's bakery and of Reed and Kanodia's eventcounts and sequencers.
package ticket

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// Lock is a ticket lock. The zero value is free. It must not be copied after its first use.
//
// It is a sync.Locker, with the promises of the Go memory model: each Unlock happens before the Lock, or the TryLock that
// succeeds, that comes after it.
type Lock struct {
	next    atomic.Uint64       // the ticket that is given out next
	serving atomic.Uint64       // the ticket whose turn it is: next, if the lock is free
	after   atomic.Cell[uint64] // the ticket after the holder's, who alone uses it; 0: nobody holds the lock
}

// Lock takes a ticket and waits for its turn. It does not return to a goroutine that holds l already.
func (l *Lock) Lock() {
	after := l.next.Add(1, atomic.Relaxed)   // INV-TICKET-1
	wait.ForArg(l, after-1, (*Lock).reached) // INV-TICKET-2
	l.after.Store(after)
}

// TryLock takes l if it is free, and reports whether it did.
func (l *Lock) TryLock() bool {
	ticket := l.serving.Load(atomic.Acquire)                                      // INV-TICKET-3
	if !l.next.CompareAndSwap(ticket, ticket+1, atomic.Relaxed, atomic.Relaxed) { // INV-TICKET-1
		return false
	}
	l.after.Store(ticket + 1)
	return true
}

// Unlock releases l, which any goroutine may have taken. It panics if l is not locked.
func (l *Lock) Unlock() {
	after := l.after.Load()
	if after == 0 {
		panic("ticket: Unlock of a Lock that is not locked")
	}
	l.after.Store(0)
	l.serving.Store(after, atomic.Release) // INV-TICKET-2, INV-TICKET-3
}

// reached reports whether it is a ticket's turn.
func (l *Lock) reached(ticket uint64) bool {
	return l.serving.Load(atomic.Acquire) == ticket // INV-TICKET-3
}
