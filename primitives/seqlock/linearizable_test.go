package seqlock_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/seqlock"
)

type pair [2]uint64

func pairOf(n uint64) pair { return pair{n, n} }

type value = *seqlock.Value[pair]

var values = rapid.IntRange(1, 3)

var subject = proptest.Subject[value, uint64]{
	New:  func(int) value { return seqlock.New(pairOf(0)) },
	Init: func() uint64 { return 0 },
	Operations: []proptest.Operation[value, uint64]{
		{
			Name:     "Write",
			Argument: values,
			Call:     func(s value, _, n int) any { s.Write(pairOf(uint64(n))); return nil },
			Step:     func(_ uint64, n int, _ any) (uint64, bool) { return uint64(n), true },
		},
		{
			Name:     "Update",
			Argument: values,
			Call: func(s value, _, n int) any {
				return s.Update(func(p pair) pair { return pair{p[0] + uint64(n), p[1] + uint64(n)} })
			},
			Step: func(s uint64, n int, result any) (uint64, bool) {
				s += uint64(n)
				return s, result == pairOf(s)
			},
		},
		{
			Name: "Read",
			Call: func(s value, _, _ int) any { return s.Read() },
			Step: func(s uint64, _ int, result any) (uint64, bool) { return s, result == pairOf(s) },
		},
		{
			Name: "TryRead",
			Call: func(s value, _, _ int) any {
				if p, ok := s.TryRead(); ok {
					return p
				}
				return nil
			},
			Step: func(s uint64, _ int, result any) (uint64, bool) { return s, result == nil || result == pairOf(s) },
		},
	},
}

// INV-SEQLOCK-1, INV-SEQLOCK-2, INV-SEQLOCK-3, INV-SEQLOCK-4
func TestLinearizable(t *testing.T) {
	proptest.Check(t, subject, proptest.Total(4), proptest.Clients(30))
}

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject, proptest.Clients(30)) }

// Each of the two fences, left out, lets readers at half of a write; so does a second look that does not look.
func TestPlantedBug(t *testing.T) {
	protocol, _ := catalog.Named("seqlock")
	code, err := protocol.Code(t.Context())
	require.NoError(t, err)
	for _, mutant := range []string{"sequence.change/Fence=none", "sequence.tryRead/Fence=none", "sequence.tryRead/count.Load#2=stale"} {
		t.Run(mutant, func(t *testing.T) {
			bug, ok := code.Named(mutant)
			require.True(t, ok)
			found := proptest.Falsify(t, subject, proptest.Explore(explorer.Intercept(bug)), proptest.Total(3))
			require.Equal(t, "not linearizable", found.Message)
			require.LessOrEqual(t, found.Longest(), 3)
		})
	}
}
