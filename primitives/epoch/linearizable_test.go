package epoch_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/epoch"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/proptest"
)

// A register is a variable that refers to the block that holds its value.
type register struct {
	domain       epoch.Domain
	block        mem.Atomic[int]
	participants []*epoch.Participant
}

// Whatever is freed in use, or not freed, fails as well.
var subject = proptest.Subject[*register, int]{
	New: func(threads int) *register {
		r := &register{}
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
			Call: func(r *register, thread, _ int) any {
				p := r.participants[thread]
				p.Pin()
				defer p.Unpin()
				return r.block.Load(atomic.Acquire).Load()
			},
			Step: func(s, _ int, result any) (int, bool) { return s, result == s },
		},
		{
			Name:     "Replace",
			Argument: rapid.IntRange(1, 3),
			Call: func(r *register, thread, v int) any {
				old := r.block.Swap(mem.New(v), atomic.AcqRel)
				was := old.Load()
				r.participants[thread].Retire(old)
				return was
			},
			Step: func(s, v int, result any) (int, bool) { return v, result == s },
		},
		{
			Name: "Collect",
			Call: func(r *register, thread, _ int) any { r.participants[thread].Collect(); return nil },
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
	proptest.Check(t, subject, proptest.Threads(2, 2), proptest.Clients(25))
}

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject) }

// Where Unpin does not release, a block is freed in a race with its use. INV-EPOCH-4
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "section", Body: func(*explorer.T) {
		var d epoch.Domain
		p := d.Join()
		p.Pin()
		p.Unpin()
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Participant.Unpin/r.state.Store=relaxed")
	require.True(t, ok)
	found := proptest.Falsify(t, subject, proptest.Threads(2, 2), proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
