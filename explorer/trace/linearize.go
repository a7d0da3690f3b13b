package trace

import (
	"fmt"
	"math"
	"slices"
)

// Linearize puts the steps of several threads in one order that respects every dependency, with as few preemptions
// as it can find, then as few switches of threads.
//
// threads lists each thread's steps, in program order; a step is any integer that occurs once. deps returns the steps
// that must come before a step, besides those before it in its thread: what it read from, the spawn of its thread, the
// last step of a thread that it joins. waits reports whether a step cannot be attempted before its deps are
// done: a join, the acquisition of a lock. It may be nil, if no step is of that sort.
//
// A preemption is a switch away from a thread that could have gone on: it has steps left, and the next of them
// does not wait for a dependency that is still to come. Where a thread waits, leaving it is free. The order is optimal for
// executions whose threads can be in fewer than about a hundred thousand combinations of places, which
// those of litmus-test size are; beyond, a thread runs for as long as it can.
//
// The error tells that the dependencies are cyclic or name a step of no thread.
func Linearize(threads [][]int, deps func(step int) []int, waits func(step int) bool) (order []int, preemptions int, err error) {
	p, err := precede(threads, deps, waits)
	if err != nil {
		return nil, 0, err
	}
	coarse, runs := p.runs()
	path, err := coarse.greedy()
	if err != nil {
		return nil, 0, err
	}
	if best := coarse.optimal(); best != nil {
		path = best
	}
	next := make([]int, len(threads))
	for _, t := range path {
		order = append(order, runs[t][next[t]]...)
		next[t]++
	}
	return order, coarse.preemptions(path), nil
}

// Preemptions counts the preemptions of an order of all steps, as [Linearize] defines them.
func Preemptions(threads [][]int, deps func(step int) []int, waits func(step int) bool, order []int) (int, error) {
	p, err := precede(threads, deps, waits)
	if err != nil {
		return 0, err
	}
	path, err := p.path(order)
	if err != nil {
		return 0, err
	}
	return p.preemptions(path), nil
}

// place is a step, by its thread and its index there.
type place struct{ thread, index int }

// precedence is a partial order of the steps of threads. A linear order of them is a path: the thread of each step.
type precedence struct {
	threads [][]int
	before  [][][]place // the steps of other threads that must come before each step
	waits   [][]bool
}

func precede(threads [][]int, deps func(int) []int, waits func(int) bool) (*precedence, error) {
	places := map[int]place{}
	for t, steps := range threads {
		for i, s := range steps {
			if _, twice := places[s]; twice {
				return nil, fmt.Errorf("trace: step %d occurs twice in the threads", s)
			}
			places[s] = place{t, i}
		}
	}
	p := &precedence{threads: threads}
	for t, steps := range threads {
		p.before = append(p.before, make([][]place, len(steps)))
		p.waits = append(p.waits, make([]bool, len(steps)))
		for i, s := range steps {
			for _, d := range deps(s) {
				at, ok := places[d]
				switch {
				case !ok:
					return nil, fmt.Errorf("trace: step %d depends on step %d, which no thread has", s, d)
				case at.thread != t:
					p.before[t][i] = append(p.before[t][i], at)
				case at.index >= i:
					return nil, fmt.Errorf("trace: step %d depends on step %d, which its thread takes no earlier", s, d)
				}
			}
			p.waits[t][i] = waits != nil && waits(s)
		}
	}
	return p, nil
}

// runs joins steps between which no switch can help: those that no other thread's step follows or precedes.
// It returns the order of the runs, and the steps of each.
func (p *precedence) runs() (*precedence, [][][]int) {
	awaited := map[place]bool{}
	for _, before := range p.before {
		for _, places := range before {
			for _, at := range places {
				awaited[at] = true
			}
		}
	}
	coarse := &precedence{}
	runs := make([][][]int, len(p.threads))
	run := make([][]int, len(p.threads)) // of each step
	for t, steps := range p.threads {
		coarse.before = append(coarse.before, nil)
		coarse.waits = append(coarse.waits, nil)
		for i, s := range steps {
			if i == 0 || awaited[place{t, i - 1}] || len(p.before[t][i]) > 0 || p.waits[t][i] {
				runs[t] = append(runs[t], nil)
				coarse.before[t] = append(coarse.before[t], p.before[t][i])
				coarse.waits[t] = append(coarse.waits[t], p.waits[t][i])
			}
			last := len(runs[t]) - 1
			runs[t][last] = append(runs[t][last], s)
			run[t] = append(run[t], last)
		}
		coarse.threads = append(coarse.threads, make([]int, len(runs[t])))
	}
	for t, before := range coarse.before {
		for i, places := range before {
			coarse.before[t][i] = nil
			for _, at := range places {
				coarse.before[t][i] = append(coarse.before[t][i], place{at.thread, run[at.thread][at.index]})
			}
		}
	}
	return coarse, runs
}

// finished reports whether thread t has no step left once done[u] steps of each thread u are done.
func (p *precedence) finished(t int, done []int) bool { return done[t] == len(p.threads[t]) }

// ready reports whether the dependencies of t's next step are done.
func (p *precedence) ready(t int, done []int) bool {
	if p.finished(t, done) {
		return false
	}
	for _, at := range p.before[t][done[t]] {
		if done[at.thread] <= at.index {
			return false
		}
	}
	return true
}

// preempted reports whether to leave thread t is a preemption.
func (p *precedence) preempted(t int, done []int) bool {
	return !p.finished(t, done) && (!p.waits[t][done[t]] || p.ready(t, done))
}

func (p *precedence) preemptions(path []int) int {
	n := 0
	done := make([]int, len(p.threads))
	for i, t := range path {
		if i > 0 && path[i-1] != t && p.preempted(path[i-1], done) {
			n++
		}
		done[t]++
	}
	return n
}

// path returns the threads of an order of the steps, and an error if it is not an order of all of them that respects the dependencies.
func (p *precedence) path(order []int) ([]int, error) {
	thread := map[int]int{}
	total := 0
	for t, steps := range p.threads {
		total += len(steps)
		for _, s := range steps {
			thread[s] = t
		}
	}
	if len(order) != total {
		return nil, fmt.Errorf("trace: an order of %d steps for threads of %d", len(order), total)
	}
	path := make([]int, len(order))
	done := make([]int, len(p.threads))
	for i, s := range order {
		t, ok := thread[s]
		if !ok {
			return nil, fmt.Errorf("trace: step %d of the order is in no thread", s)
		}
		if !p.ready(t, done) || p.threads[t][done[t]] != s {
			return nil, fmt.Errorf("trace: step %d comes too early in the order", s)
		}
		path[i] = t
		done[t]++
	}
	return path, nil
}

// greedy lets each thread run for as long as it can. It then prefers a thread that will stop where leaving it
// is free, and among equals the one that runs longest.
func (p *precedence) greedy() ([]int, error) {
	var path []int
	done := make([]int, len(p.threads))
	for {
		best, longest, free := -1, 0, false
		for t := range p.threads {
			begin := done[t]
			for p.ready(t, done) {
				done[t]++
			}
			n, stopsFree := done[t]-begin, !p.preempted(t, done)
			done[t] = begin
			if n > 0 && (best < 0 || stopsFree && !free || stopsFree == free && n > longest) {
				best, longest, free = t, n, stopsFree
			}
		}
		if best < 0 {
			break
		}
		done[best] += longest
		path = append(path, slices.Repeat([]int{best}, longest)...)
	}
	for t := range p.threads {
		if !p.finished(t, done) {
			return nil, fmt.Errorf("trace: the dependencies are cyclic: step %d of thread %d can never come", done[t], t)
		}
	}
	return path, nil
}

// optimal returns a path of the fewest preemptions, and among these of the fewest switches; nil if there
// are too many combinations of places to look at each.
func (p *precedence) optimal() []int {
	const limit = 1 << 18
	threads := len(p.threads)
	stride := make([]int, threads) // a combination's number is the sum of the threads' places times their strides
	combinations := 1
	for t, steps := range p.threads {
		stride[t] = combinations
		combinations *= len(steps) + 1
		if combinations*threads > limit {
			return nil
		}
	}
	const (
		preemption = 1 << 32
		change     = 1
		impossible = math.MaxInt64 / 2
	)
	// rest is the cost from a combination, reached by a step of a thread, to the end. Every step leads to a
	// combination of a larger number, so it is known when the combinations are gone through backwards.
	rest := make([]int64, combinations*threads)
	done := make([]int, threads)
	ready, leave := make([]bool, threads), make([]int64, threads)
	place := func(c int) {
		for t := range done {
			done[t] = c / stride[t] % (len(p.threads[t]) + 1)
		}
		for t := range done {
			ready[t] = p.ready(t, done)
			leave[t] = change
			if p.preempted(t, done) {
				leave[t] += preemption
			}
		}
	}
	cheapest := func(c, last int) (next int, cost int64) {
		next, cost = -1, impossible
		for t := range ready {
			if !ready[t] {
				continue
			}
			through := rest[(c+stride[t])*threads+t]
			if last >= 0 && t != last {
				through += leave[last]
			}
			if through < cost || through == cost && t == last {
				next, cost = t, through
			}
		}
		return next, cost
	}
	for c := combinations - 2; c > 0; c-- {
		place(c)
		for last := range threads {
			_, rest[c*threads+last] = cheapest(c, last)
		}
	}
	path := make([]int, 0)
	last := -1
	for c := 0; c < combinations-1; {
		place(c)
		last, _ = cheapest(c, last)
		path = append(path, last)
		c += stride[last]
	}
	return path
}
