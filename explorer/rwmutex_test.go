package explorer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/sync"
)

// Readers and writers of one lock have as many executions as there are orders of what they do to it.
func TestExecutionsOfRWMutex(t *testing.T) {
	for _, threads := range []string{
		"R R W", "R W W", "R RR W", "RR RR W", "R R R W", "R W R R", "R R RR W", "R R R W W", "R RW R R", "R RWR R",
		"RW WR R", "RW RW RW", "RR WR RW", "W WR RW",
	} {
		t.Run(threads, func(t *testing.T) {
			programs := strings.Fields(threads)
			for _, model := range []string{"sc", "rc11"} {
				r, err := explorer.Run(t.Context(), func(x *explorer.T) {
					var mu sync.RWMutex
					for _, sections := range programs {
						x.Go(sections, func() {
							for _, s := range sections {
								if s == 'R' {
									mu.RLock()
									mu.RUnlock()
								} else {
									mu.Lock()
									mu.Unlock()
								}
							}
						})
					}
				}, explorer.Model(model))
				require.NoError(t, err)
				require.True(t, r.Verified, "%s", r)
				require.Equal(t, lockOrders(programs), r.Executions, model)
			}
		})
	}
}

// lockOrders counts the interleavings of programs of sections, R for reading and W for writing. A writer that finds readers
// keeps others out, as a step of its own, until it can go on.
func lockOrders(programs []string) uint64 {
	type thread struct {
		left string // sections
		step byte   // of the first: 0, or 'w' announced, or 'h' holds
	}
	threads := make([]thread, len(programs))
	for i, p := range programs {
		threads[i].left = p
	}
	readers, writer := 0, false // a writer that holds the lock or waits for it
	var count func() uint64
	count = func() (n uint64) {
		ended := true
		for i := range threads {
			t := threads[i]
			if t.left == "" {
				continue
			}
			ended = false
			before, beforeReaders, beforeWriter := t, readers, writer
			switch {
			case t.step == 'h':
				if t.left[0] == 'R' {
					readers--
				} else {
					writer = false
				}
				t.left, t.step = t.left[1:], 0
			case t.left[0] == 'R' && !writer:
				readers++
				t.step = 'h'
			case t.left[0] == 'W' && t.step == 'w' && readers == 0:
				t.step = 'h'
			case t.left[0] == 'W' && t.step == 0 && !writer:
				writer = true
				t.step = 'w'
				if readers == 0 {
					t.step = 'h'
				}
			default:
				continue
			}
			threads[i] = t
			n += count()
			threads[i], readers, writer = before, beforeReaders, beforeWriter
		}
		if ended {
			return 1
		}
		return n
	}
	return count()
}
