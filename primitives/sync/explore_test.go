//lint:file-ignore SA2001 empty sections are what these tests are about

package sync_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// models are those that the tests explore under.
var models = []string{"sc", "tso", "rc11", "go"}

func explore(t *testing.T, model string, body func(x *explorer.T)) *explorer.Report {
	t.Helper()
	r, err := explorer.Run(context.Background(), body, explorer.Model(model), explorer.MaxSteps(1000), explorer.MaxExecutions(100_000))
	require.NoError(t, err)
	return r
}

// verified requires that no execution fails, and that there are so many.
func verified(t *testing.T, executions int, body func(x *explorer.T)) {
	t.Helper()
	for _, model := range models {
		r := explore(t, model, body)
		if r.Failure != nil {
			t.Errorf("%s: %s", model, r.Failure.Failure.Message)
			continue
		}
		require.True(t, r.Verified, model)
		require.EqualValues(t, executions, r.Executions, model)
	}
}

// fails requires that an execution fails with a message.
func fails(t *testing.T, message string, body func(x *explorer.T)) {
	t.Helper()
	failsUnder(t, models, message, body)
}

func failsUnder(t *testing.T, models []string, message string, body func(x *explorer.T)) {
	t.Helper()
	for _, model := range models {
		r := explore(t, model, body)
		require.NotNil(t, r.Failure, "%s: no failure in %d executions", model, r.Executions)
		require.Contains(t, r.Failure.Failure.Message, message, model)
	}
}

// outcomes collects what the executions of a body note.
func outcomes[T comparable](t *testing.T, model string, body func(x *explorer.T, note func(T))) map[T]int {
	t.Helper()
	seen := map[T]int{}
	r := explore(t, model, func(x *explorer.T) { body(x, func(v T) { seen[v]++ }) })
	if r.Failure != nil {
		t.Fatalf("%s: %s", model, r.Failure.Failure.Message)
	}
	require.True(t, r.Verified)
	return seen
}

func TestMutex(t *testing.T) {
	for n, executions := range []int{1, 1, 2, 6, 24} {
		verified(t, executions, func(x *explorer.T) {
			var mu sync.Mutex
			var c atomic.Cell[int]
			for range n {
				x.Go("adder", func() {
					mu.Lock()
					defer mu.Unlock()
					c.Store(c.Load() + 1)
				})
			}
			x.Join()
			require.Equal(x, n, c.Load())
		})
	}
}

func TestMutexTryLock(t *testing.T) {
	for _, model := range models {
		seen := outcomes(t, model, func(x *explorer.T, note func(bool)) {
			var mu sync.Mutex
			var c atomic.Cell[int]
			x.Go("holder", func() {
				mu.Lock()
				c.Store(1)
				mu.Unlock()
			})
			got := mu.TryLock()
			if got {
				c.Store(2)
				mu.Unlock()
			}
			note(got)
		})
		require.Contains(t, seen, true, model)
		require.Contains(t, seen, false, model)
	}
	t.Run("that fails orders nothing", func(t *testing.T) {
		failsUnder(t, []string{"sc", "tso", "rc11"}, "data race", func(x *explorer.T) {
			var mu sync.Mutex
			var c atomic.Cell[int]
			x.Go("holder", func() {
				c.Store(1)
				mu.Lock()
			})
			if mu.TryLock() {
				mu.Unlock()
			} else {
				c.Load()
			}
		})
	})
}

func TestMutexMisuse(t *testing.T) {
	fails(t, "sync: unlock of unlocked mutex", func(x *explorer.T) {
		var mu sync.Mutex
		mu.Unlock()
	})
	fails(t, "sync.Mutex: used after it was copied", func(x *explorer.T) {
		mu := new(sync.Mutex)
		mu.Lock()
		other := new(sync.Mutex)
		*other = copied(mu)
		other.Lock()
	})
	fails(t, "deadlock", func(x *explorer.T) {
		var mu sync.Mutex
		mu.Lock()
		mu.Lock()
	})
	fails(t, "deadlock", func(x *explorer.T) {
		var a, b sync.Mutex
		both := func(first, second *sync.Mutex) func() {
			return func() {
				first.Lock()
				second.Lock()
				second.Unlock()
				first.Unlock()
			}
		}
		x.Go("ab", both(&a, &b))
		x.Go("ba", both(&b, &a))
		x.Join()
	})
}

// copied copies what must not be copied, out of vet's sight.
func copied[T any](v *T) T { return *v }

func TestRWMutex(t *testing.T) {
	program := func(readers, writers int) func(x *explorer.T) {
		return func(x *explorer.T) {
			var rw sync.RWMutex
			var c atomic.Cell[int]
			for range writers {
				x.Go("writer", func() {
					rw.Lock()
					c.Store(c.Load() + 1)
					rw.Unlock()
				})
			}
			for range readers {
				x.Go("reader", func() {
					rw.RLock()
					c.Load()
					rw.RUnlock()
				})
			}
			x.Join()
			require.Equal(x, writers, c.Load())
		}
	}
	verified(t, 2, program(0, 2))
	verified(t, 6, program(0, 3))
	verified(t, 6, program(2, 0))
	verified(t, 3, program(1, 1))
	t.Run("writing under a read lock", func(t *testing.T) {
		fails(t, "data race", func(x *explorer.T) {
			var rw sync.RWMutex
			var c atomic.Cell[int]
			for range 2 {
				x.Go("reader", func() {
					rw.RLocker().Lock()
					c.Store(1)
					rw.RLocker().Unlock()
				})
			}
		})
	})
	t.Run("try", func(t *testing.T) {
		for _, model := range models {
			seen := outcomes(t, model, func(x *explorer.T, note func([3]bool)) {
				var rw sync.RWMutex
				var c atomic.Cell[int]
				var locked atomic.Bool
				x.Go("reader", func() {
					if rw.TryRLock() {
						c.Load()
						rw.RUnlock()
						locked.Store(true)
					}
				})
				write := rw.TryLock()
				read := rw.TryRLock()
				if write {
					c.Store(1)
					rw.Unlock()
				}
				if read {
					c.Load()
					rw.RUnlock()
				}
				x.Join()
				note([3]bool{write, read, locked.Load()})
			})
			require.Contains(t, seen, [3]bool{true, false, true}, model)
			require.Contains(t, seen, [3]bool{true, false, false}, model)
			require.Contains(t, seen, [3]bool{false, true, true}, model)
			require.NotContains(t, seen, [3]bool{true, true, true}, model)
		}
	})
	t.Run("misuse", func(t *testing.T) {
		fails(t, "sync: Unlock of unlocked RWMutex", func(x *explorer.T) { new(sync.RWMutex).Unlock() })
		fails(t, "sync: RUnlock of unlocked RWMutex", func(x *explorer.T) { new(sync.RWMutex).RUnlock() })
		fails(t, "sync: RUnlock of unlocked RWMutex", func(x *explorer.T) {
			var rw sync.RWMutex
			rw.Lock()
			rw.RUnlock()
		})
		fails(t, "sync.RWMutex: used after it was copied", func(x *explorer.T) {
			a, b := new(sync.RWMutex), new(sync.RWMutex)
			a.RLock()
			*b = copied(a)
			b.RLock()
		})
	})
	t.Run("read-locked twice while a writer waits", func(t *testing.T) {
		fails(t, "deadlock", func(x *explorer.T) {
			var rw sync.RWMutex
			x.Go("writer", func() {
				rw.Lock()
				rw.Unlock()
			})
			rw.RLock()
			rw.RLock()
			rw.RUnlock()
			rw.RUnlock()
		})
	})
}

func TestOnce(t *testing.T) {
	verified(t, 3, func(x *explorer.T) {
		var once sync.Once
		var c atomic.Cell[int]
		for range 3 {
			x.Go("user", func() {
				once.Do(func() { c.Store(c.Load() + 1) })
				require.Equal(x, 1, c.Load())
			})
		}
	})
	fails(t, "deadlock", func(x *explorer.T) {
		var once sync.Once
		once.Do(func() { once.Do(func() {}) })
	})
	t.Run("a function that panics is done", func(t *testing.T) {
		verified(t, 1, func(x *explorer.T) {
			var once sync.Once
			func() {
				defer func() { require.Equal(x, "ouch", recover()) }()
				once.Do(func() { panic("ouch") })
			}()
			once.Do(func() { x.Fatal("called twice") })
		})
	})
}

func TestWaitGroup(t *testing.T) {
	verified(t, 1, func(x *explorer.T) {
		var wg sync.WaitGroup
		cells := make([]atomic.Cell[int], 4)
		for i := range cells {
			wg.Go(func() { cells[i].Store(i) })
		}
		wg.Wait()
		for i := range cells {
			require.Equal(x, i, cells[i].Load())
		}
	})
	fails(t, "negative", func(x *explorer.T) {
		var wg sync.WaitGroup
		wg.Add(1)
		wg.Done()
		wg.Done()
	})
	fails(t, "main", func(x *explorer.T) {
		var wg sync.WaitGroup
		wg.Add(2)
		wg.Done()
		wg.Wait()
	})
	fails(t, "does not happen before", func(x *explorer.T) {
		var wg sync.WaitGroup
		x.Go("late", func() {
			wg.Add(1)
			wg.Done()
		})
		wg.Wait()
	})
	fails(t, "sync.WaitGroup: used after it was copied", func(x *explorer.T) {
		a, b := new(sync.WaitGroup), new(sync.WaitGroup)
		a.Add(1)
		*b = copied(a)
		b.Done()
	})
}

func TestCond(t *testing.T) {
	t.Run("waits for a condition", func(t *testing.T) {
		verified(t, 2, func(x *explorer.T) {
			var mu sync.Mutex
			c := sync.NewCond(&mu)
			var ready atomic.Cell[bool]
			x.Go("signaller", func() {
				mu.Lock()
				ready.Store(true)
				mu.Unlock()
				c.Signal()
			})
			mu.Lock()
			for !ready.Load() {
				c.Wait()
			}
			mu.Unlock()
		})
	})
	t.Run("a signal that comes first is lost", func(t *testing.T) {
		fails(t, "deadlock", func(x *explorer.T) {
			var mu sync.Mutex
			c := sync.NewCond(&mu)
			x.Go("signaller", c.Signal)
			mu.Lock()
			c.Wait()
			mu.Unlock()
		})
	})
	t.Run("a signal wakes any one", func(t *testing.T) {
		for _, model := range models {
			seen := outcomes(t, model, func(x *explorer.T, note func(int)) {
				var mu sync.Mutex
				c := sync.NewCond(&mu)
				var waiting, first, woken atomic.Int32
				for i := range int32(3) {
					x.Go("waiter", func() {
						mu.Lock()
						waiting.Add(1)
						c.Wait()
						if woken.Add(1) == 1 {
							first.Store(i)
						}
						mu.Unlock()
					})
				}
				x.Await(func() bool { return waiting.Load() == 3 })
				mu.Lock()
				c.Signal()
				mu.Unlock()
				x.Await(func() bool { return woken.Load() == 1 })
				c.Broadcast()
				x.Join()
				note(int(first.Load()))
			})
			require.Len(t, seen, 3, model)
		}
	})
	t.Run("signals wake as many", func(t *testing.T) {
		for _, model := range models {
			outcomes(t, model, func(x *explorer.T, note func(int)) {
				var mu sync.Mutex
				c := sync.NewCond(&mu)
				var waiting atomic.Int32
				for range 2 {
					x.Go("waiter", func() {
						mu.Lock()
						waiting.Add(1)
						c.Wait()
						mu.Unlock()
					})
				}
				x.Await(func() bool { return waiting.Load() == 2 })
				mu.Lock()
				mu.Unlock()
				x.Go("signaller", c.Signal)
				x.Go("signaller", c.Signal)
				x.Join()
			})
		}
	})
	t.Run("a signal happens before the return of the wait that it ends", func(t *testing.T) {
		verified(t, 1, func(x *explorer.T) {
			var mu sync.Mutex
			c := sync.NewCond(&mu)
			var waiting atomic.Bool
			var data atomic.Cell[int]
			x.Go("waiter", func() {
				mu.Lock()
				waiting.Store(true, atomic.Relaxed)
				c.Wait()
				mu.Unlock()
				data.Load()
			})
			x.Await(func() bool { return waiting.Load(atomic.Relaxed) })
			mu.Lock()
			mu.Unlock()
			data.Store(1)
			c.Signal()
		})
	})
	t.Run("wakes for no reason where asked to", func(t *testing.T) {
		body := func(spurious bool) func(x *explorer.T) {
			return func(x *explorer.T) {
				var mu sync.Mutex
				c := sync.NewCond(&mu)
				c.SpuriousWakeups = spurious
				var ready atomic.Cell[bool]
				x.Go("signaller", func() {
					mu.Lock()
					ready.Store(true)
					c.Broadcast()
					mu.Unlock()
				})
				mu.Lock()
				if !ready.Load() {
					c.Wait()
				}
				require.True(x, ready.Load())
				mu.Unlock()
			}
		}
		verified(t, 2, body(false))
		fails(t, "Should be true", body(true))
	})
	t.Run("misuse", func(t *testing.T) {
		fails(t, "sync: Wait on a Cond whose L is not locked", func(x *explorer.T) {
			sync.NewCond(new(sync.Mutex)).Wait()
		})
		fails(t, "sync.Cond: used after it was copied", func(x *explorer.T) {
			a, b := sync.NewCond(new(sync.Mutex)), new(sync.Cond)
			a.Signal()
			*b = copied(a)
			b.Signal()
		})
	})
}
