package sequential

import (
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/seqlock"
)

type seqPair [2]uint64

func seqPairOf(n uint64) seqPair { return seqPair{n, n} }

type seqValue = *seqlock.Value[seqPair]

// Seqlock is a pair of words under a sequence lock.
var Seqlock = proptest.Subject[seqValue, uint64]{
	New:  func(int) seqValue { return seqlock.New(seqPairOf(0)) },
	Init: func() uint64 { return 0 },
	Operations: []proptest.Operation[seqValue, uint64]{
		{
			Name:     "Write",
			Argument: oneToThree,
			Call:     func(s seqValue, _, n int) any { s.Write(seqPairOf(uint64(n))); return nil },
			Step:     func(_ uint64, n int, _ any) (uint64, bool) { return uint64(n), true },
		},
		{
			Name:     "Update",
			Argument: oneToThree,
			Call: func(s seqValue, _, n int) any {
				return s.Update(func(p seqPair) seqPair { return seqPair{p[0] + uint64(n), p[1] + uint64(n)} })
			},
			Step: func(s uint64, n int, result any) (uint64, bool) {
				s += uint64(n)
				return s, result == seqPairOf(s)
			},
		},
		{
			Name: "Read",
			Call: func(s seqValue, _, _ int) any { return s.Read() },
			Step: func(s uint64, _ int, result any) (uint64, bool) { return s, result == seqPairOf(s) },
		},
		{
			Name: "TryRead",
			Call: func(s seqValue, _, _ int) any {
				if p, ok := s.TryRead(); ok {
					return p
				}
				return nil
			},
			Step: func(s uint64, _ int, result any) (uint64, bool) { return s, result == nil || result == seqPairOf(s) },
		},
	},
}
