package wait_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/wait"
)

type flag struct{ up atomic.Bool }

func (f *flag) isUp() bool { return f.up.Load(atomic.Acquire) }

func (f *flag) take() bool { return f.up.CompareAndSwap(true, false, atomic.Acquire) }

func (f *flag) is(up bool) bool { return f.up.Load(atomic.Acquire) == up }

func strategies() map[string]wait.Strategy {
	return map[string]wait.Strategy{"spin": wait.Spin, "yield": wait.Yield, "backoff": wait.Backoff, "gather": wait.Gather}
}

func TestNativelyWaits(t *testing.T) {
	for name, s := range strategies() {
		t.Run(name, func(t *testing.T) {
			var ping, pong flag
			go func() {
				for range 100 {
					s.Until(ping.isUp)
					ping.up.Store(false, atomic.Relaxed)
					pong.up.Store(true, atomic.Release)
				}
			}()
			for range 100 {
				ping.up.Store(true, atomic.Release)
				wait.ForWith(s, &pong, (*flag).isUp)
				pong.up.Store(false, atomic.Relaxed)
			}
		})
	}
}

func TestForTestedNatively(t *testing.T) {
	var ping, pong flag
	go func() {
		for range 100 {
			wait.ForTested(&ping, (*flag).isUp, (*flag).take)
			pong.up.Store(true, atomic.Release)
		}
	}()
	for range 100 {
		ping.up.Store(true, atomic.Release)
		wait.ForTested(&pong, (*flag).isUp, (*flag).take)
	}
}

func TestAllocatesNothing(t *testing.T) {
	var f flag
	f.up.Store(true)
	require.Zero(t, testing.AllocsPerRun(100, func() { wait.For(&f, (*flag).isUp) }))
	require.Zero(t, testing.AllocsPerRun(100, func() { wait.ForArg(&f, true, (*flag).is) }))
	require.Zero(t, testing.AllocsPerRun(100, func() {
		f.up.Store(true)
		wait.ForTested(&f, (*flag).isUp, (*flag).take)
	}))
}

// A wait is one event: two executions would be one too many.
func TestExplored(t *testing.T) {
	for name, await := range map[string]func(*flag){
		"For":       func(f *flag) { wait.For(f, (*flag).isUp) },
		"ForArg":    func(f *flag) { wait.ForArg(f, true, (*flag).is) },
		"ForTested": func(f *flag) { wait.ForTested(f, (*flag).isUp, (*flag).take) },
	} {
		for _, model := range explorer.Models() {
			r, err := explorer.Run(t.Context(), func(x *explorer.T) {
				var f flag
				var data atomic.Cell[int]
				x.Go("writer", func() { data.Store(1); f.up.Store(true, atomic.Release) })
				x.Go("reader", func() { await(&f); require.Equal(x, 1, data.Load()) })
			}, explorer.Model(model))
			require.NoError(t, err, name)
			require.True(t, r.Verified, name)
			require.EqualValues(t, 1, r.Executions, name)
			require.Zero(t, r.Blocked, name)
		}
	}
}
