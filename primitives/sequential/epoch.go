package sequential

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/epoch"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/proptest"
)

// epochRegister is a variable that refers to the block that holds its value.
type epochRegister struct {
	domain       epoch.Domain
	block        mem.Atomic[int]
	participants []*epoch.Participant
}

// Epoch is a register that is replaced under epoch-based reclamation. Explored, it fails as well if what is in use is freed, or what is not is
// not.
var Epoch = proptest.Subject[*epochRegister, int]{
	New: func(threads int) *epochRegister {
		r := &epochRegister{}
		r.block.Store(mem.New(0), atomic.Relaxed)
		for range threads {
			r.participants = append(r.participants, r.domain.Join())
		}
		return r
	},
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*epochRegister, int]{
		{
			Name: "Read",
			Call: func(r *epochRegister, thread, _ int) any {
				p := r.participants[thread]
				p.Pin()
				defer p.Unpin()
				return r.block.Load(atomic.Acquire).Load()
			},
			Step: func(s, _ int, result any) (int, bool) { return s, result == s },
		},
		{
			Name:     "Replace",
			Argument: oneToThree,
			Call: func(r *epochRegister, thread, v int) any {
				old := r.block.Swap(mem.New(v), atomic.AcqRel)
				was := old.Load()
				r.participants[thread].Retire(old)
				return was
			},
			Step: func(s, v int, result any) (int, bool) { return v, result == s },
		},
		{
			Name: "Collect",
			Call: func(r *epochRegister, thread, _ int) any { r.participants[thread].Collect(); return nil },
			Step: func(s, _ int, _ any) (int, bool) { return s, true },
		},
	},
	Finish: func(r *epochRegister) {
		for _, p := range r.participants {
			p.Leave()
		}
		r.domain.Drain()
		r.block.Load(atomic.Relaxed).Free()
	},
}
