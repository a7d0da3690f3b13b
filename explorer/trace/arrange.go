package trace

import (
	"cmp"
	"fmt"
	"slices"
)

// Arrange puts the steps in the order that is the easiest to follow. If an interleaving of the threads in which every read
// takes the latest write explains the execution, it is such a one; otherwise, the execution shows weak
// behaviour, and only what a read takes comes before the read. Either has as few preemptions as [Linearize] finds.
// Steps need not be in any order before, but each thread's have their Index. The error tells that a step's thread does
// not exist, or that not even a read and what it took can be put in order; nothing is changed then.
func (e *Execution) Arrange() error {
	for i, s := range e.Steps {
		if !e.thread(s.Thread) {
			return fmt.Errorf("trace: step %d is of thread %d, of %d threads", i, s.Thread, len(e.Threads))
		}
	}
	threads := e.ByThread()
	var err error
	for _, relations := range [][]Relation{
		{Spawned, Joined, ReadsFrom, Coherence, FromRead},
		{Spawned, Joined, ReadsFrom, Coherence},
		{Spawned, Joined, ReadsFrom},
	} {
		var order []int
		if order, _, err = Linearize(threads, e.after(relations...), e.waits); err == nil {
			e.reorder(order)
			return nil
		}
	}
	return err
}

// Weak reports whether the execution shows weak behaviour: no interleaving of its threads gives its reads their
// values. Locations whose coherence order is not known are left out of account.
func (e *Execution) Weak() bool {
	_, _, err := Linearize(e.ByThread(), e.after(Spawned, Joined, ReadsFrom, Coherence, FromRead), e.waits)
	return err != nil
}

// after returns what a step comes after in some relations.
func (e *Execution) after(relations ...Relation) func(int) []int {
	before := make([][]int, len(e.Steps))
	for _, edge := range e.Edges() {
		if edge.From >= 0 && slices.Contains(relations, edge.Relation) {
			before[edge.To] = append(before[edge.To], edge.From)
		}
	}
	return func(step int) []int { return before[step] }
}

func (e *Execution) waits(step int) bool {
	s := &e.Steps[step]
	return s.Waits || s.Kind == Join || s.Kind == AwaitZero || s.Kind == Blocked
}

func (e *Execution) sortByIndex(steps []int) {
	slices.SortStableFunc(steps, func(a, b int) int { return cmp.Compare(e.Steps[a].Index, e.Steps[b].Index) })
}

func (e *Execution) reorder(order []int) {
	now := make(map[int]int, len(order))
	for i, old := range order {
		now[old] = i
	}
	renumber := func(i *int) {
		if n, ok := now[*i]; ok {
			*i = n
		}
	}
	steps := make([]Step, len(order))
	for i, old := range order {
		steps[i] = e.Steps[old]
		renumber(&steps[i].From)
		renumber(&steps[i].CoAfter)
	}
	e.Steps = steps
	if e.Failure != nil {
		for i := range e.Failure.Steps {
			renumber(&e.Failure.Steps[i])
		}
	}
}

// departure is a switch away from a thread.
type departure struct {
	thread int
	next   int // the step that the thread did not take yet, or None
	free   bool
}

// departures returns, for each step that begins a turn of its thread, what the thread before it was about to do.
func (e *Execution) departures() map[int]departure {
	threads := e.ByThread()
	after := e.after(Spawned, Joined, ReadsFrom)
	next := make([]int, len(threads))
	found := map[int]departure{}
	for i, s := range e.Steps {
		if !e.thread(s.Thread) {
			continue
		}
		if i > 0 && e.Steps[i-1].Thread != s.Thread && e.thread(e.Steps[i-1].Thread) {
			d := departure{thread: e.Steps[i-1].Thread, next: None, free: true}
			if left := threads[d.thread][next[d.thread]:]; len(left) > 0 {
				d.next = left[0]
				d.free = e.waits(d.next) && (e.Steps[d.next].Kind == Blocked ||
					slices.ContainsFunc(after(d.next), func(dep int) bool { return dep >= i }))
			}
			found[i] = d
		}
		next[s.Thread]++
	}
	return found
}

// Preemptions counts the switches away from threads that could have gone on.
func (e *Execution) Preemptions() int {
	n := 0
	for _, d := range e.departures() {
		if !d.free {
			n++
		}
	}
	return n
}

func (e *Execution) thread(t int) bool { return t >= 0 && t < len(e.Threads) }
