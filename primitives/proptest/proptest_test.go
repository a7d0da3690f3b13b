package proptest_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sync"
)

func TestCheck(t *testing.T) {
	t.Run("counter", func(t *testing.T) { proptest.Check(t, counter()) })
	t.Run("registers", func(t *testing.T) { proptest.Check(t, registers(atomic.SeqCst, atomic.SeqCst)) })
	t.Run("queue", func(t *testing.T) { proptest.Check(t, queues(first)) })
	t.Run("workers", func(t *testing.T) { proptest.Check(t, queues(first), proptest.Explore(explorer.Workers(2))) })
	t.Run("relaxed registers under sc", func(t *testing.T) {
		proptest.Check(t, registers(atomic.Relaxed, atomic.Relaxed), proptest.Explore(explorer.Model("sc")))
	})
}

func TestStress(t *testing.T) {
	t.Run("counter", func(t *testing.T) { proptest.Stress(t, counter()) })
	t.Run("registers", func(t *testing.T) { proptest.Stress(t, registers(atomic.SeqCst, atomic.SeqCst)) })
	t.Run("queue", func(t *testing.T) { proptest.Stress(t, queues(first)) })
}

// falsified is Falsify of some subject.
type falsified func(t rapid.TB, options ...proptest.Option) *proptest.Counterexample

func of[I, S any](s proptest.Subject[I, S]) falsified {
	return func(t rapid.TB, options ...proptest.Option) *proptest.Counterexample {
		return proptest.Falsify(t, s, options...)
	}
}

func TestFalsify(t *testing.T) {
	weak := registers(atomic.Release, atomic.Acquire)
	withoutFinish := freeing()
	withoutFinish.Finish = nil
	for name, c := range map[string]struct {
		falsify falsified
		message string
	}{
		"lost update":            {of(losing()), "not linearizable"},
		"caches without updates": {of(cached()), "not linearizable"},
		"store buffering":        {of(weak), "not linearizable"},
		"stale read":             {of(registers(atomic.Relaxed, atomic.Relaxed)), "not linearizable"},
		"stack for a queue":      {of(queues(last)), "not linearizable"},
		"data race":              {of(racing()), "data race"},
		"deadlock":               {of(locking()), "deadlock"},
		"panic":                  {of(panicking()), "panic"},
		"memory leak":            {of(withoutFinish), "memory leak"},
	} {
		t.Run(name, func(t *testing.T) {
			found := c.falsify(t)
			assert.Equal(t, c.message, found.Message)
			assert.LessOrEqual(t, found.Longest(), 2)
			assert.LessOrEqual(t, len(found.Threads), 2)
			assert.Equal(t, "rc11", found.Model)
			require.NotNil(t, found.Execution)
			assert.NotEmpty(t, found.Execution.Steps)
			assert.Contains(t, found.String(), found.Message+" under rc11\n\n  ")
			assert.Contains(t, found.String(), "\nschedule: ")
			for _, s := range found.Execution.Steps {
				assert.NotEqual(t, "explore.go", filepath.Base(s.Pos.File), "what runs the client has no position")
			}
		})
	}
	t.Run("again", func(t *testing.T) {
		require.Equal(t, of(losing())(t).String(), of(losing())(t).String())
	})
	t.Run("each model", func(t *testing.T) {
		require.Equal(t, "tso", of(weak)(t, proptest.Explore(explorer.Model("sc", "tso", "rc11"))).Model)
	})
	t.Run("nothing", func(t *testing.T) {
		r := record("Nothing", func(t rapid.TB) { of(counter())(t, proptest.Clients(20)) })
		require.True(t, r.failed)
		require.Contains(t, r.log.String(), "proptest: no client fails: ")
	})
}

// The finish is part of the client, and is not called if it has failed before.
func TestFinish(t *testing.T) {
	proptest.Check(t, freeing())
}

func freeing() proptest.Subject[mem.Handle[int], int] {
	return proptest.Subject[mem.Handle[int], int]{
		New:    func(int) mem.Handle[int] { return mem.Alloc[int]() },
		Init:   func() int { return 0 },
		Finish: func(h mem.Handle[int]) { h.Free() },
		Operations: []proptest.Operation[mem.Handle[int], int]{{
			Name: "Nothing",
			Call: func(mem.Handle[int], int, int) any { return nil },
			Step: func(s, _ int, _ any) (int, bool) { return s, true },
		}},
	}
}

func racing() proptest.Subject[*atomic.Cell[int], int] {
	return counting(
		func() *atomic.Cell[int] { return new(atomic.Cell[int]) },
		func(c *atomic.Cell[int], n int) { c.Store(c.Load() + n) },
		func(c *atomic.Cell[int]) int { return c.Load() },
	)
}

// locking takes two locks, in an order that depends on the operation.
func locking() proptest.Subject[*[2]sync.Mutex, int] {
	take := func(i, j int) func(*[2]sync.Mutex, int, int) any {
		return func(l *[2]sync.Mutex, _, _ int) any {
			l[i].Lock()
			defer l[i].Unlock()
			l[j].Lock()
			defer l[j].Unlock()
			return nil
		}
	}
	step := func(s, _ int, _ any) (int, bool) { return s, true }
	return proptest.Subject[*[2]sync.Mutex, int]{
		New:  func(int) *[2]sync.Mutex { return new([2]sync.Mutex) },
		Init: func() int { return 0 },
		Operations: []proptest.Operation[*[2]sync.Mutex, int]{
			{Name: "There", Call: take(0, 1), Step: step},
			{Name: "Back", Call: take(1, 0), Step: step},
		},
	}
}

// panicking counts, but not to 3.
func panicking() proptest.Subject[*atomic.Int64, int] {
	s := counter()
	s.Operations[0].Call = func(c *atomic.Int64, _, n int) any {
		if c.Add(int64(n)) >= 3 {
			panic("too much")
		}
		return nil
	}
	return s
}

// A call that does not return is shown as such.
func TestCallsThatDoNotReturn(t *testing.T) {
	found := of(locking())(t)
	var pending int
	for _, calls := range found.Threads {
		for _, a := range calls {
			if !a.Returned {
				pending++
				assert.Contains(t, a.String(), "() (does not return)")
			}
		}
	}
	require.Equal(t, 2, pending)
}

func TestCheckShrinksAndSaves(t *testing.T) {
	t.Chdir(t.TempDir())
	check := func(s proptest.Subject[*queue, []int]) *recorder {
		return record("TestQueue", func(t rapid.TB) { proptest.Check(t, s) })
	}
	r := check(queues(last))
	require.True(t, r.failed)
	require.Contains(t, r.log.String(), "Put(1);  Put(2)", "the smallest arguments that are not equal")
	require.Contains(t, r.log.String(), "TryTake() = 2")
	saved, err := filepath.Glob("testdata/rapid/TestQueue/*.fail")
	require.NoError(t, err)
	require.Len(t, saved, 1)
	t.Log(r.log.String())

	again := check(queues(last))
	require.True(t, again.failed)
	require.Contains(t, again.log.String(), "failed after 0 tests")
	require.Contains(t, again.log.String(), saved[0])
	require.Contains(t, again.log.String(), "proptest: 1 clients, ")

	require.False(t, check(queues(first)).failed)
}

func TestFalsifySavesNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	of(losing())(t)
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Empty(t, left)
}

// The flags of the explorer that write what failed hold for clients, too.
func TestCheckWritesPage(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, flag.Set("explorer.html", "failure.html"))
	defer func() { require.NoError(t, flag.Set("explorer.html", "")) }()
	r := record("TestQueue", func(t rapid.TB) { proptest.Check(t, queues(last)) })
	require.Contains(t, r.log.String(), "(written to failure.html)")
	page, err := os.ReadFile("failure.html")
	require.NoError(t, err)
	require.Contains(t, string(page), "of Put(2)")
}

func TestBoundsAreLogged(t *testing.T) {
	check := func(options ...proptest.Option) string {
		r := record("Bounds", func(t rapid.TB) { proptest.Check(t, queues(first), options...) })
		require.False(t, r.failed, r.log.String())
		return r.log.String()
	}
	assert.Contains(t, check(proptest.Explore(explorer.MaxExecutions(1))), "; not explored to the end: ")
	assert.Contains(t, check(proptest.Explore(explorer.MaxExecutions(1))), "not all: ")
	assert.Contains(t, check(proptest.Executions(5)), "no more clients are drawn after 5 executions: see the option Executions")
	assert.Contains(t, check(proptest.Clients(3)), "proptest: 3 clients, ")
	assert.NotContains(t, check(proptest.Clients(3)), ";")
}

func TestWrongUse(t *testing.T) {
	use := func(edit func(*proptest.Subject[*atomic.Int64, int]), options ...proptest.Option) func(t rapid.TB) {
		return func(t rapid.TB) {
			s := counter()
			edit(&s)
			proptest.Check(t, s, options...)
		}
	}
	same := func(*proptest.Subject[*atomic.Int64, int]) {}
	for says, test := range map[string]func(t rapid.TB){
		"the subject has no New":          use(func(s *proptest.Subject[*atomic.Int64, int]) { s.New = nil }),
		"the subject has no Init":         use(func(s *proptest.Subject[*atomic.Int64, int]) { s.Init = nil }),
		"the subject has no Operations":   use(func(s *proptest.Subject[*atomic.Int64, int]) { s.Operations = nil }),
		"operation 1 has no Name":         use(func(s *proptest.Subject[*atomic.Int64, int]) { s.Operations[1].Name = "" }),
		"operation Add has no Call":       use(func(s *proptest.Subject[*atomic.Int64, int]) { s.Operations[0].Call = nil }),
		"operation Get has no Step":       use(func(s *proptest.Subject[*atomic.Int64, int]) { s.Operations[1].Step = nil }),
		"Threads(0, 2): want at least 1":  use(same, proptest.Threads(0, 2)),
		"Threads(3, 2): want at least 1":  use(same, proptest.Threads(3, 2)),
		"Calls(0): it must be at least 1": use(same, proptest.Calls(0)),
		"Total(65): want 1 to 64":         use(same, proptest.Total(65)),
		"Clients(0): it must":             use(same, proptest.Clients(0)),
		"Rounds(0): it must":              use(same, proptest.Rounds(0)),
		"Executions(0): it must":          use(same, proptest.Executions(0)),
		"Seed(0): it must not be 0":       use(same, proptest.Seed(0)),
		`no model "x87" to explore under`: use(same, proptest.Explore(explorer.Model("x87"))),
		"proptest: broken specification under rc11": use(func(s *proptest.Subject[*atomic.Int64, int]) {
			s.Operations[1].Step = func(int, int, any) (int, bool) { panic("broken") }
		}),
	} {
		t.Run(says, func(t *testing.T) {
			t.Chdir(t.TempDir())
			r := record("TestWrong", test)
			require.True(t, r.failed)
			require.Contains(t, r.log.String(), says)
		})
	}
}

func TestRun(t *testing.T) {
	var latest proptest.Tally
	progress := func(now proptest.Tally) {
		assert.Equal(t, latest.Clients+1, now.Clients)
		latest = now
	}
	done, err := proptest.Run(t.Context(), counter(), progress, proptest.Clients(5), proptest.Rounds(10))
	require.NoError(t, err)
	assert.Equal(t, latest, done)
	assert.Nil(t, done.Found)
	assert.Equal(t, []int{5, 50}, []int{done.Clients, done.Rounds})
	assert.NotZero(t, done.Calls)
	assert.NotZero(t, done.Histories)

	latest = proptest.Tally{}
	done, err = proptest.Run(t.Context(), queues(last), progress, proptest.Seed(7))
	require.NoError(t, err)
	require.NotNil(t, done.Found)
	assert.Equal(t, "not linearizable", done.Found.Message)
	assert.Contains(t, done.Found.String(), "No order of the calls explains what they returned.")
}

// A run without bounds ends with its context, or in its time.
func TestRunEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done, err := proptest.Run(ctx, counter(), func(now proptest.Tally) {
		if now.Clients == 3 {
			cancel()
		}
	})
	require.NoError(t, err)
	assert.Equal(t, 3, done.Clients)
	done, err = proptest.Run(t.Context(), counter(), func(proptest.Tally) {}, proptest.Time(time.Millisecond))
	require.NoError(t, err)
	assert.NotZero(t, done.Clients)
}

func TestRunRefuses(t *testing.T) {
	_, err := proptest.Run(t.Context(), proptest.Subject[int, int]{}, nil)
	require.EqualError(t, err, "proptest: the subject has no New")
	_, err = proptest.Run(t.Context(), counter(), nil, proptest.Time(0))
	require.EqualError(t, err, "proptest: Time(0s): it must be more than 0")
}

func TestStressFinds(t *testing.T) {
	stress := func(test func(t rapid.TB)) string {
		r := record("Stress", test)
		require.True(t, r.failed)
		return r.log.String()
	}
	log := stress(func(t rapid.TB) { proptest.Stress(t, queues(last), proptest.Seed(7)) })
	assert.Contains(t, log, "of -rapid.seed=7, shrunk: not linearizable\n\n  producer  Put(")
	log = stress(func(t rapid.TB) { proptest.Stress(t, panicking()) })
	assert.Regexp(t, `panic\n(.*\n)*.*panics: too much`, log)
	log = stress(func(t rapid.TB) { proptest.Stress(t, cached()) })
	assert.Contains(t, log, "No order of the calls explains what they returned.")
}
