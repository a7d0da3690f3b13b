package hazard_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/hazard"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/proptest"
)

// A register is a variable that refers to the block that holds its value.
type register struct {
	domain       *hazard.Domain[int]
	block        mem.Atomic[int]
	participants []*hazard.Participant[int]
}

// Whatever is freed in use, or not freed, fails as well.
var subject = proptest.Subject[*register, int]{
	New: func(threads int) *register {
		r := &register{domain: hazard.New[int](1)}
		r.block.Store(mem.New(0), atomic.Relaxed)
		for range threads {
			r.participants = append(r.participants, r.domain.Join())
		}
		return r
	},
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*register, int]{
		{
			Name: "Read",
			Call: func(r *register, thread, _ int) any { return r.participants[thread].Protect(0, &r.block).Load() },
			Step: func(s, _ int, result any) (int, bool) { return s, result == s },
		},
		{
			Name:     "Replace",
			Argument: rapid.IntRange(1, 3),
			Call: func(r *register, thread, v int) any {
				p := r.participants[thread]
				p.Clear(0)
				old := r.block.Swap(mem.New(v), atomic.AcqRel)
				was := old.Load()
				p.Retire(old)
				return was
			},
			Step: func(s, v int, result any) (int, bool) { return v, result == s },
		},
		{
			Name: "Scan",
			Call: func(r *register, thread, _ int) any { r.participants[thread].Scan(); return nil },
			Step: func(s, _ int, _ any) (int, bool) { return s, true },
		},
	},
	Finish: func(r *register) {
		for _, p := range r.participants {
			p.Leave()
		}
		r.domain.Drain()
		r.block.Load(atomic.Relaxed).Free()
	},
}

func TestLinearizable(t *testing.T) {
	proptest.Check(t, subject, proptest.Threads(2, 2), proptest.Clients(50))
}

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject) }

// Without the fence of Protect a block is freed in use. INV-HAZARD-2
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "protect", Body: func(*explorer.T) {
		var a mem.Atomic[int]
		hazard.New[int](1).Join().Protect(0, &a)
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Participant.Protect/Fence=none")
	require.True(t, ok)
	found := proptest.Falsify(t, subject, proptest.Threads(2, 2), proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
