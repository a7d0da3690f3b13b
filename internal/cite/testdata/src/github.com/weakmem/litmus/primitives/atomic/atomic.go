package atomic

import "github.com/weakmem/litmus/explorer/sim"

type Ordering = sim.Ordering

const (
	Relaxed = sim.Relaxed
	Acquire = sim.Acquire
	Release = sim.Release
	SeqCst  = sim.SeqCst
)

type Bool struct{ _ bool }

func (*Bool) Load(...Ordering) bool                            { return false }
func (*Bool) Store(bool, ...Ordering)                          {}
func (*Bool) CompareAndSwap(old, new bool, _ ...Ordering) bool { return false }

func Fence(Ordering) {}
