package sync

import (
	"sync"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// WaitGroup waits until a number of tasks are done. The zero value has none.
//
// Under exploration, the order in which tasks are added and done is not
// explored, since nothing can observe it.
type WaitGroup struct {
	native sync.WaitGroup
	self   identity
}

var waitGroupKind = sim.Kind{Name: "sync.WaitGroup"}

func (wg *WaitGroup) variable(th sim.Thread) sim.Var {
	wg.self.check(th, "sync.WaitGroup")
	return variableAt(unsafe.Pointer(wg), &waitGroupKind)
}

// Add adds delta, which may be negative, to the number of tasks. A number
// below zero panics, or fails the exploration; so does, if it is noticed, an Add
// to no tasks that neither happens before a Wait nor after it.
func (wg *WaitGroup) Add(delta int) {
	if th := sim.Current(); th != nil {
		th.Count(wg.variable(th), int64(delta))
		return
	}
	wg.native.Add(delta)
}

// Done takes one task off.
func (wg *WaitGroup) Done() { wg.Add(-1) }

// Wait waits until there are no tasks. All calls of Done before happen before its return.
func (wg *WaitGroup) Wait() {
	if th := sim.Current(); th != nil {
		th.AwaitZero(wg.variable(th))
		return
	}
	wg.native.Wait()
}

// Go runs f in a new goroutine, as a task. f must not panic.
func (wg *WaitGroup) Go(f func()) {
	th := sim.Current()
	if th == nil {
		wg.native.Go(f)
		return
	}
	wg.Add(1)
	th.Go("", func() {
		f()
		wg.Done()
	})
}
