// Package spinlock is the test-and-test-and-set lock: mutual exclusion in one word.
//
// A [Lock] is for critical sections of a few instructions that nobody is likely to want at the same time. Who does not
// get it looks, without writing, until it is free, and then tries again; it neither queues nor, for the first
// microseconds, sleeps. Longer or contended sections are better served by sync.Mutex, by package ticket where order
// matters, and by package mcs where many processors wait.
//
// It is correct because the compare-and-swap that takes the lock is atomic, so that one goroutine at a time has changed
// the word from free to held (INV-SPINLOCK-1), and because it acquires from the store that released the lock before it,
// so that critical sections happen one before the other (INV-SPINLOCK-2).
//
// Taking and releasing cost one read-modify-write and one store. When n goroutines wait, a release makes each of them
// fetch the cache line, and of those who then try all but one write to it for nothing: the cost of handing over grows
// with n.
//
// Source: Rudolph and Segall, Dynamic Decentralized Cache Schemes for MIMD Parallel Processors, ISCA 1984;
// Anderson, The Performance of Spin Lock Alternatives for Shared-Memory Multiprocessors, IEEE TPDS 1(1), 1990.
package spinlock

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

// Lock is a test-and-test-and-set lock. The zero value is free. It must not be copied after its first use.
//
// It is a sync.Locker, with the promises of the Go memory model: each Unlock happens before the Lock, or the TryLock that
// succeeds, that comes after it. It is not fair: under contention a goroutine may wait for ever.
type Lock struct {
	state atomic.Uint32
}

const (
	free = iota
	held
)

// Lock waits until l is free and takes it. It does not return to a goroutine that holds l already.
func (l *Lock) Lock() {
	wait.ForTested(l, (*Lock).isFree, (*Lock).take)
}

// TryLock takes l if it is free, and reports whether it did.
func (l *Lock) TryLock() bool {
	return l.isFree() && l.take()
}

// Unlock releases l, which any goroutine may have taken. It panics if it finds l free.
func (l *Lock) Unlock() {
	if l.state.Load(atomic.Relaxed) == free { // INV-SPINLOCK-1: the holder reads what it wrote
		panic("spinlock: Unlock of a Lock that is free")
	}
	l.state.Store(free, atomic.Release) // INV-SPINLOCK-2
}

func (l *Lock) take() bool {
	return l.state.CompareAndSwap(free, held, atomic.Acquire, atomic.Relaxed) // INV-SPINLOCK-1, INV-SPINLOCK-2
}

// isFree is the test before the test-and-set: it only reads, so that waiters share the cache line.
func (l *Lock) isFree() bool {
	return l.state.Load(atomic.Relaxed) == free // INV-SPINLOCK-3
}
