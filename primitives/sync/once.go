package sync

import (
	"sync"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// Once runs one function once. The zero value has run none.
type Once struct {
	native sync.Once
	self   identity
}

var onceKind = sim.Kind{Name: "sync.Once", Chain: true, Format: formatOnce}

const (
	onceNew = iota
	onceRunning
	onceDone
)

func formatOnce(w sim.Word) string { return [...]string{"new", "running", "done"}[w.Bits] }

func (o *Once) variable(th sim.Thread) sim.Var {
	o.self.check(th, "sync.Once")
	return variableAt(unsafe.Pointer(o), &onceKind)
}

// Do calls f if no call of Do has begun yet, and else waits for the end of the
// f that was called. An f that panics has ended: no other is called. An f that
// calls Do of the same Once waits for itself.
func (o *Once) Do(f func()) {
	th := sim.Current()
	if th == nil {
		o.native.Do(f)
		return
	}
	v := o.variable(th)
	if _, did := th.Update(v, enterOnce, sim.Word{}, sim.Word{}, silent, sim.Acquire); did == sim.Keep {
		return
	}
	defer th.Update(v, leaveOnce, sim.Word{}, sim.Word{}, sim.Release, silent)
	f()
}

func enterOnce(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
	switch old.Bits {
	case onceNew:
		return sim.Bits(onceRunning), sim.Write
	case onceRunning:
		return old, sim.Block
	}
	return old, sim.Keep
}

func leaveOnce(_, _, _ sim.Word) (sim.Word, sim.Verdict) { return sim.Bits(onceDone), sim.Write }
