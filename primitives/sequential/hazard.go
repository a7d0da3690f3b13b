package sequential

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/hazard"
	"github.com/weakmem/litmus/primitives/mem"
	"github.com/weakmem/litmus/primitives/proptest"
)

// hazardRegister is a variable that refers to the block that holds its value.
type hazardRegister struct {
	domain       *hazard.Domain[int]
	block        mem.Atomic[int]
	participants []*hazard.Participant[int]
}

// Hazard is a register that is replaced under hazard pointers. Explored, it fails as well if what is in use is freed, or what is not is not.
var Hazard = proptest.Subject[*hazardRegister, int]{
	New: func(threads int) *hazardRegister {
		r := &hazardRegister{domain: hazard.New[int](1)}
		r.block.Store(mem.New(0), atomic.Relaxed)
		for range threads {
			r.participants = append(r.participants, r.domain.Join())
		}
		return r
	},
	Init: func() int { return 0 },
	Operations: []proptest.Operation[*hazardRegister, int]{
		{
			Name: "Read",
			Call: func(r *hazardRegister, thread, _ int) any { return r.participants[thread].Protect(0, &r.block).Load() },
			Step: func(s, _ int, result any) (int, bool) { return s, result == s },
		},
		{
			Name:     "Replace",
			Argument: oneToThree,
			Call: func(r *hazardRegister, thread, v int) any {
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
			Call: func(r *hazardRegister, thread, _ int) any { r.participants[thread].Scan(); return nil },
			Step: func(s, _ int, _ any) (int, bool) { return s, true },
		},
	},
	Finish: func(r *hazardRegister) {
		for _, p := range r.participants {
			p.Leave()
		}
		r.domain.Drain()
		r.block.Load(atomic.Relaxed).Free()
	},
}
