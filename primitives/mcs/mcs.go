// Package mcs is the queue lock of Mellor-Crummey and Scott: mutual exclusion in the order of arrival, each waiter
// looking at a word of its own.
//
// A [Lock] is a pointer to the end of a queue of nodes, one for each goroutine that holds the lock or waits for it. The
// caller brings the node; [Mutex] brings its own, from a pool, and is a sync.Locker.
//
// It is correct because the swap at the end of the queue gives each node one predecessor (INV-MCS-1), because the links
// that the swap calls for are made before the lock goes along them (INV-MCS-2, INV-MCS-3), and because whoever hands over
// does so with a release that the next one acquires (INV-MCS-4).
//
// Taking and releasing cost one read-modify-write each on the word that all share, and, if somebody waits, two stores to
// words that two goroutines share. Handing over makes one processor fetch one cache line, however many wait: this is the
// lock for many processors. As with every queue, all wait if the next one sleeps.
//
// Source: Mellor-Crummey and Scott, Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors, ACM TOCS
// 9(1), 1991, algorithm 5.
package mcs

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
	"golang.org/x/sys/cpu"
)

// Lock is an MCS lock. The zero value is free. It must not be copied after its first use.
//
// Each Unlock happens before the Lock, or the TryLock that succeeds, that comes after it.
type Lock struct {
	tail atomic.Pointer[Node] // the last node of the queue; nil: the lock is free
}

// Node is a place in the queue of a Lock. The zero value is ready for use; it must not be copied after its first use.
//
// A node belongs to one goroutine at a time. From Lock to the return of Unlock it is in use, and at no other lock;
// then it may be used again.
type Node struct {
	next atomic.Pointer[Node]
	turn atomic.Uint32
	in   atomic.Cell[*Lock] // where the node is in use: its owner's
	_    cpu.CacheLinePad
}

// The states of Node.turn.
const (
	waiting = iota
	come
)

// Lock puts n at the end of the queue and waits until it is the first. It panics if n is in use.
func (l *Lock) Lock(n *Node) {
	l.enter(n)
	before := l.tail.Swap(n, atomic.AcqRel) // INV-MCS-1, INV-MCS-2, INV-MCS-4
	if before == nil {
		return
	}
	n.turn.Store(waiting, atomic.Relaxed) // INV-MCS-3
	before.next.Store(n, atomic.Release)  // INV-MCS-3
	wait.For(n, (*Node).hasTurn)          // INV-MCS-4
}

// TryLock takes l with n if nobody holds it, and reports whether it did. It panics if n is in use.
func (l *Lock) TryLock(n *Node) bool {
	l.enter(n)
	if l.tail.CompareAndSwap(nil, n, atomic.AcqRel, atomic.Relaxed) { // INV-MCS-1, INV-MCS-2, INV-MCS-4
		return true
	}
	n.in.Store(nil)
	return false
}

// Unlock releases l, which was taken with n, and lets the next in the queue have it. It panics if l was not taken with n.
func (l *Lock) Unlock(n *Node) {
	l.leave(n)
	if n.next.Load(atomic.Relaxed) == nil { // INV-MCS-1
		if l.tail.CompareAndSwap(n, nil, atomic.Release, atomic.Relaxed) { // INV-MCS-1, INV-MCS-4
			return
		}
		wait.For(n, (*Node).isFollowed) // INV-MCS-1
	}
	next := n.next.Load(atomic.Acquire)   // INV-MCS-3
	n.next.Store(nil, atomic.Relaxed)     // INV-MCS-2
	next.turn.Store(come, atomic.Release) // INV-MCS-4
}

func (l *Lock) enter(n *Node) {
	if n.in.Load() != nil {
		panic("mcs: Lock with a Node that is in use")
	}
	n.in.Store(l)
}

func (l *Lock) leave(n *Node) {
	if n.in.Load() != l {
		panic("mcs: Unlock with a Node that does not hold this Lock")
	}
	n.in.Store(nil)
}

func (n *Node) hasTurn() bool {
	return n.turn.Load(atomic.Acquire) == come // INV-MCS-4
}

func (n *Node) isFollowed() bool {
	return n.next.Load(atomic.Relaxed) != nil // INV-MCS-1
}
