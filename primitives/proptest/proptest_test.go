package proptest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/proptest"
)

func TestCheck(t *testing.T) {
	t.Run("counter", func(t *testing.T) { proptest.Check(t, counter()) })
	t.Run("registers", func(t *testing.T) { proptest.Check(t, registers(atomic.SeqCst, atomic.SeqCst)) })
	t.Run("queue", func(t *testing.T) { proptest.Check(t, queues(first)) })
	t.Run("registers under sc", func(t *testing.T) {
		proptest.Check(t, registers(atomic.Release, atomic.Acquire), proptest.Explore(explorer.Model("sc")))
	})
}

func TestStress(t *testing.T) {
	t.Run("counter", func(t *testing.T) { proptest.Stress(t, counter()) })
	t.Run("registers", func(t *testing.T) { proptest.Stress(t, registers(atomic.SeqCst, atomic.SeqCst)) })
	t.Run("queue", func(t *testing.T) { proptest.Stress(t, queues(first)) })
}

func TestFalsify(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T) *proptest.Counterexample
	}{
		{"lost update", func(t *testing.T) *proptest.Counterexample { return proptest.Falsify(t, losing()) }},
		{"own caches", func(t *testing.T) *proptest.Counterexample { return proptest.Falsify(t, cached()) }},
		{"store buffering", func(t *testing.T) *proptest.Counterexample {
			return proptest.Falsify(t, registers(atomic.Release, atomic.Acquire))
		}},
		{"stack", func(t *testing.T) *proptest.Counterexample { return proptest.Falsify(t, queues(last)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := c.run(t)
			require.LessOrEqual(t, found.Longest(), 3)
		})
	}
}
