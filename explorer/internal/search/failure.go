package search

import (
	"fmt"
	"strings"
)

// FailureKind is what sort of thing went wrong.
type FailureKind uint8

const (
	Assertion FailureKind = iota
	Panic
	Race
	Deadlock
	Await  // a condition that no one will make true
	Leak   // a thread that never ends, though the main one has
	Misuse // of a lock, an ordering, a counter
	UseAfterFree
	DoubleFree
	Uninitialised
	MemoryLeak
	Nondeterminism
	Bound // a thread made more steps than allowed
)

// Failure is what is wrong with an execution.
type Failure struct {
	Kind      FailureKind
	Message   string
	Thread    int32 // whose; -1: of none in particular
	Stack     string
	Points    [2]point // the accesses of a race and the like, the earlier first
	HasPoints bool
	Script    Script // replays it
}

func (w *worker) fail(f *Failure) {
	if w.failure == nil {
		w.failure = f
	}
	w.over = true
}

// deadlock says which threads wait for what, when none can go on.
func (w *worker) deadlock() *Failure {
	var waits []string
	kind, main, locked := Await, false, false
	var first int32 = -1
	for i := range w.g.lanes {
		l := &w.g.lanes[i]
		if !l.alive || i >= len(w.threads) || w.threads[i] == nil || w.ended(int32(i)) {
			continue
		}
		if first < 0 {
			first = int32(i)
		}
		t := w.threads[i]
		what := "does not go on"
		switch {
		case t.state == joining:
			what = "waits for the end of " + w.name(t.wants.thread)
		case t.state == counting:
			kind, what = Deadlock, fmt.Sprintf("waits for a %s that stands at %d", w.g.locs[t.wants.loc].kind.Name, w.sum(t.wants.loc))
		case t.state == delayed && t.wants.cond != nil:
			what = "awaits a change of " + w.g.locs[t.wants.loc].kind.Name
		case t.state == delayed:
			kind, what = Deadlock, w.heldBy(t.wants.loc, w.g.locs[t.wants.loc].last)
		case len(l.events) > 0:
			last := l.events[len(l.events)-1]
			e := &w.g.ev[last]
			switch {
			case e.kind == block:
				what = "awaits a change of " + w.awaited(l, e)
			case w.g.waiting(last):
				kind, what = Deadlock, w.heldBy(e.loc, e.rf)
			}
		}
		for len(w.waits) <= i {
			w.waits = append(w.waits, "")
		}
		w.waits[i] = what
		waits = append(waits, w.name(int32(i))+" "+what)
		main = main || i == 0
	}
	for _, what := range waits {
		locked = locked || strings.Contains(what, "Mutex")
	}
	if !main && !locked && kind == Deadlock {
		kind = Leak // the program goes on without it
	}
	title := map[FailureKind]string{Await: "an await that no one will satisfy: ", Deadlock: "deadlock: ", Leak: "leaked goroutine: "}[kind]
	return &Failure{Kind: kind, Message: title + strings.Join(waits, "; "), Thread: first}
}

func (w *worker) heldBy(loc, write int32) string {
	what := "waits for a " + w.g.locs[loc].kind.Name
	if write >= 0 {
		what += " that " + w.name(w.g.ev[write].thread) + " changed last"
	}
	return what
}

func (w *worker) awaited(l *lane, b *event) string {
	var names []string
	for k := range b.alternatives {
		if r := &w.g.ev[l.events[b.index-1-k]]; r.kind == load {
			names = append(names, w.g.locs[r.loc].kind.Name)
		}
	}
	return strings.Join(names, ", ")
}

func (w *worker) name(thread int32) string {
	if thread >= 0 && int(thread) < len(w.names) && w.names[thread] != "" {
		return w.names[thread]
	}
	return fmt.Sprintf("goroutine %d", thread)
}
