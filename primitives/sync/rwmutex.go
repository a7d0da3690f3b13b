package sync

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// RWMutex is a lock for one writer or many readers. The zero value is unlocked.
//
// As the standard library's, it keeps new readers out while a writer waits: a
// goroutine that read-locks it twice may deadlock, and the explorer finds when.
//
// Under exploration, a reader that unlocks happens before readers that lock
// later, which the Go memory model does not promise. That hides no race
// between readers whose sections may overlap.
type RWMutex struct {
	native sync.RWMutex
	self   identity
}

var rwMutexKind = sim.Kind{Name: "sync.RWMutex", Chain: true, Format: formatRWMutex}

// The value of an RWMutex: how many readers hold it, and about its writer.
const (
	writerHolds uint64 = 1 << 32
	writerWaits uint64 = 1 << 33
	readerMask  uint64 = 1<<32 - 1
)

func formatRWMutex(w sim.Word) string {
	readers := w.Bits & readerMask
	switch {
	case w.Bits == 0:
		return "unlocked"
	case w.Bits&writerHolds != 0:
		return "locked"
	case w.Bits&writerWaits != 0:
		return fmt.Sprintf("read-locked %d times, a writer waits", readers)
	}
	return fmt.Sprintf("read-locked %d times", readers)
}

func (rw *RWMutex) variable(th sim.Thread) sim.Var {
	rw.self.check(th, "sync.RWMutex")
	return variableAt(unsafe.Pointer(rw), &rwMutexKind)
}

// Lock waits until nobody holds rw and locks it for writing.
func (rw *RWMutex) Lock() {
	th := sim.Current()
	if th == nil {
		rw.native.Lock()
		return
	}
	v := rw.variable(th)
	if old, _ := th.Update(v, lockOrAnnounce, sim.Word{}, sim.Word{}, sim.Acquire, silent); old.Bits != 0 {
		th.Update(v, lockAnnounced, sim.Word{}, sim.Word{}, sim.Acquire, silent)
	}
}

// TryLock locks rw for writing if nobody holds it, and reports whether it did.
func (rw *RWMutex) TryLock() bool {
	if th := sim.Current(); th != nil {
		_, did := th.Update(rw.variable(th), tryLockWriter, sim.Word{}, sim.Word{}, sim.Acquire, silent)
		return did == sim.Write
	}
	return rw.native.TryLock()
}

// Unlock ends a Lock. That rw is not locked for writing ends the program, or
// fails the exploration.
func (rw *RWMutex) Unlock() {
	th := sim.Current()
	if th == nil {
		rw.native.Unlock()
		return
	}
	if _, did := th.Update(rw.variable(th), unlockWriter, sim.Word{}, sim.Word{}, sim.Release, silent); did == sim.Keep {
		th.Fail("sync: Unlock of unlocked RWMutex")
	}
}

// RLock waits until no writer holds rw or waits for it, and locks it for reading.
func (rw *RWMutex) RLock() {
	if th := sim.Current(); th != nil {
		th.Update(rw.variable(th), lockReader, sim.Word{}, sim.Word{}, sim.Acquire, silent)
		return
	}
	rw.native.RLock()
}

// TryRLock locks rw for reading if no writer holds it or waits for it, and
// reports whether it did.
func (rw *RWMutex) TryRLock() bool {
	if th := sim.Current(); th != nil {
		_, did := th.Update(rw.variable(th), tryLockReader, sim.Word{}, sim.Word{}, sim.Acquire, silent)
		return did == sim.Write
	}
	return rw.native.TryRLock()
}

// RUnlock ends one RLock. That rw is not locked for reading ends the program,
// or fails the exploration.
func (rw *RWMutex) RUnlock() {
	th := sim.Current()
	if th == nil {
		rw.native.RUnlock()
		return
	}
	if _, did := th.Update(rw.variable(th), unlockReader, sim.Word{}, sim.Word{}, sim.Release, silent); did == sim.Keep {
		th.Fail("sync: RUnlock of unlocked RWMutex")
	}
}

// RLocker returns a Locker whose methods are RLock and RUnlock of rw.
func (rw *RWMutex) RLocker() Locker { return (*readLocker)(rw) }

type readLocker RWMutex

func (r *readLocker) Lock()   { (*RWMutex)(r).RLock() }
func (r *readLocker) Unlock() { (*RWMutex)(r).RUnlock() }

// lockOrAnnounce locks for writing, or, if only readers are in the way, keeps further ones out.
func lockOrAnnounce(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	switch {
	case old.Bits == 0:
		return sim.Bits(writerHolds), sim.Write
	case old.Bits&^readerMask == 0:
		return sim.Bits(old.Bits | writerWaits), sim.Write
	}
	return old, sim.Block
}

func lockAnnounced(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits&readerMask != 0 {
		return old, sim.Block
	}
	return sim.Bits(writerHolds), sim.Write
}

func tryLockWriter(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits != 0 {
		return old, sim.Keep
	}
	return sim.Bits(writerHolds), sim.Write
}

func unlockWriter(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits&writerHolds == 0 {
		return old, sim.Keep
	}
	return sim.Bits(0), sim.Write
}

func lockReader(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits&^readerMask != 0 {
		return old, sim.Block
	}
	return sim.Bits(old.Bits + 1), sim.Write
}

func tryLockReader(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits&^readerMask != 0 {
		return old, sim.Keep
	}
	return sim.Bits(old.Bits + 1), sim.Write
}

func unlockReader(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	if old.Bits&readerMask == 0 {
		return old, sim.Keep
	}
	return sim.Bits(old.Bits - 1), sim.Write
}
