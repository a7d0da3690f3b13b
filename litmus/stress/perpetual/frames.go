package perpetual

import "cmp"

// pivot is a thread whose iterations are taken one after the other, and how the other threads' iterations follow from each.
type pivot struct {
	thread  int
	decided []int // loads that read what they do once its iteration is known, as indices in Test.loads
	steps   []step
}

// step picks an iteration of a thread, when those of the threads of earlier steps are known.
type step struct {
	thread     int
	boundaries []boundary // none: the thread has the pivot's iteration
	decided    []int      // likewise, with those of the threads before
	turn       int        // of the boundaries
	// After fullSteps a step has one side of the boundary, in turns; before, both.
	single bool
	side   int
}

// boundary is where a load begins to read a store, of the frame's stores, or a later one.
type boundary struct {
	load    int // the index in Counter.loads
	store   int64
	forward bool  // the load's iteration is known, the store's thread's is sought
	finger  int64 // the load's iteration that was found last
}

// fullSteps bounds the frames of a pivot's iteration to 8.
const fullSteps = 3

// links count the communications between pairs of threads, by thread and thread.
func links(threads int, loads []load) [][]int {
	n := make([][]int, threads)
	for i := range n {
		n[i] = make([]int, threads)
	}
	for i := range loads {
		if l := &loads[i]; l.communicates() {
			n[l.thread][l.writer]++
			n[l.writer][l.thread]++
		}
	}
	return n
}

// pivots are threads such that each cycle of communications goes through one of them: those first that have most of them on cycles, and
// of these those that load more, for from a load the store's iteration is found at once. There is at least one.
func pivots(threads int, loads []load) []pivot {
	n := links(threads, loads)
	loaded := make([]int, threads)
	for i := range loads {
		if loads[i].communicates() {
			loaded[loads[i].thread]++
		}
	}
	degree := func(t int, in []bool) (d int) {
		for u, m := range n[t] {
			if in[u] {
				d += m
			}
		}
		return d
	}
	best := func(in []bool) int {
		b := -1
		for t := range in {
			if in[t] && (b < 0 || cmp.Or(degree(t, in)-degree(b, in), loaded[t]-loaded[b]) > 0) {
				b = t
			}
		}
		return b
	}
	in := make([]bool, threads)
	for t := range in {
		in[t] = true
	}
	var list []pivot
	for {
		first := best(in)
		for pruned := true; pruned; { // what is on no cycle
			pruned = false
			for t := range in {
				if in[t] && degree(t, in) < 2 {
					in[t], pruned = false, true
				}
			}
		}
		t := best(in)
		if t < 0 && len(list) > 0 {
			return list
		}
		if t < 0 {
			t = first
		}
		list = append(list, newPivot(t, n, loads))
		in[t] = false
	}
}

// newPivot puts the threads in an order in which each, if it can, communicates with some thread before it. n are the links.
func newPivot(first int, n [][]int, loads []load) pivot {
	known := make([]bool, len(n))
	decided := make([]bool, len(loads))
	decide := func(thread int) (list []int) {
		known[thread] = true
		for i := range loads {
			if l := &loads[i]; !decided[i] && known[l.thread] && known[l.writer] {
				decided[i] = true
				list = append(list, i)
			}
		}
		return list
	}
	p := pivot{thread: first, decided: decide(first)}
	for len(p.steps) < len(n)-1 {
		best, most := -1, -1
		for t := range n {
			if known[t] {
				continue
			}
			d := 0
			for u, m := range n[t] {
				if known[u] {
					d += m
				}
			}
			if d > most {
				best, most = t, d
			}
		}
		s := step{thread: best, single: len(p.steps) >= fullSteps}
		for i := range loads {
			l := &loads[i]
			forward := l.writer == best && known[l.thread]
			if l.communicates() && (forward || l.thread == best && known[l.writer]) {
				for k := range l.stores {
					s.boundaries = append(s.boundaries, boundary{load: i, store: int64(k), forward: forward})
				}
			}
		}
		s.decided = decide(best)
		p.steps = append(p.steps, s)
	}
	return p
}

// next takes the next turns, as an odometer does.
func (p *pivot) next() {
	for i := range p.steps {
		s := &p.steps[i]
		if s.single {
			if s.side ^= 1; s.side == 1 {
				return
			}
		}
		if s.turn++; s.turn < len(s.boundaries) {
			return
		}
		s.turn = 0
	}
}
