package search

import (
	"fmt"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
)

// shadow is what a run knows of a piece of plain memory: its last write, and the
// reads since. A write and what it happens before are told apart by vector clocks (FastTrack, Flanagan and Freund, PLDI 2009,
// with one entry a thread for reads).
type shadow struct {
	p     unsafe.Pointer
	stamp uint32
	kind  *sim.Kind
	write point
	reads []point
	state memory
	freed point
}

// point is a place in a thread: after its first pos events.
type point struct {
	thread, pos int32
	where       int32 // index of a recorded position; -1 if they are not recorded
}

type memory uint8

const (
	ordinary  memory = iota
	allocated        // by Alloc, and not written yet
	written          // by Alloc, and written
	freed
)

// Plain implements sim.Thread.
func (t *thread) Plain(v sim.Var, a sim.Access) {
	w := t.w
	if w.over {
		panic(killed{})
	}
	if w.mode == peeking || w.mode == ahead && a != sim.Read {
		t.special(nil, 0, nil, sim.Word{}, sim.Word{})
	}
	if w.intercept != nil && a == sim.Free {
		t.early = t.intercepted(sim.FreeOperation, v.Addr, 0, 0).Do == sim.Early
		defer func() { t.early = false }()
	}
	s := w.shadowOf(v.Addr, v.Kind)
	now := point{t.id, t.pos, w.where(t, a, v)}
	if s.state == freed {
		kind, what := UseAfterFree, "use after free of "
		if a == sim.Free {
			kind, what = DoubleFree, "double free of "
		}
		if !t.sees(s.freed) {
			what = "race with free: " + what
		}
		t.faults(kind, what+v.Kind.Name, s.freed, now)
	}
	if a != sim.Alloc && s.write.thread >= 0 && !t.sees(s.write) {
		t.faults(Race, fmt.Sprintf("data race on %s: a %s and a write that neither happens before", v.Kind.Name, accessName(a)), s.write, now)
	}
	if a == sim.Read {
		if s.state == allocated {
			t.faults(Uninitialised, "read of uninitialised memory: "+v.Kind.Name, s.write, now)
		}
		for i := range s.reads {
			if s.reads[i].thread == t.id {
				s.reads[i] = now
				return
			}
		}
		s.reads = append(s.reads, now)
		return
	}
	for _, r := range s.reads {
		if !t.sees(r) {
			t.faults(Race, fmt.Sprintf("data race on %s: a %s and a read that neither happens before", v.Kind.Name, accessName(a)), r, now)
		}
	}
	s.reads = s.reads[:0]
	s.write = now
	switch a {
	case sim.Alloc:
		s.state = allocated
		w.handles++
	case sim.Free:
		s.state, s.freed = freed, now
		w.handles--
	default:
		if s.state == allocated {
			s.state = written
		}
	}
}

func accessName(a sim.Access) string {
	switch a {
	case sim.Read:
		return "read"
	case sim.Free:
		return "free"
	}
	return "write"
}

// sees reports whether what was done at a point happens before what the thread
// does next.
func (t *thread) sees(p point) bool {
	if p.thread == t.id {
		return true
	}
	g := t.w.g
	l := &g.lanes[t.id]
	last := l.spawn
	if t.pos > 0 {
		last = l.events[t.pos-1]
	}
	if t.early {
		last = g.beforeSynchronisation(t.id, last)
	}
	return last >= 0 && g.clock(last, hbVector)[p.thread] > uint32(p.pos)
}

func (t *thread) faults(kind FailureKind, message string, other, now point) {
	t.w.fail(&Failure{Kind: kind, Message: message, Thread: t.id, Points: [2]point{other, now}, HasPoints: true})
	t.dies()
}

// shadowOf finds what the run knows of an address.
func (w *worker) shadowOf(p unsafe.Pointer, k *sim.Kind) *shadow {
	for {
		mask := uint64(len(w.shadows) - 1)
		for i := (uint64(uintptr(p)) >> 2 * 0x9E3779B97F4A7C15) >> 32; ; i++ {
			s := &w.shadows[i&mask]
			if s.stamp != w.stamp {
				if 2*w.shadowed >= len(w.shadows) {
					break
				}
				w.shadowed++
				s.p, s.stamp, s.kind, s.state = p, w.stamp, k, ordinary
				s.write, s.reads = point{thread: -1}, s.reads[:0]
				return s
			}
			if s.p == p {
				return s
			}
		}
		w.growShadows()
	}
}

func (w *worker) growShadows() {
	old := w.shadows
	w.shadows = make([]shadow, 2*len(old))
	mask := uint64(len(w.shadows) - 1)
	for _, s := range old {
		if s.stamp != w.stamp {
			continue
		}
		i := (uint64(uintptr(s.p)) >> 2 * 0x9E3779B97F4A7C15) >> 32
		for w.shadows[i&mask].stamp == w.stamp {
			i++
		}
		w.shadows[i&mask] = s
	}
}
