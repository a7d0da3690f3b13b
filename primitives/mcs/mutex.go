package mcs

import (
	"sync"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/primitives/atomic"
)

// Mutex is a Lock that brings its nodes along: a sync.Locker. The zero value is unlocked. It must not be copied after its
// first use.
type Mutex struct {
	lock   Lock
	holder atomic.Cell[*Node] // the node that holds the lock; who holds the lock alone uses it
}

var nodes = sync.Pool{New: func() any { return new(Node) }}

// newNode takes a node from the pool. A pool hands out what it likes, but a body that is explored must do the same each
// time: there each node is new.
func newNode() *Node {
	if sim.Active() {
		return new(Node)
	}
	return nodes.Get().(*Node)
}

func giveBack(n *Node) {
	if !sim.Active() {
		nodes.Put(n)
	}
}

// Lock waits until m is unlocked and nobody who came before waits for it, and locks it.
func (m *Mutex) Lock() {
	n := newNode()
	m.lock.Lock(n)
	m.holder.Store(n)
}

// TryLock locks m if it is unlocked, and reports whether it did.
func (m *Mutex) TryLock() bool {
	n := newNode()
	if !m.lock.TryLock(n) {
		giveBack(n)
		return false
	}
	m.holder.Store(n)
	return true
}

// Unlock unlocks m, which any goroutine may have locked. It panics if m is not locked.
func (m *Mutex) Unlock() {
	n := m.holder.Load()
	if n == nil {
		panic("mcs: Unlock of a Mutex that is not locked")
	}
	m.holder.Store(nil)
	m.lock.Unlock(n)
	giveBack(n)
}
