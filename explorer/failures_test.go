//lint:file-ignore SA2001 empty sections are what these tests are about

package explorer_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/trace"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/sync"
)

// failing is a body, what goes wrong with it and what the failure says.
type failing struct {
	name string
	body body
	kind trace.FailureKind
	says []string
}

func failures() []failing {
	return []failing{
		{"assertion", func(x *explorer.T) {
			var a, b atomic.Int32
			var r, s int32
			x.Go("P0", func() { a.Store(1, rlx); r = b.Load(rlx) })
			x.Go("P1", func() { b.Store(1, rlx); s = a.Load(rlx) })
			x.Join()
			assert.False(x, r == 0 && s == 0, "both read nothing")
		}, trace.Assertion, []string{"both read nothing"}},
		{"panic", func(x *explorer.T) {
			var index atomic.Int32
			x.Go("setter", func() { index.Store(7) })
			x.Go("getter", func() { _ = make([]int, 3)[index.Load()] })
		}, trace.Panic, []string{"index out of range [7] with length 3"}},
		{"race of reads and writes", func(x *explorer.T) {
			var a atomic.Cell[int]
			x.Go("writer", func() { a.Store(1) })
			x.Go("reader", func() { a.Load() })
		}, trace.Race, []string{"atomic.Cell", "read", "write"}},
		{"race of writes", func(x *explorer.T) {
			var a atomic.Cell[int]
			x.Go("one", func() { a.Store(1) })
			x.Go("other", func() { a.Store(2) })
		}, trace.Race, []string{"atomic.Cell", "write"}},
		{"race with the body", func(x *explorer.T) {
			var a atomic.Cell[int]
			x.Go("writer", func() { a.Store(1) })
			a.Load()
		}, trace.Race, []string{"atomic.Cell"}},
		{"deadlock", func(x *explorer.T) {
			var a, b sync.Mutex
			x.Go("AB", func() { a.Lock(); b.Lock(); b.Unlock(); a.Unlock() })
			x.Go("BA", func() { b.Lock(); a.Lock(); a.Unlock(); b.Unlock() })
			x.Join()
		}, trace.Deadlock, []string{"AB", "BA", "sync.Mutex"}},
		{"deadlock with itself", func(x *explorer.T) {
			var m sync.Mutex
			m.Lock()
			m.Lock()
		}, trace.Deadlock, []string{"main", "sync.Mutex"}},
		{"deadlock on a channel", func(x *explorer.T) {
			c := sync.MakeChan[int](0)
			x.Go("sender", func() { c.Send(1) })
			x.Join()
		}, trace.Deadlock, []string{"sender"}},
		{"deadlock on a wait group", func(x *explorer.T) {
			var wg sync.WaitGroup
			wg.Add(1)
			wg.Wait()
		}, trace.Deadlock, []string{"main", "sync.WaitGroup"}},
		{"await", func(x *explorer.T) {
			var flag atomic.Bool
			x.Go("waiter", func() { x.Await(func() bool { return flag.Load() }) })
			x.Join()
		}, trace.UnsatisfiedAwait, []string{"waiter", "atomic.Bool"}},
		{"await of two variables", func(x *explorer.T) {
			var a, b atomic.Int32
			x.Go("waiter", func() { x.Await(func() bool { return a.Load() == b.Load() }) })
			a.Store(1)
			x.Join()
		}, trace.UnsatisfiedAwait, []string{"waiter", "atomic.Int32"}},
		{"await in some executions", func(x *explorer.T) {
			var a, b atomic.Int32
			x.Go("one", func() { a.Store(1); b.Store(1) })
			x.Go("other", func() { a.Store(2) })
			x.Go("waiter", func() { x.Await(func() bool { return b.Load() == 1 && a.Load() == 1 }) })
		}, trace.UnsatisfiedAwait, []string{"waiter"}},
		{"spin", func(x *explorer.T) {
			var flag atomic.Bool
			x.Go("waiter", func() {
				for !flag.Load() {
					explorer.Yield()
				}
			})
			x.Join()
		}, trace.UnsatisfiedAwait, []string{"waiter", "atomic.Bool"}},
		{"leak", func(x *explorer.T) {
			c := sync.MakeChan[int](0)
			x.Go("sender", func() { c.Send(1) })
		}, trace.GoroutineLeak, []string{"sender"}},
		{"unlock of unlocked", func(x *explorer.T) {
			var m sync.Mutex
			m.Unlock()
		}, trace.LockMisuse, []string{"sync", "unlock"}},
		{"unlock twice", func(x *explorer.T) {
			var m sync.Mutex
			together(x, 2, func(i int) {
				m.Lock()
				m.Unlock()
				if i == 1 {
					m.Unlock()
				}
			})
		}, trace.LockMisuse, []string{"sync", "unlock"}},
		{"read unlock of unlocked", func(x *explorer.T) {
			var m sync.RWMutex
			m.RUnlock()
		}, trace.LockMisuse, []string{"sync", "unlock"}},
		{"negative wait group", func(x *explorer.T) {
			var wg sync.WaitGroup
			wg.Done()
		}, trace.LockMisuse, []string{"sync.WaitGroup", "negative"}},
		{"send on a closed channel", func(x *explorer.T) {
			c := sync.MakeChan[int](1)
			x.Go("closer", func() { c.Close() })
			x.Go("sender", func() { c.Send(1) })
		}, trace.Panic, []string{"send on closed channel"}},
		{"copied lock", func(x *explorer.T) {
			var m sync.Mutex
			m.Lock()
			n := *copied(&m)
			n.Unlock()
			m.Unlock()
		}, trace.LockMisuse, []string{"sync", "copied"}},
		{"use after free", func(x *explorer.T) {
			h := mem.New(1)
			var freed atomic.Bool
			x.Go("owner", func() { h.Free(); freed.Store(true) })
			x.Go("user", func() {
				if freed.Load() {
					h.Load()
				}
			})
		}, trace.UseAfterFree, []string{"use after free"}},
		{"free that races", func(x *explorer.T) {
			h := mem.New(1)
			x.Go("owner", func() { h.Free() })
			x.Go("user", func() { h.Load() })
		}, trace.UseAfterFree, []string{"race with free"}},
		{"double free", func(x *explorer.T) {
			h := mem.New(1)
			h.Free()
			h.Free()
		}, trace.DoubleFree, []string{"double free"}},
		{"uninitialised read", func(x *explorer.T) {
			h := mem.Alloc[int]()
			h.Load()
			h.Free()
		}, trace.Uninitialised, []string{"uninitialised"}},
		{"memory leak", func(x *explorer.T) {
			var published mem.Atomic[int]
			x.Go("one", func() { published.Swap(mem.New(1)) })
			x.Go("other", func() { published.Swap(mem.New(2)) })
			x.Join()
			published.Load().Free()
		}, trace.MemoryLeak, []string{"never freed"}},
		{"await that may miss its moment", func(x *explorer.T) {
			var a atomic.Int32
			x.Go("other", func() { a.Store(1) })
			x.Await(func() bool { return a.Load() == 0 })
		}, trace.UnsatisfiedAwait, []string{"awaits a change of atomic.Int32"}},
		{"race behind an await of a value that comes back", func(x *explorer.T) {
			// The reader enters and leaves; who awaits that it is outside may find it before, where it sees what is published, or after.
			var inside, published atomic.Int32
			var data atomic.Cell[int]
			x.Go("reader", func() {
				inside.Store(1, rlx)
				atomic.Fence(sc)
				old := published.Load(acq) == 0
				inside.Store(0, rel)
				if old {
					data.Load()
				}
			})
			published.Store(1, rel)
			atomic.Fence(sc)
			x.Await(func() bool { return inside.Load(acq) == 0 })
			data.Store(1)
		}, trace.Race, []string{"atomic.Cell"}},
		{"illegal ordering", func(x *explorer.T) {
			var a atomic.Int32
			a.Load(rel)
		}, trace.IllegalOrdering, []string{"Int32.Load", "release"}},
		{"choice of nothing", func(x *explorer.T) { x.Choose(0) }, trace.Misuse, []string{"Choose(0)"}},
		{"join of no goroutine", func(x *explorer.T) { x.Join(7) }, trace.Misuse, []string{"Join(7)"}},
		{"wait for nothing", func(x *explorer.T) {
			for {
				explorer.Yield()
			}
		}, trace.Misuse, []string{"Yield"}},
		{"livelock", func(x *explorer.T) {
			var polite [2]atomic.Bool
			together(x, 2, func(i int) {
				for {
					polite[i].Store(true)
					if !polite[1-i].Load() {
						return
					}
					polite[i].Store(false)
					explorer.Yield()
				}
			})
		}, trace.Livelock, nil},
	}
}

// copied copies what must not be copied, where go vet does not see it.
func copied[T any](v *T) *T {
	c := *v
	return &c
}

func TestFailures(t *testing.T) {
	for _, f := range failures() {
		t.Run(f.name, func(t *testing.T) {
			r := explored(t, f.body, explorer.MaxSteps(400))
			found := requireFailure(t, r, f.kind)
			for _, s := range f.says {
				assert.Contains(t, found.Message, s)
			}
			assert.Contains(t, r.String(), "failed")
			require.NoError(t, r.Failure.Validate())
			if f.kind == trace.Livelock {
				return // which takes more steps than a token holds
			}
			require.NotEmpty(t, r.Failure.Token, r.Failure.Notes)
		})
	}
}

// Both accesses of a race are shown, with their places.
func TestRaceShowsBothPlaces(t *testing.T) {
	r := explored(t, func(x *explorer.T) {
		var a atomic.Cell[int]
		x.Go("writer", func() {
			a.Store(1) // here
		})
		x.Go("reader", func() {
			a.Load() // and here
		})
	})
	f := requireFailure(t, r, trace.Race)
	require.Len(t, f.Steps, 2)
	lines := map[string]bool{}
	for _, s := range f.Steps {
		p := r.Failure.Steps[s].Pos
		require.Equal(t, "failures_test.go", filepath.Base(p.File))
		lines[line(t, p)] = true
	}
	require.Equal(t, map[string]bool{"a.Store(1) // here": true, "a.Load() // and here": true}, lines)
	text := r.Failure.String()
	for _, s := range []string{"writer", "reader", "failures_test.go"} {
		require.Contains(t, text, s)
	}
}

// line returns a line of a source file.
func line(t *testing.T, p trace.Position) string {
	source, err := os.ReadFile(p.File)
	require.NoError(t, err)
	return strings.TrimSpace(strings.Split(string(source), "\n")[p.Line-1])
}

// A deadlock's report says what each goroutine holds and waits for, and where.
func TestDeadlockShowsWhoWaitsForWhat(t *testing.T) {
	r := explored(t, func(x *explorer.T) {
		var a, b sync.Mutex
		x.Go("AB", func() {
			a.Lock()
			b.Lock() // waits for b
			b.Unlock()
			a.Unlock()
		})
		x.Go("BA", func() {
			b.Lock()
			a.Lock() // waits for a
			a.Unlock()
			b.Unlock()
		})
		x.Join()
	})
	requireFailure(t, r, trace.Deadlock)
	lines := map[string]bool{}
	for _, s := range r.Failure.Steps {
		if s.Kind == trace.Blocked && s.Pos.Line > 0 {
			lines[line(t, s.Pos)] = true
		}
	}
	require.Subset(t, lines, map[string]bool{"b.Lock() // waits for b": true, "a.Lock() // waits for a": true})
}

// Bodies that do not do the same each time are found out, whatever the difference is.
func TestNondeterminism(t *testing.T) {
	runs := 0
	var a, b, c atomic.Int32
	for name, body := range map[string]body{
		"a counter that is kept": func(x *explorer.T) {
			runs++
			x.Go("P0", func() { a.Store(1) })
			x.Go("P1", func() { a.Load() })
			if runs%2 == 0 {
				b.Store(1)
			}
			a.Load()
		},
		"another value of Choose": func(x *explorer.T) { runs++; a.Store(1); x.Choose(2 + runs) },
		"another variable": func(x *explorer.T) {
			runs++
			x.Go("P0", func() { a.Store(1) })
			[]*atomic.Int32{&a, &b}[runs%2].Store(2)
			a.Load()
		},
		"another ordering": func(x *explorer.T) {
			runs++
			x.Go("P0", func() { a.Load() })
			a.Store(1, []atomic.Ordering{rlx, rel}[runs%2])
		},
		"another number of goroutines": func(x *explorer.T) {
			runs++
			for range 2 + runs%2 {
				x.Go("P", func() { a.Add(1) })
			}
		},
		"a map": func(x *explorer.T) {
			all := map[int]*atomic.Int32{0: &a, 1: &b, 2: &c, 3: new(atomic.Int32), 4: new(atomic.Int32)}
			x.Go("reader", func() { a.Load(); b.Load(); c.Load() })
			for i, v := range all {
				v.Store(int32(i), rlx)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := explored(t, body, explorer.MaxExecutions(10_000))
			requireFailure(t, r, trace.Nondeterminism)
		})
	}
}

// recorder is a test that explores, and what it reported.
type recorder struct {
	testing.TB // whose other methods are not called
	name       string
	logs       []string
	errors     []string
	failed     bool
}

func (r *recorder) Helper()                   {}
func (r *recorder) Name() string              { return r.name }
func (r *recorder) Logf(f string, a ...any)   { r.logs = append(r.logs, fmt.Sprintf(f, a...)) }
func (r *recorder) Errorf(f string, a ...any) { r.errors = append(r.errors, fmt.Sprintf(f, a...)) }
func (r *recorder) FailNow()                  { r.failed = true; runtime.Goexit() }

// report runs explorer.Test as a test of its own, in an empty folder.
func report(t *testing.T, name string, b body, options ...explorer.Option) *recorder {
	t.Helper()
	r := &recorder{name: name}
	done := make(chan struct{})
	go func() {
		defer close(done)
		explorer.Test(r, b, options...)
	}()
	<-done
	return r
}

// Whatever goes wrong, one test fails, and the others go on.
func TestAFailureFailsOneTest(t *testing.T) {
	t.Chdir(t.TempDir())
	before := runtime.NumGoroutine()
	for _, f := range failures() {
		if f.kind == trace.Livelock {
			continue
		}
		r := report(t, "TestOf "+f.name, f.body)
		require.True(t, r.failed, f.name)
		require.Len(t, r.errors, 1)
		assert.Contains(t, r.errors[0], string(f.kind.String()), f.name)

		good := report(t, "TestOfSB", storeBuffering(rlx, rlx))
		require.False(t, good.failed)
		require.Empty(t, good.errors)
		require.Contains(t, strings.Join(good.logs, "\n"), "verified: all 4 executions")
	}
	for i := 0; runtime.NumGoroutine() > before && i < 100; i++ {
		time.Sleep(10 * time.Millisecond) // goroutines that are done need a moment to be gone
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

// A failure is shown step by step, saved, replayed first, and replayed by its token alone.
func TestFailureIsReplayed(t *testing.T) {
	t.Chdir(t.TempDir())
	stale, runs := true, 0
	program := func(x *explorer.T) {
		runs++
		var data, flag atomic.Int32
		x.Go("writer", func() { data.Store(42, rlx); flag.Store(1, rlx) })
		x.Go("reader", func() {
			if flag.Load(acq) == 1 && stale {
				require.Equal(x, int32(42), data.Load(rlx))
			}
		})
	}
	first := report(t, "TestMP", program)
	require.True(t, first.failed)
	for _, s := range []string{"writer", "reader", "data", "flag", "42", "relaxed", "acquire", "failures_test.go", "expected"} {
		assert.Contains(t, first.errors[0], s)
	}
	saved, err := filepath.Glob(filepath.Join(trace.Dir, "*", "*.fail"))
	require.NoError(t, err)
	require.Len(t, saved, 1)
	assert.Contains(t, first.errors[0], saved[0])

	runs = 0
	again := report(t, "TestMP", program)
	require.True(t, again.failed)
	require.Equal(t, 1, runs, "it is replayed, not searched for")
	assert.Contains(t, again.errors[0], "still there")

	found := explored(t, program)
	require.NotEmpty(t, found.Failure.Token)
	runs = 0
	replayed := report(t, "TestOther", program, explorer.Replay(found.Failure.Token))
	require.True(t, replayed.failed)
	require.Equal(t, 1, runs)

	stale = false // corrected
	corrected := report(t, "TestMP", program)
	require.False(t, corrected.failed, corrected.errors)
	assert.Contains(t, strings.Join(corrected.logs, "\n"), "does not fail any more")
	assert.Contains(t, strings.Join(corrected.logs, "\n"), "verified")
}

// The word is verified only where everything was explored.
func TestBoundsAreReported(t *testing.T) {
	long := increments(7)
	for name, o := range map[string]explorer.Option{
		"executions": explorer.MaxExecutions(10),
		"time":       explorer.Timeout(time.Millisecond),
		"sample":     explorer.Sample(10, 1),
		"pct":        explorer.PCT(2, 10, 1),
	} {
		t.Run(name, func(t *testing.T) {
			r := explored(t, long, o)
			require.Nil(t, r.Failure)
			assert.False(t, r.Verified)
			assert.Contains(t, r.String(), "no failure found")
			assert.NotContains(t, r.String(), "verified")
			assert.Less(t, r.Executions, uint64(5040))
			if !r.Sampled {
				assert.NotEmpty(t, r.Bounds)
			}
		})
	}
	t.Run("preemptions", func(t *testing.T) {
		// Without preemptions three threads run one after another, in any order.
		r := explored(t, twoIncrements(3), explorer.MaxPreemptions(0))
		require.Nil(t, r.Failure)
		assert.Equal(t, 6, int(r.Executions))
		assert.False(t, r.Verified)
		assert.NotEmpty(t, r.Bounds)
	})
	t.Run("none", func(t *testing.T) {
		r := explored(t, long)
		assert.True(t, r.Verified)
		assert.Empty(t, r.Bounds)
		assert.Equal(t, "rc11: verified: all 5040 executions", r.String())
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		runs := 0
		r, err := explorer.Run(ctx, func(x *explorer.T) {
			if runs++; runs == 5 {
				cancel()
			}
			long(x)
		})
		require.NoError(t, err)
		assert.False(t, r.Verified)
		assert.NotEmpty(t, r.Bounds)
	})
	t.Run("steps", func(t *testing.T) {
		r := explored(t, func(x *explorer.T) {
			var n atomic.Int32
			for range 200 {
				n.Add(1)
			}
		}, explorer.MaxSteps(100))
		require.False(t, r.Verified)
		require.NotEmpty(t, r.Bounds)
		require.Contains(t, strings.Join(r.Bounds, " "), "100 steps")
	})
}

func TestOptionErrors(t *testing.T) {
	for _, c := range []struct {
		option explorer.Option
		says   string
	}{
		{explorer.Model("x86"), `no model "x86"`},
		{explorer.Model(), "no name"},
		{explorer.Model("sc", "rc11"), "one model at a time"},
		{explorer.MaxExecutions(0), "MaxExecutions(0)"},
		{explorer.MaxPreemptions(-1), "MaxPreemptions(-1)"},
		{explorer.MaxSteps(0), "MaxSteps(0)"},
		{explorer.Timeout(0), "Timeout(0s)"},
		{explorer.Workers(0), "Workers(0)"},
		{explorer.Sample(0, 1), "Sample(0)"},
		{explorer.PCT(0, 10, 1), "PCT(0, 10)"},
		{explorer.PCT(1, 0, 1), "PCT(1, 0)"},
	} {
		_, err := explorer.Run(t.Context(), loadBuffering, c.option)
		assert.ErrorContains(t, err, c.says)
	}
	t.Chdir(t.TempDir())
	r := report(t, "TestOptions", loadBuffering, explorer.Model("x86"))
	require.True(t, r.failed)
	require.Contains(t, r.errors[0], `no model "x86"`)
	for _, token := range []string{"", "rc11", "rc11.", "rc11.!", "x86.0", "rc11.99999999999999999999"} {
		if token == "" {
			continue // asks for no replay
		}
		r := report(t, "TestOptions", loadBuffering, explorer.Replay(token))
		require.True(t, r.failed, token)
		require.Len(t, r.errors, 1)
	}
}

func TestEnvironment(t *testing.T) {
	run := func() (*explorer.Report, error) { return explorer.Run(t.Context(), increments(4)) }
	for _, c := range []struct {
		name, value string
		says        string
	}{
		{"EXPLORER_MODEL", "tso", "tso: verified: all 24 executions"},
		{"EXPLORER_EXECUTIONS", "3", "no failure found in 3 executions"},
		{"EXPLORER_SAMPLE", "5", "no failure found in 5 random executions"},
		{"EXPLORER_SAMPLE", "5:7", "no failure found in 5 random executions"},
		{"EXPLORER_PCT", "2:5", "no failure found in 5 random executions"},
		{"EXPLORER_WORKERS", "2", "verified: all 24 executions"},
		{"EXPLORER_TIMEOUT", "1m", "verified: all 24 executions"},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			t.Setenv(c.name, c.value)
			r, err := run()
			require.NoError(t, err)
			assert.Contains(t, r.String(), c.says)
		})
	}
	for _, c := range [][2]string{
		{"EXPLORER_MODEL", "x86"}, {"EXPLORER_EXECUTIONS", "many"}, {"EXPLORER_EXECUTIONS", "-1"}, {"EXPLORER_SAMPLE", "1:2:3"},
		{"EXPLORER_PCT", "5"}, {"EXPLORER_WORKERS", "0"}, {"EXPLORER_TIMEOUT", "soon"}, {"EXPLORER_ESTIMATE", "maybe"},
	} {
		t.Run(c[0]+"="+c[1], func(t *testing.T) {
			t.Setenv(c[0], c[1])
			_, err := run()
			require.ErrorContains(t, err, c[0])
		})
	}
}

// Explorations may run at the same time.
func TestParallel(t *testing.T) {
	for i := range 8 {
		t.Run(names[i], func(t *testing.T) {
			t.Parallel()
			r := explored(t, increments(5), explorer.Workers(1+i%3))
			requireVerified(t, r)
			require.Equal(t, 120, int(r.Executions))
			require.NotNil(t, explored(t, messagePassingPlain(rlx, rlx)).Failure)
		})
	}
}

func TestReportSaysWhatGoroutinesDo(t *testing.T) {
	r, err := explorer.Run(t.Context(), func(x *explorer.T) {
		var v atomic.Int32
		x.Go("one", func() {
			x.Doing("Push(1)")
			v.Store(1, atomic.Relaxed)
			x.Doing("Push(2)")
			v.Store(2, atomic.Relaxed)
			x.Doing("")
			v.Store(3, atomic.Relaxed)
		})
		x.Join()
		x.Fatal("the end")
	})
	require.NoError(t, err)
	var doing []string
	for _, s := range r.Failure.Steps {
		if s.Kind == trace.Store {
			doing = append(doing, s.Doing)
		}
	}
	require.Equal(t, []string{"Push(1)", "Push(2)", ""}, doing)
	require.Regexp(t, `Push\(1\):\n.*Store.*\n *Push\(2\):\n.*Store`, r.Failure.String())
	var page strings.Builder
	require.NoError(t, r.Failure.HTML(&page))
	require.Contains(t, page.String(), "of Push(1)")
}

// The stack of a panic is that of the user's code.
func TestStackOfPanic(t *testing.T) {
	r, err := explorer.Run(t.Context(), func(x *explorer.T) {
		var v atomic.Int32
		x.Go("one", func() {
			if v.Load() == 0 {
				panicking()
			}
		})
	})
	require.NoError(t, err)
	stack := r.Failure.Failure.Stack
	require.Contains(t, stack, "explorer_test.panicking(")
	require.Contains(t, stack, "explorer_test.TestStackOfPanic.func1.1(")
	require.Equal(t, 4, len(strings.Split(stack, "\n")), stack)
}

func panicking() { panic("too much") }
