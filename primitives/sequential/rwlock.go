package sequential

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/rwlock"
)

// lockedRegister is plain data in two halves, under a lock.
type lockedRegister struct {
	lock rwlock.Lock
	a, b atomic.Cell[int]
}

func (r *lockedRegister) read() any { return [2]int{r.a.Load(), r.b.Load()} }

func (r *lockedRegister) write(v int) {
	r.a.Store(v)
	r.b.Store(v)
}

// RWLockSections are whole critical sections: calls by themselves would wait for ever for a thread that does not unlock.
var RWLockSections = proptest.Subject[*lockedRegister, int]{
	New:  func(int) *lockedRegister { return new(lockedRegister) },
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*lockedRegister, int]{
		{
			Name:     "Write",
			Argument: oneToThree,
			Call: func(r *lockedRegister, _, v int) any {
				r.lock.Lock()
				defer r.lock.Unlock()
				r.write(v)
				return nil
			},
			Step: func(_, v int, _ any) (int, bool) { return v, true },
		},
		{
			Name: "Read",
			Call: func(r *lockedRegister, _, _ int) any {
				r.lock.RLock()
				defer r.lock.RUnlock()
				return r.read()
			},
			Step: func(s, _ int, result any) (int, bool) { return s, result == [2]int{s, s} },
		},
		{
			Name:     "TryWrite",
			Argument: oneToThree,
			Call: func(r *lockedRegister, _, v int) any {
				ok := r.lock.TryLock()
				if ok {
					defer r.lock.Unlock()
					r.write(v)
				}
				return ok
			},
			Step: func(s, v int, result any) (int, bool) {
				if result == true {
					s = v
				}
				return s, true
			},
		},
		{
			Name: "TryRead",
			Call: func(r *lockedRegister, _, _ int) any {
				if !r.lock.TryRLock() {
					return nil
				}
				defer r.lock.RUnlock()
				return r.read()
			},
			Step: func(s, _ int, result any) (int, bool) { return s, result == nil || result == [2]int{s, s} },
		},
	},
}

// rwHeld is a lock, and how threads hold it.
type rwHeld struct {
	lock    rwlock.Lock
	reading []int
	writing bool
}

// holders is who holds the lock: readers, by thread, or a writer.
type holders struct {
	reading [mostThreads]int
	writing bool
}

func (h holders) free() bool { return h == holders{} }

// RWLockAttempts are calls by themselves. Only one thread tries to write: two may both fail for each other.
var RWLockAttempts = proptest.Subject[*rwHeld, holders]{
	New:  func(threads int) *rwHeld { return &rwHeld{reading: make([]int, threads)} },
	Init: func() holders { return holders{} },
	Operations: []proptest.Operation[*rwHeld, holders]{
		{
			Name: "TryRLock",
			Call: func(h *rwHeld, thread, _ int) any {
				ok := h.lock.TryRLock()
				if ok {
					h.reading[thread]++
				}
				return attempt{thread, ok}
			},
			Step: func(s holders, _ int, result any) (holders, bool) {
				a := result.(attempt)
				if a.ok {
					s.reading[a.thread]++
				}
				return s, a.ok != s.writing
			},
		},
		{
			Name: "RUnlock",
			Call: func(h *rwHeld, thread, _ int) any {
				ok := h.reading[thread] > 0
				if ok {
					h.reading[thread]--
					h.lock.RUnlock()
				}
				return attempt{thread, ok}
			},
			Step: func(s holders, _ int, result any) (holders, bool) {
				a := result.(attempt)
				if a.ok {
					s.reading[a.thread]--
				}
				return s, s.reading[a.thread] >= 0
			},
		},
		{
			Name: "TryLock",
			Role: "writer",
			Call: func(h *rwHeld, _, _ int) any {
				ok := h.lock.TryLock()
				h.writing = h.writing || ok
				return ok
			},
			Step: func(s holders, _ int, result any) (holders, bool) {
				was := s
				s.writing = s.writing || result == true
				return s, result == was.free()
			},
		},
		{
			Name: "Unlock",
			Role: "writer",
			Call: func(h *rwHeld, _, _ int) any {
				ok := h.writing
				if ok {
					h.writing = false
					h.lock.Unlock()
				}
				return ok
			},
			Step: func(s holders, _ int, result any) (holders, bool) {
				was := s.writing
				s.writing = false
				return s, result == was
			},
		},
	},
}
