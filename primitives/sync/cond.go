package sync

import (
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Cond is a condition variable: goroutines wait on it until others wake them.
//
// Under exploration, Signal wakes any of those that wait, one execution for each.
type Cond struct {
	L Locker // held by whoever calls Wait; must not be changed after the first use

	// SpuriousWakeups lets Wait, under exploration, also return though nobody woke it. Go promises that it does not; other
	// languages' condition variables do not promise it, and code that comes from there may be held to their rules.
	SpuriousWakeups bool

	native sync.Cond
	linked sync.Once // that native has L
	self   identity
}

var (
	condKind   = sim.Kind{Name: "sync.Cond", Chain: true, Format: formatCond}
	waiterKind = sim.Kind{Name: "sync.Cond", Format: formatWaiter}
)

// waiter is a call of Wait. Its modelled variable is 1 once it is woken; the store that wakes happens before what
// follows the Wait, and nothing else that concerns the Cond does.
type waiter struct{ woken uint32 }

func (w *waiter) variable() sim.Var { return variableAt(unsafe.Pointer(w), &waiterKind) }

// waiters is the value of a Cond: who waits. It is never changed.
// Word.Bits is 1 while a Signal decides whom to wake.
type waiters []*waiter

func waitersOf(w sim.Word) waiters {
	if w.Ptr == nil {
		return nil
	}
	return *(*waiters)(w.Ptr)
}

func (ws waiters) word() sim.Word {
	if len(ws) == 0 {
		return sim.Word{}
	}
	return sim.Pointer(unsafe.Pointer(&ws))
}

func formatCond(w sim.Word) string {
	if w.Bits != 0 {
		return fmt.Sprintf("%d wait, one is chosen", len(waitersOf(w)))
	}
	return fmt.Sprintf("%d wait", len(waitersOf(w)))
}

func formatWaiter(w sim.Word) string {
	if w.Bits == 0 {
		return "waits"
	}
	return "woken"
}

// NewCond returns a condition variable that uses l.
func NewCond(l Locker) *Cond { return &Cond{L: l} }

func (c *Cond) variable(th sim.Thread) sim.Var {
	c.self.check(th, "sync.Cond")
	return variableAt(unsafe.Pointer(&c.native), &condKind)
}

// Wait unlocks c.L, waits until Signal or Broadcast wakes it, and locks c.L
// again. What it waits for may be over by then, so it is called in a loop.
func (c *Cond) Wait() {
	th := sim.Current()
	if th == nil {
		c.linked.Do(func() { c.native.L = c.L })
		c.native.Wait()
		return
	}
	v := c.variable(th)
	if c.SpuriousWakeups && sim.Spurious(th) {
		c.unlock(th)
		c.L.Lock()
		return
	}
	w := new(waiter)
	th.Update(v, enqueue, sim.Pointer(unsafe.Pointer(w)), sim.Word{}, silent, silent)
	c.unlock(th)
	th.Update(w.variable(), awaitOne, sim.Word{}, sim.Word{}, silent, sim.Acquire)
	c.L.Lock()
}

func (c *Cond) unlock(th sim.Thread) {
	if m, ok := c.L.(*Mutex); ok {
		m.unlock(th, "sync: Wait on a Cond whose L is not locked")
		return
	}
	c.L.Unlock()
}

// Signal wakes one goroutine that waits on c, if there is any. The caller may
// hold c.L, but need not.
func (c *Cond) Signal() {
	th := sim.Current()
	if th == nil {
		c.native.Signal()
		return
	}
	v := c.variable(th)
	old, _ := th.Update(v, beginSignal, sim.Word{}, sim.Word{}, silent, silent)
	waiting := waitersOf(old)
	chosen := 0
	switch len(waiting) {
	case 0:
		return
	case 1:
	default:
		chosen = th.Choose(len(waiting))
		th.Update(v, endSignal, sim.Bits(uint64(chosen)), sim.Word{}, silent, silent)
	}
	th.Store(waiting[chosen].variable(), sim.Bits(1), sim.Release)
}

// Broadcast wakes all goroutines that wait on c. The caller may hold c.L, but
// need not.
func (c *Cond) Broadcast() {
	th := sim.Current()
	if th == nil {
		c.native.Broadcast()
		return
	}
	old, _ := th.Update(c.variable(th), broadcast, sim.Word{}, sim.Word{}, silent, silent)
	for _, w := range waitersOf(old) {
		th.Store(w.variable(), sim.Bits(1), sim.Release)
	}
}

func enqueue(old, w, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != 0 {
		return old, sim.Block
	}
	return append(slices.Clip(waitersOf(old)), (*waiter)(w.Ptr)).word(), sim.Write
}

func beginSignal(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != 0 {
		return old, sim.Block
	}
	switch len(waitersOf(old)) {
	case 0:
		return old, sim.Keep
	case 1:
		return sim.Word{}, sim.Write
	}
	return sim.Word{Bits: 1, Ptr: old.Ptr}, sim.Write
}

func endSignal(old, chosen, _ sim.Word) (sim.Word, sim.Verdict) {
	ws, i := waitersOf(old), chosen.Bits
	return slices.Concat(ws[:i], ws[i+1:]).word(), sim.Write
}

func broadcast(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	switch {
	case old.Bits != 0:
		return old, sim.Block
	case len(waitersOf(old)) == 0:
		return old, sim.Keep
	}
	return sim.Word{}, sim.Write
}

// awaitOne waits for a variable that is stored to once, or that one value of means done.
func awaitOne(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits == 0 {
		return old, sim.Block
	}
	return old, sim.Keep
}
