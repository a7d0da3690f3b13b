package sequential

import (
	"sync"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/proptest"
)

// Lock is a mutual exclusion lock.
type Lock interface {
	sync.Locker
	TryLock() bool
}

// protected is plain data under a lock.
type protected struct {
	lock  Lock
	count atomic.Cell[int]
}

func (c *protected) increment() int {
	n := c.count.Load()
	c.count.Store(n + 1)
	return n
}

// LockSections are whole critical sections: calls by themselves would wait for ever for a thread that does not unlock.
func LockSections(newLock func() Lock) proptest.Subject[*protected, int] {
	return proptest.Subject[*protected, int]{
		New:  func(int) *protected { return &protected{lock: newLock()} },
		Init: func() int { return 0 },
		Operations: []proptest.Operation[*protected, int]{
			{
				Name: "Increment",
				Call: func(c *protected, _, _ int) any {
					c.lock.Lock()
					defer c.lock.Unlock()
					return c.increment()
				},
				Step: func(s, _ int, result any) (int, bool) { return s + 1, result == s },
			},
			{
				Name: "TryIncrement",
				Call: func(c *protected, _, _ int) any {
					if !c.lock.TryLock() {
						return nil
					}
					defer c.lock.Unlock()
					return c.increment()
				},
				Step: func(s, _ int, result any) (int, bool) {
					if result == nil {
						return s, true
					}
					return s + 1, result == s
				},
			},
		},
	}
}

// held is a lock, and which threads hold it.
type held struct {
	lock Lock
	by   []bool
}

const nobody = -1

// LockAttempts are TryLock and Unlock by themselves. The state is who holds the lock.
func LockAttempts(newLock func() Lock) proptest.Subject[*held, int] {
	return proptest.Subject[*held, int]{
		New:  func(threads int) *held { return &held{lock: newLock(), by: make([]bool, threads)} },
		Init: func() int { return nobody },
		Operations: []proptest.Operation[*held, int]{
			{
				Name: "TryLock",
				Call: func(h *held, thread, _ int) any {
					ok := h.lock.TryLock()
					h.by[thread] = h.by[thread] || ok
					return attempt{thread, ok}
				},
				Step: func(s, _ int, result any) (int, bool) {
					if a := result.(attempt); a.ok {
						return a.thread, s == nobody
					}
					return s, s != nobody
				},
			},
			{
				Name: "Unlock",
				Call: func(h *held, thread, _ int) any {
					ok := h.by[thread]
					if ok {
						h.by[thread] = false
						h.lock.Unlock()
					}
					return attempt{thread, ok}
				},
				Step: func(s, _ int, result any) (int, bool) {
					if a := result.(attempt); a.ok {
						return nobody, s == a.thread
					}
					return s, true
				},
			},
		},
	}
}
