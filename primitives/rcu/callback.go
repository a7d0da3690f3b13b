package rcu

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// callbacks are functions that wait for a grace period. No goroutine runs them: whoever calls Synchronize or Poll does.
type callbacks struct {
	mutex sync.Mutex
	// The mutex guards the rest.
	queued  atomic.Cell[[]func()] // since the last grace period that Poll began
	waiting atomic.Cell[[]func()] // for the end of that one
	period  atomic.Cell[uint64]   // its number
}

// Call has f called once after a grace period: by a later call of Synchronize or Poll, in the goroutine of that. It does
// not wait, and may be called inside a section. f runs in no section and may call anything.
func (d *Domain) Call(f func()) {
	c := &d.callbacks
	c.mutex.Lock()
	c.queued.Store(append(c.queued.Load(), f)) // INV-RCU-8
	c.mutex.Unlock()
}

// Poll does what can be done for callbacks without waiting for a reader. It runs those whose grace period is over, returns
// how many these were, and begins a grace period for the others if it is their turn. Who uses Call calls Poll now and then,
// outside sections; one callback may need two calls.
func (d *Domain) Poll() int {
	c := &d.callbacks
	c.mutex.Lock()
	if len(c.waiting.Load()) == 0 && len(c.queued.Load()) > 0 {
		c.waiting.Store(c.queued.Load())
		c.queued.Store(nil)
		c.period.Store(d.begin()) // INV-RCU-8
	}
	var ready []func()
	if len(c.waiting.Load()) > 0 && d.passed(c.period.Load()) {
		ready = c.waiting.Load()
		c.waiting.Store(nil)
	}
	c.mutex.Unlock()
	run(ready)
	return len(ready)
}

// passed reports whether a grace period is over.
func (d *Domain) passed(period uint64) bool {
	for _, s := range d.registered() {
		if !s.passed(period) {
			return false
		}
	}
	return true
}

// takeAll takes all callbacks that have not been run: their Calls happen before its return.
func (c *callbacks) takeAll() []func() {
	c.mutex.Lock()
	all := append(c.waiting.Load(), c.queued.Load()...)
	c.waiting.Store(nil)
	c.queued.Store(nil)
	c.mutex.Unlock()
	return all
}

func run(callbacks []func()) {
	for _, f := range callbacks {
		f()
	}
}
