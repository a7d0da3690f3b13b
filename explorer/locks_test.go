package explorer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/sync"
)

// Threads that use locks, and nothing else, have as many executions as there are orders of what they do to each lock. In a program,
// a and b lock mutexes, and A and B unlock them; r and w lock one for reading and for writing, and R and W unlock it.
func TestExecutionsOfLocks(t *testing.T) {
	for _, program := range []string{
		"aA aA aA aA", "aAaA aAaA aA",
		"abBA aA bB", "abBA abBA bB", "abBA abBAbB bB", "abBA abBA bB bB", "abBA aAbB bBaA",
		"rR rR wW", "rR wW wW", "rRrR rRrR wW", "rR rR rR wW", "rR wW rR rR", "rR rR rRrR wW", "rR rR rR wW wW",
		"rR rRwW rR rR", "rRwW wWrR rR", "rRwW rRwW rRwW", "wW wWrR rRwW",
		"arRA wW arRA", "arRA wW arRAwW", "waAW waAW rR", "waAW aA rR",
	} {
		t.Run(program, func(t *testing.T) {
			threads := strings.Fields(program)
			for _, model := range []string{"sc", "rc11"} {
				r, err := explorer.Run(t.Context(), func(x *explorer.T) {
					var a, b sync.Mutex
					var rw sync.RWMutex
					do := map[rune]func(){
						'a': a.Lock, 'A': a.Unlock, 'b': b.Lock, 'B': b.Unlock,
						'r': rw.RLock, 'R': rw.RUnlock, 'w': rw.Lock, 'W': rw.Unlock,
					}
					for _, steps := range threads {
						x.Go(steps, func() {
							for _, s := range steps {
								do[s]()
							}
						})
					}
				}, explorer.Model(model))
				require.NoError(t, err)
				require.True(t, r.Verified, "%s", r)
				require.EqualValues(t, len(lockOrders(threads)), r.Executions, model)
			}
		})
	}
}

// lockOrders runs all interleavings of the threads and returns the orders of steps that locks see in them. A writer that finds
// readers keeps others out, as a step of its own, until it can go on.
func lockOrders(threads []string) map[string]bool {
	type state struct {
		next    [5]int // step of each thread
		waits   [5]bool
		a, b    bool // locked
		readers int
		writer  bool // holds the lock, or waits for it
		orders  [3]string
	}
	found, seen := map[string]bool{}, map[state]bool{}
	var run func(s state)
	run = func(s state) {
		if seen[s] {
			return
		}
		seen[s] = true
		ended := true
		for i, steps := range threads {
			if s.next[i] == len(steps) {
				continue
			}
			ended = false
			n, step, lock, can := s, steps[s.next[i]], 2, true
			switch step {
			case 'a', 'A':
				can, lock = step == 'A' || !s.a, 0
				n.a = step == 'a'
			case 'b', 'B':
				can, lock = step == 'B' || !s.b, 1
				n.b = step == 'b'
			case 'r':
				can = !s.writer
				n.readers++
			case 'R':
				n.readers--
			case 'w':
				can = s.readers == 0 && (s.waits[i] || !s.writer) || !s.writer
				n.writer = true
				n.waits[i] = s.readers > 0
			case 'W':
				n.writer = false
			}
			if !can {
				continue
			}
			if !n.waits[i] {
				n.next[i]++
			}
			n.orders[lock] += fmt.Sprint(i, " ")
			run(n)
		}
		if ended {
			found[strings.Join(s.orders[:], "; ")] = true
		}
	}
	run(state{})
	return found
}
