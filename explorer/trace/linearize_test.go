package trace_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/trace"
)

// partialOrder is what Linearize is given.
type partialOrder struct {
	threads [][]int
	before  map[int][]int
	waiting map[int]bool
}

func (p partialOrder) deps(s int) []int { return p.before[s] }
func (p partialOrder) waits(s int) bool { return p.waiting[s] }
func (p partialOrder) linearize() ([]int, int, error) {
	return trace.Linearize(p.threads, p.deps, p.waits)
}

// drawPartialOrder draws threads that some order of all steps respects.
func drawPartialOrder(t *rapid.T, maxThreads, maxSteps int) partialOrder {
	p := partialOrder{before: map[int][]int{}, waiting: map[int]bool{}}
	p.threads = make([][]int, rapid.IntRange(1, maxThreads).Draw(t, "threads"))
	steps := rapid.IntRange(0, maxSteps).Draw(t, "steps")
	names := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
		for i := range steps {
			if !yield(7 * i) {
				return
			}
		}
	})).Draw(t, "names")
	for i, s := range names {
		of := rapid.IntRange(0, len(p.threads)-1).Draw(t, "thread")
		p.threads[of] = append(p.threads[of], s)
		if i > 0 {
			p.before[s] = rapid.SliceOfN(rapid.SampledFrom(names[:i]), 0, 2).Draw(t, "before")
		}
		p.waiting[s] = rapid.Bool().Draw(t, "waits")
	}
	return p
}

func (p partialOrder) respectedBy(order []int) bool {
	at := map[int]int{}
	for i, s := range order {
		at[s] = i
	}
	n := 0
	for _, steps := range p.threads {
		n += len(steps)
		for i, s := range steps {
			if _, ok := at[s]; !ok || i > 0 && at[steps[i-1]] > at[s] {
				return false
			}
			for _, d := range p.before[s] {
				if at[d] > at[s] {
					return false
				}
			}
		}
	}
	return n == len(order) && n == len(at)
}

// costs returns the preemptions and switches of an order, told from the definition.
func (p partialOrder) costs(order []int) (preemptions, switches int) {
	thread, next := map[int]int{}, map[int]int{}
	for t, steps := range p.threads {
		for i, s := range steps {
			thread[s] = t
			if i+1 < len(steps) {
				next[s] = steps[i+1]
			}
		}
	}
	for i := 1; i < len(order); i++ {
		if thread[order[i-1]] == thread[order[i]] {
			continue
		}
		switches++
		s, more := next[order[i-1]]
		blocked := p.waiting[s] && slices.ContainsFunc(p.before[s], func(d int) bool { return slices.Contains(order[i:], d) && thread[d] != thread[s] })
		if more && !blocked {
			preemptions++
		}
	}
	return preemptions, switches
}

// orders calls f with every order that respects p.
func (p partialOrder) orders(f func([]int)) {
	total := 0
	for _, steps := range p.threads {
		total += len(steps)
	}
	done := make([]int, len(p.threads))
	var order []int
	var extend func()
	extend = func() {
		if len(order) == total {
			f(order)
			return
		}
		for t, steps := range p.threads {
			if done[t] == len(steps) || slices.ContainsFunc(p.before[steps[done[t]]], func(d int) bool { return !slices.Contains(order, d) }) {
				continue
			}
			order = append(order, steps[done[t]])
			done[t]++
			extend()
			done[t]--
			order = order[:len(order)-1]
		}
	}
	extend()
}

func TestLinearizeIsOptimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPartialOrder(t, 4, 8)
		order, preemptions, err := p.linearize()
		require.NoError(t, err)
		require.True(t, p.respectedBy(order), "%v", order)
		gotPreemptions, gotSwitches := p.costs(order)
		require.Equal(t, gotPreemptions, preemptions)
		best, fewest := 1<<30, 1<<30
		p.orders(func(o []int) {
			n, switches := p.costs(o)
			if n < best || n == best && switches < fewest {
				best, fewest = n, switches
			}
		})
		require.Equal(t, best, preemptions)
		require.Equal(t, fewest, gotSwitches)
	})
}

func TestLinearizeLarge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPartialOrder(t, 12, 150)
		order, preemptions, err := p.linearize()
		require.NoError(t, err)
		require.True(t, p.respectedBy(order), "%v", order)
		want, _ := p.costs(order)
		require.Equal(t, want, preemptions)
		counted, err := trace.Preemptions(p.threads, p.deps, p.waits, order)
		require.NoError(t, err)
		require.Equal(t, want, counted)
	})
}

func TestLinearizePreemptsWhereThatHelps(t *testing.T) {
	// The first thread lets two others go on, each of which then needs what the fourth does, which needs their first steps.
	// To stop the first thread in its middle costs one preemption, to let it run two.
	p := partialOrder{
		threads: [][]int{{0, 1}, {10, 11, 12}, {20, 21, 22}, {30}},
		before:  map[int][]int{10: {0}, 20: {0}, 11: {1}, 21: {1}, 12: {30}, 22: {30}, 30: {10, 20}},
		waiting: map[int]bool{11: true, 21: true},
	}
	order, preemptions, err := p.linearize()
	require.NoError(t, err)
	assert.Equal(t, 1, preemptions)
	assert.Equal(t, []int{0, 10}, order[:2])
}

func TestLinearizeNothing(t *testing.T) {
	order, preemptions, err := trace.Linearize(nil, nil, nil)
	require.NoError(t, err)
	assert.Empty(t, order)
	assert.Zero(t, preemptions)
	order, _, err = trace.Linearize([][]int{{}, {4}}, func(int) []int { return nil }, nil)
	require.NoError(t, err)
	assert.Equal(t, []int{4}, order)
}

func TestLinearizeErrors(t *testing.T) {
	for _, c := range []struct {
		threads [][]int
		before  map[int][]int
		want    string
	}{
		{[][]int{{0, 1}, {2, 3}}, map[int][]int{0: {3}, 2: {1}}, "cyclic"},
		{[][]int{{0}}, map[int][]int{0: {0}}, "step 0 depends on step 0"},
		{[][]int{{0, 1}}, map[int][]int{0: {1}}, "step 0 depends on step 1"},
		{[][]int{{0}}, map[int][]int{0: {5}}, "step 0 depends on step 5, which no thread has"},
		{[][]int{{0}, {0}}, nil, "step 0 occurs twice"},
	} {
		_, _, err := partialOrder{threads: c.threads, before: c.before}.linearize()
		assert.ErrorContains(t, err, c.want)
	}
}

func TestPreemptionsErrors(t *testing.T) {
	p := partialOrder{threads: [][]int{{0, 1}, {2}}, before: map[int][]int{2: {1}}}
	for _, order := range [][]int{{0, 1}, {0, 2, 1}, {1, 0, 2}, {0, 1, 3}, {0, 1, 1}} {
		_, err := trace.Preemptions(p.threads, p.deps, p.waits, order)
		assert.ErrorContains(t, err, "order", "%v", order)
	}
}
