package sync

import (
	"sync"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Mutex is a mutual exclusion lock. The zero value is unlocked.
type Mutex struct {
	native sync.Mutex
	self   identity
}

var mutexKind = sim.Kind{Name: "sync.Mutex", Chain: true, Format: formatMutex}

const (
	unlocked = iota
	locked
)

func formatMutex(w sim.Word) string {
	if w.Bits == unlocked {
		return "unlocked"
	}
	return "locked"
}

func (m *Mutex) variable(th sim.Thread) sim.Var {
	m.self.check(th, "sync.Mutex")
	return variableAt(unsafe.Pointer(m), &mutexKind)
}

// Lock waits until m is unlocked and locks it.
func (m *Mutex) Lock() {
	if th := sim.Current(); th != nil {
		th.Update(m.variable(th), lock, sim.Word{}, sim.Word{}, sim.Acquire, silent)
		return
	}
	m.native.Lock()
}

// TryLock locks m if it is unlocked, and reports whether it did.
func (m *Mutex) TryLock() bool {
	if th := sim.Current(); th != nil {
		_, did := th.Update(m.variable(th), tryLock, sim.Word{}, sim.Word{}, sim.Acquire, silent)
		return did == sim.Write
	}
	return m.native.TryLock()
}

// Unlock unlocks m, which any goroutine may have locked. That m is not locked
// ends the program, or fails the exploration.
func (m *Mutex) Unlock() {
	if th := sim.Current(); th != nil {
		m.unlock(th, "sync: unlock of unlocked mutex")
		return
	}
	m.native.Unlock()
}

func (m *Mutex) unlock(th sim.Thread, complaint string) {
	if _, did := th.Update(m.variable(th), unlock, sim.Word{}, sim.Word{}, sim.Release, silent); did == sim.Keep {
		th.Fail(complaint)
	}
}

func lock(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != unlocked {
		return old, sim.Block
	}
	return sim.Bits(locked), sim.Write
}

func tryLock(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != unlocked {
		return old, sim.Keep
	}
	return sim.Bits(locked), sim.Write
}

func unlock(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits == unlocked {
		return old, sim.Keep
	}
	return sim.Bits(unlocked), sim.Write
}
