package explorer_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/trace"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// What other explorers of real code miss, refuse or get wrong.

func (o outcomes) sorted() []string { return slices.Sorted(maps.Keys(o)) }

func TestReadsReachBackToTheFirstStore(t *testing.T) {
	const stores = 12
	all := reached(t, func(x *explorer.T) string {
		var a, flag atomic.Int32
		read := int32(-1)
		x.Go("writer", func() {
			for i := range int32(stores) {
				a.Store(i+1, rlx)
			}
			flag.Store(1, rlx)
		})
		x.Go("reader", func() {
			if flag.Load(rlx) == 1 {
				read = a.Load(rlx)
			}
		})
		x.Join()
		return fmt.Sprint(read)
	})
	require.Len(t, all, stores+2, all.sorted()) // each store, what was there before, and no flag
}

func TestFailedCompareAndSwapReadsAStaleValue(t *testing.T) {
	program := func(failure atomic.Ordering) func(x *explorer.T) string {
		return func(x *explorer.T) string {
			var a, flag atomic.Int32
			seen, swapped := false, false
			x.Go("writer", func() { a.Store(1, rlx); flag.Store(1, rel) })
			x.Go("swapper", func() {
				seen = flag.Load(failure) == 1
				swapped = a.CompareAndSwap(1, 2, rlx, rlx)
			})
			x.Join()
			return fmt.Sprintf("seen=%v swapped=%v", seen, swapped)
		}
	}
	const stale = "seen=true swapped=false"
	assert.Contains(t, reached(t, program(rlx)), stale)
	assert.NotContains(t, reached(t, program(acq)), stale)
	assert.NotContains(t, reached(t, program(rlx), explorer.Model("sc")), stale)
}

func TestWeakCompareAndSwapFailsForNoReason(t *testing.T) {
	program := func(swap func(a *atomic.Int32) bool) func(x *explorer.T) string {
		return func(x *explorer.T) string {
			var a atomic.Int32
			return fmt.Sprint(swap(&a), a.Load())
		}
	}
	weak := reached(t, program(func(a *atomic.Int32) bool { return a.CompareAndSwapWeak(0, 1) }))
	assert.Equal(t, []string{"false 0", "true 1"}, weak.sorted())
	strong := reached(t, program(func(a *atomic.Int32) bool { return a.CompareAndSwap(0, 1) }))
	assert.Equal(t, []string{"true 1"}, strong.sorted())

	for name, retry := range map[string]func(*explorer.T, func() bool){"yielding": yielding, "awaiting": awaiting} {
		for _, model := range explorer.Models() {
			t.Run(name+" "+model, func(t *testing.T) {
				lock := func(x *explorer.T) {
					var held atomic.Bool
					var entered atomic.Cell[int]
					together(x, 3, func(int) {
						retry(x, func() bool { return held.CompareAndSwapWeak(false, true, acq) })
						entered.Store(entered.Load() + 1)
						held.Store(false, rel)
					})
				}
				requireVerified(t, explored(t, lock, explorer.Model(model)))
				require.Nil(t, explored(t, lock, explorer.Model(model), explorer.Sample(300, 1)).Failure)
				require.Nil(t, explored(t, lock, explorer.Model(model), explorer.PCT(3, 300, 1)).Failure)
			})
		}
	}
}

// Go promises that condition variables wake only those that are woken, POSIX and C++ do not.
func TestConditionVariablesWakeForNoReason(t *testing.T) {
	waits := func(spurious bool, wait func(c *sync.Cond, ready *bool)) body {
		return func(x *explorer.T) {
			var m sync.Mutex
			c := sync.NewCond(&m)
			c.SpuriousWakeups = spurious
			ready := false
			x.Go("waiter", func() {
				m.Lock()
				wait(c, &ready)
				require.True(x, ready, "it woke for no reason")
				m.Unlock()
			})
			m.Lock()
			ready = true
			c.Broadcast()
			m.Unlock()
		}
	}
	once := func(c *sync.Cond, ready *bool) {
		if !*ready {
			c.Wait()
		}
	}
	f := requireFailure(t, explored(t, waits(true, once)), trace.Assertion)
	require.Contains(t, f.Message, "it woke for no reason")
	requireVerified(t, explored(t, waits(false, once)))
	again := func(c *sync.Cond, ready *bool) {
		for !*ready {
			c.Wait()
		}
	}
	requireVerified(t, explored(t, waits(false, again)))
	requireVerified(t, explored(t, waits(true, again)))
}

// A loop that gives up after some rounds has the outcomes that it has without
// Yield: also those of each number of rounds.
func TestYieldLosesNoExecution(t *testing.T) {
	polls := func(yield func()) func(x *explorer.T) string {
		return func(x *explorer.T) string {
			var data, flag atomic.Int32
			rounds, read := 0, int32(-1)
			x.Go("writer", func() { data.Store(1, rlx); flag.Store(1, rlx) })
			x.Go("reader", func() {
				for rounds = 0; rounds < 4; rounds++ {
					if flag.Load(rlx) == 1 {
						read = data.Load(rlx)
						return
					}
					yield()
				}
			})
			x.Join()
			return fmt.Sprintf("rounds=%d read=%d", rounds, read)
		}
	}
	swaps := func(yield func()) func(x *explorer.T) string {
		return func(x *explorer.T) string {
			var a atomic.Int32
			var failed [2]int
			together(x, 2, func(i int) {
				for !a.CompareAndSwap(int32(failed[i]), int32(10+i), rlx) && failed[i] < 3 {
					failed[i]++
					yield()
				}
			})
			return fmt.Sprint(failed, a.Load(rlx))
		}
	}
	// Some threads that run a loop go round for ever, others not.
	bounds := func(yield func()) func(x *explorer.T) string {
		return func(x *explorer.T) string {
			var flag atomic.Int32
			rounds := 0
			x.Go("writer", func() { flag.Store(1) })
			together(x, 2, func(i int) {
				for flag.Load() == 0 && (i == 0 || rounds < 3) {
					if i == 1 {
						rounds++
					} else {
						explorer.Yield()
					}
					yield()
				}
			})
			return fmt.Sprint(rounds)
		}
	}
	// What a round leaves behind is seen, if it is in a cell.
	notes := func(yield func()) func(x *explorer.T) string {
		return func(x *explorer.T) string {
			var flag atomic.Int32
			var waited atomic.Cell[bool]
			x.Go("writer", func() { flag.Store(1) })
			x.Go("reader", func() {
				for i := 0; flag.Load() == 0 && i < 2; i++ {
					waited.Store(true)
					yield()
				}
			})
			x.Join()
			return fmt.Sprint(waited.Load())
		}
	}
	for name, program := range map[string]func(func()) func(x *explorer.T) string{"polls": polls, "swaps": swaps, "bounds": bounds, "notes": notes} {
		t.Run(name, func(t *testing.T) {
			for _, model := range explorer.Models() {
				without := reached(t, program(func() {}), explorer.Model(model))
				with := reached(t, program(explorer.Yield), explorer.Model(model))
				assert.Equal(t, without.sorted(), with.sorted(), model)
			}
		})
	}
}

// What is behind a loop that waits sees whatever it would see if the loop went
// round any number of times.
func TestAwaitingLosesNoOutcome(t *testing.T) {
	stack := func(retry func(*explorer.T, func() bool)) func(x *explorer.T) string {
		return func(x *explorer.T) string {
			var top atomic.Pointer[stackNode]
			var popped [2]int
			push := func(n *stackNode) bool {
				old := top.Load(acq)
				n.next.Store(old)
				return top.CompareAndSwap(old, n, acqRel)
			}
			together(x, 4, func(i int) {
				if i < 2 {
					n := &stackNode{value: i + 1}
					retry(x, func() bool { return push(n) })
					return
				}
				retry(x, func() bool {
					old := top.Load(acq)
					if old == nil {
						return true
					}
					if !top.CompareAndSwap(old, old.next.Load(), acqRel) {
						return false
					}
					popped[i-2] = old.value
					return true
				})
			})
			var left []int
			for n := top.Load(acq); n != nil; n = n.next.Load() {
				left = append(left, n.value)
			}
			return fmt.Sprint(popped, left)
		}
	}
	all := reached(t, stack(insisting))
	require.Equal(t, all.sorted(), reached(t, stack(awaiting)).sorted())
	require.Equal(t, all.sorted(), reached(t, stack(yielding)).sorted())
}

func TestManyThreads(t *testing.T) {
	r := explored(t, readers(11))
	requireVerified(t, r)
	require.Equal(t, 1<<11, int(r.Executions))

	r = explored(t, func(x *explorer.T) { // each hands on to the next
		var turn atomic.Int32
		var data atomic.Cell[int]
		together(x, 40, func(i int) {
			x.Await(func() bool { return turn.Load(acq) == int32(i) })
			data.Store(data.Load() + 1)
			turn.Store(int32(i+1), rel)
		})
		require.Equal(x, 40, data.Load())
	})
	requireVerified(t, r)
	require.Equal(t, 1, int(r.Executions))
}

// tas is a lock that is taken by exchange.
func tas(threads int) body {
	return func(x *explorer.T) {
		var held atomic.Bool
		var entered atomic.Cell[int]
		together(x, threads, func(int) {
			for held.Swap(true, acq) {
				explorer.Yield()
			}
			entered.Store(entered.Load() + 1)
			held.Store(false, rel)
		})
	}
}

// ttas is a lock that is taken by exchange once it has been seen free.
func ttas(threads int) body {
	return func(x *explorer.T) {
		var held atomic.Bool
		var entered atomic.Cell[int]
		together(x, threads, func(int) {
			for {
				for held.Load(rlx) {
					explorer.Yield()
				}
				if held.CompareAndSwap(false, true, acq) {
					break
				}
				explorer.Yield()
			}
			entered.Store(entered.Load() + 1)
			held.Store(false, rel)
		})
	}
}

// ticketYielding is a ticket lock whose threads wait in a plain loop.
func ticketYielding(threads int) body {
	return func(x *explorer.T) {
		var next, owner atomic.Int32
		var entered atomic.Cell[int]
		together(x, threads, func(int) {
			mine := next.Add(1, rlx) - 1
			for owner.Load(acq) != mine {
				explorer.Yield()
			}
			entered.Store(entered.Load() + 1)
			owner.Store(mine+1, rel)
		})
	}
}

// readersDone is a wait as RCU's: a writer retires the old version when each
// reader has announced that it is done with it.
func readersDone(threads int) body {
	return func(x *explorer.T) {
		var version atomic.Int32
		var memory [2]atomic.Cell[int]
		done := make([]atomic.Bool, threads)
		for i := range threads {
			x.Go(names[i], func() {
				memory[version.Load(acq)].Load()
				done[i].Store(true, rel)
			})
		}
		memory[1].Store(1)
		version.Store(1, rel)
		for i := range done {
			for !done[i].Load(acq) {
				explorer.Yield()
			}
		}
		memory[0].Store(-1) // retired
	}
}

func TestWaitsVerifyWithoutABound(t *testing.T) {
	for name, lock := range map[string]func(int) body{
		"spinlock": spinlock, "test and test and set": ttas, "ticket lock": ticketLock, "ticket lock yielding": ticketYielding,
		"grace period": readersDone,
	} {
		t.Run(name, func(t *testing.T) {
			for threads := 3; threads <= 4; threads++ {
				for _, model := range explorer.Models() {
					r := explored(t, lock(threads), explorer.Model(model))
					requireVerified(t, r)
					require.Empty(t, r.Bounds)
				}
			}
		})
	}
	t.Run("test and set", func(t *testing.T) {
		// An exchange that finds the lock taken writes it again, which others can see: its rounds are effects.
		r := explored(t, tas(2), explorer.MaxExecutions(500))
		require.Nil(t, r.Failure)
	})
}

func TestTwoThousandOperations(t *testing.T) {
	r := explored(t, func(x *explorer.T) {
		var n atomic.Int32
		for range 2_000 {
			n.Add(1)
		}
		require.Equal(x, int32(2_000), n.Load())
	})
	requireVerified(t, r)
	require.Equal(t, 1, int(r.Executions))

	r = explored(t, func(x *explorer.T) {
		var a, b atomic.Int32
		x.Go("counter", func() {
			for range 2_000 {
				a.Add(1, rlx)
			}
			b.Store(1, rel)
		})
		if b.Load(acq) == 1 {
			require.Equal(x, int32(2_000), a.Load(rlx))
		}
		x.Join()
	})
	requireVerified(t, r)
	require.Equal(t, 2, int(r.Executions))
}

func TestSamplingFindsWhatEachModelAllows(t *testing.T) {
	half := func(x *explorer.T, mine, other *atomic.Int32, st, ld atomic.Ordering) *int32 {
		to := new(int32)
		x.Go("half", func() { mine.Store(1, st); *to = other.Load(ld) })
		return to
	}
	for _, o := range []struct {
		name   string
		st, ld atomic.Ordering
	}{{"relaxed", rlx, rlx}, {"seq_cst", sc, sc}} {
		program := func(x *explorer.T) string {
			var a, b atomic.Int32
			r, s := half(x, &a, &b, o.st, o.ld), half(x, &b, &a, o.st, o.ld)
			x.Join()
			return fmt.Sprint(*r, *s)
		}
		for _, model := range explorer.Models() {
			t.Run(model+" "+o.name, func(t *testing.T) {
				all := reached(t, program, explorer.Model(model))
				assert.Equal(t, all.sorted(), sampled(t, program, explorer.Model(model), explorer.Sample(2_000, 1)).sorted())
				assert.Equal(t, all.sorted(), sampled(t, program, explorer.Model(model), explorer.PCT(3, 4_000, 1)).sorted())
				weak := all["0 0"]
				switch model {
				case "sc", "go":
					assert.False(t, weak)
				case "ra":
					assert.True(t, weak)
				default:
					assert.Equal(t, o.name == "relaxed", weak)
				}
			})
		}
	}
}

// sampled returns the outcomes that random executions of a program reach.
func sampled(t testing.TB, program func(x *explorer.T) string, options ...explorer.Option) outcomes {
	t.Helper()
	all := outcomes{}
	r := explored(t, func(x *explorer.T) { all[program(x)] = true }, options...)
	require.Nil(t, r.Failure)
	require.False(t, r.Verified)
	require.True(t, r.Sampled)
	require.Contains(t, r.String(), "no failure found")
	return all
}

// Random executions of a program that waits come to an end, and reach only what
// is allowed.
func TestSamplingWaits(t *testing.T) {
	for name, b := range map[string]body{
		"ring": ring(8), "ticket lock": ticketLock(8), "ticket lock yielding": ticketYielding(8), "spinlock": spinlock(8),
		"test and test and set": ttas(4), "test and set": tas(4), "Treiber stack": treiberStack(4, 4, yielding),
		"Treiber stack awaiting": treiberStack(4, 4, awaiting), "Treiber stack insisting": treiberStack(4, 4, insisting),
		"Peterson": peterson(sc, sc), "Dekker": dekker(sc, sc), "grace period": readersDone(8),
	} {
		for _, model := range explorer.Models() {
			if strings.Contains("Peterson Dekker", name) && model == "ra" {
				continue // which has no SeqCst
			}
			t.Run(name+" "+model, func(t *testing.T) {
				for _, o := range []explorer.Option{explorer.Sample(300, 1), explorer.PCT(4, 300, 1)} {
					r := explored(t, b, explorer.Model(model), o)
					if r.Failure != nil {
						require.FailNow(t, r.Failure.Failure.Message)
					}
					require.Equal(t, 300, int(r.Executions+r.Blocked))
					require.Positive(t, r.Executions)
				}
			})
		}
	}
}
