// Package sync is the standard library's sync for code that is both run and
// explored, and channels as a type.
//
// Its locks have the standard method sets and usable zero values. In a
// goroutine that the explorer simulates, they are modelled: a goroutine that
// waits gives way, what an operation may do is explored, and it orders memory as
// the Go memory model (https://go.dev/ref/mem) says. Anywhere else, each is the
// standard library's.
//
// Under exploration, misuse fails the run: unlocking what is not locked, a
// counter that falls below zero, the copy of a lock that was used. Where the
// language panics, on a channel closed twice for one, so do these types.
package sync

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Locker is a lock: the standard library's interface.
type Locker = sync.Locker

// silent is for what locks and channels are made of: other operations carry
// the happens-before that they promise.
const silent = sim.Relaxed | sim.Silent

// identity finds copies: it holds the address at which a variable was first used under exploration.
type identity struct{ address uintptr }

// check fails the run if the variable of that name was copied after its first use.
func (i *identity) check(th sim.Thread, name string) {
	here := uintptr(unsafe.Pointer(i))
	if atomic.LoadUintptr(&i.address) != here && !atomic.CompareAndSwapUintptr(&i.address, 0, here) {
		th.Fail(name + ": used after it was copied from another that was in use")
	}
}

// variableAt names a modelled variable that is zero at first.
func variableAt(address unsafe.Pointer, k *sim.Kind) sim.Var {
	return sim.Var{Addr: address, Kind: k}
}
