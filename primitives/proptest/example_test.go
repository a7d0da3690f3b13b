package proptest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/proptest"
)

// Mark is the largest number that it was given. It is wrong.
type Mark struct{ highest atomic.Int64 }

func (m *Mark) Raise(n int) {
	if int64(n) > m.highest.Load() {
		m.highest.Store(int64(n))
	}
}

func (m *Mark) Highest() int { return int(m.highest.Load()) }

var mark = proptest.Subject[*Mark, int]{
	New:  func(int) *Mark { return new(Mark) },
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*Mark, int]{
		{
			Name:     "Raise",
			Argument: rapid.IntRange(1, 3),
			Call:     func(m *Mark, _, n int) any { m.Raise(n); return nil },
			Step:     func(s, n int, _ any) (int, bool) { return max(s, n), true },
		},
		{
			Name: "Highest",
			Call: func(m *Mark, _, _ int) any { return m.Highest() },
			Step: func(s, _ int, result any) (int, bool) { return s, result == s },
		},
	},
}

func ExampleCheck() {
	_ = func(t *testing.T) { proptest.Check(t, mark, proptest.Explore(explorer.Model("sc", "rc11", "go"))) }
}

func ExampleStress() {
	_ = func(t *testing.T) { proptest.Stress(t, mark, proptest.Threads(2, 4), proptest.Rounds(1000)) }
}

func ExampleFalsify() {
	_ = func(t *testing.T) {
		found := proptest.Falsify(t, mark)
		require.LessOrEqual(t, found.Longest(), 2)
	}
}

// The page on property tests shows how Mark fails.
func TestMark(t *testing.T) {
	page, err := os.ReadFile("../../docs/proptest.md")
	require.NoError(t, err)
	found := proptest.Falsify(t, mark)
	require.Contains(t, string(page), "```\n"+strings.TrimSpace(found.String())+"\n```")
}
