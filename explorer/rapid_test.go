package explorer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// Programs that rapid draws are explored, each through all its executions.
func TestRapidDrawsPrograms(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		amounts := rapid.SliceOfN(rapid.Int32Range(-3, 3), 1, 4).Draw(rt, "amounts")
		explorer.Test(rt, func(x *explorer.T) {
			var n atomic.Int32
			var sum int32
			together(x, len(amounts), func(i int) { n.Add(amounts[i], rlx) })
			for _, a := range amounts {
				sum += a
			}
			require.Equal(x, sum, n.Load(rlx))
		})
	})
}

// A failure found in a drawn program is the smallest that rapid finds.
func TestRapidShrinksPrograms(t *testing.T) {
	t.Chdir(t.TempDir())
	var smallest []int32
	r := &rapidTB{recorder{name: "TestRapid"}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		rapid.Check(r, func(rt *rapid.T) {
			stores := rapid.SliceOfN(rapid.Int32Range(1, 100), 1, 4).Draw(rt, "stores")
			smallest = stores
			explorer.Test(rt, func(x *explorer.T) {
				var n atomic.Int32
				x.Go("writer", func() {
					for _, v := range stores {
						n.Store(v, rlx)
					}
				})
				x.Go("reader", func() { assert.Less(x, n.Load(rlx), int32(10)) })
			})
		})
	}()
	<-done
	require.True(t, r.failed || len(r.errors) > 0)
	require.Equal(t, []int32{10}, smallest)
	text := strings.Join(append(r.logs, r.errors...), "\n")
	require.Contains(t, text, `"10" is not less than "10"`)
}

// rapidTB is what rapid.Check asks for.
type rapidTB struct{ recorder }

func (r *rapidTB) Error(a ...any)            { r.Errorf("%s", fmt.Sprint(a...)) }
func (r *rapidTB) Fail()                     { r.failed = true }
func (r *rapidTB) Failed() bool              { return r.failed }
func (r *rapidTB) Fatal(a ...any)            { r.Errorf("%s", fmt.Sprint(a...)); r.FailNow() }
func (r *rapidTB) Fatalf(f string, a ...any) { r.Errorf(f, a...); r.FailNow() }
func (r *rapidTB) Log(a ...any)              { r.Logf("%s", fmt.Sprint(a...)) }
func (r *rapidTB) Skip(...any)               { r.FailNow() }
func (r *rapidTB) SkipNow()                  { r.FailNow() }
func (r *rapidTB) Skipf(string, ...any)      { r.FailNow() }

// rapid draws anew each time that a body is run, so a body that calls it does
// not do the same each time: that is found out, and said.
func TestRapidInsideABody(t *testing.T) {
	t.Chdir(t.TempDir())
	r := report(t, "TestRapid", func(x *explorer.T) {
		var a, b atomic.Int32
		x.Go("writer", func() { a.Store(1) })
		rapid.Check(x, func(rt *rapid.T) {
			for range rapid.IntRange(1, 10).Draw(rt, "loads") {
				a.Load()
			}
			// Were there only loads of a, a run with more of them could pass for
			// one that goes on.
			b.Load()
		})
	})
	require.True(t, r.failed)
	require.Contains(t, r.errors[0], "nondeterministic")
}

// testify's assertions take x, in the body and in goroutines, and say what they say elsewhere.
func TestTestifyInsideABody(t *testing.T) {
	t.Chdir(t.TempDir())
	for name, b := range map[string]body{
		"assert": func(x *explorer.T) {
			x.Go("asserter", func() { assert.Equal(x, 1, 2, "numbers differ") })
		},
		"require": func(x *explorer.T) {
			x.Go("asserter", func() { require.Equal(x, 1, 2, "numbers differ") })
		},
		"body": func(x *explorer.T) { require.Equal(x, 1, 2, "numbers differ") },
	} {
		t.Run(name, func(t *testing.T) {
			r := report(t, "TestTestify", b)
			require.True(t, r.failed)
			for _, s := range []string{"assertion failed", "numbers differ", "expected: 1", "actual  : 2", "rapid_test.go"} {
				assert.Contains(t, r.errors[0], s)
			}
		})
	}
	requireVerified(t, explored(t, func(x *explorer.T) {
		var m sync.Mutex
		n := 0
		together(x, 3, func(int) {
			m.Lock()
			defer m.Unlock()
			n++
			assert.LessOrEqual(x, n, 3)
		})
		assert.Equal(x, 3, n)
	}))
}
