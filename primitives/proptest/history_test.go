package proptest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// fifo is the specification of a queue whose Take of nothing returns 0.
var fifo = Subject[any, []int]{
	New:  func(int) any { return nil },
	Init: func() []int { return nil },
	Operations: []Operation[any, []int]{
		{
			Name: "Put", Argument: rapid.IntRange(1, 2),
			Call: func(any, int, int) any { return nil },
			Step: func(s []int, n int, _ any) ([]int, bool) { return append(slices.Clip(s), n), true },
		},
		{
			Name: "Take",
			Call: func(any, int, int) any { return nil },
			Step: func(s []int, _ int, result any) ([]int, bool) {
				if len(s) == 0 {
					return s, result == 0
				}
				return s[1:], result == s[0]
			},
		},
	},
}

const put, take = 0, 1

// explained tries every order of the calls.
func explained[I, S any](s *Subject[I, S], p plan, h *history, state S, done uint64) bool {
	if done == 1<<p.calls-1 {
		return true
	}
	for n := range p.calls {
		if done>>n&1 == 1 || h.before[n]&^done != 0 {
			continue
		}
		a := p.call(n)
		if next, ok := s.Operations[a.operation].Step(state, a.argument, h.results[n]); ok && explained(s, p, h, next, done|1<<n) {
			return true
		}
	}
	return false
}

// Histories of any partial order that agrees with program order are judged as by trying all orders of their calls.
func TestJudge(t *testing.T) {
	verdicts := map[bool]int{}
	rapid.Check(t, func(t *rapid.T) {
		c := clients(fifo.operations(), config{minThreads: 1, maxThreads: 3, perThread: 3, total: 6}).Draw(t, "client")
		j := newJudge(&fifo, c)
		for range 4 {
			h := newHistory(j.calls)
			for n := range j.calls {
				if j.call(n).operation == take {
					h.results[n] = rapid.IntRange(0, 2).Draw(t, "result")
				}
			}
			drawOrder(t, &j.plan, h)
			why := j.check(h).details
			want := explained(&fifo, j.plan, h, nil, 0)
			require.Equal(t, want, why == "", "%s\n%v\n%b\n%s", c, h.results, h.before, why)
			require.Equal(t, why, j.check(h).details, "the second time")
			verdicts[want]++
		}
	})
	assert.Greater(t, verdicts[true], 0)
	assert.Greater(t, verdicts[false], 0)
}

// drawOrder draws a partial order of the calls that program order is a part of.
func drawOrder(t *rapid.T, p *plan, h *history) {
	rank := rapid.Permutation(slices.Collect(func(yield func(int) bool) {
		for n := range p.calls {
			if !yield(n) {
				return
			}
		}
	})).Draw(t, "rank") // an order that the partial one must not contradict
	known := make([][]bool, p.calls)
	for m := range known {
		known[m] = make([]bool, p.calls)
		for n := range known[m] {
			if p.thread[m] == p.thread[n] {
				known[m][n] = m < n
			} else {
				known[m][n] = rank[m] < rank[n] && rapid.SampledFrom([]bool{false, false, true}).Draw(t, "known")
			}
		}
	}
	for k := range known {
		for m := range known {
			for n := range known {
				known[m][n] = known[m][n] || known[m][k] && known[k][n]
			}
		}
	}
	for n := range known {
		if known[n][n] {
			t.Skip("the order of the program contradicts that which was drawn")
		}
	}
	for n := range known {
		for m := range known {
			if known[m][n] {
				h.before[n] |= 1 << m
			}
		}
	}
}

// Two threads put and take, and know nothing of each other. Whichever of the two takes came last on a line of time, it
// would have come after the other's put.
func TestOrderIsNotOfIntervals(t *testing.T) {
	c := client{fifo.operations(), [][]call{
		{{operation: put, argument: 1}, {operation: take}},
		{{operation: put, argument: 2}, {operation: take}},
	}}
	check := func(first, second int, known ...[2]int) string {
		j := newJudge(&fifo, c)
		h := newHistory(4)
		h.results[1], h.results[3] = first, second
		j.order(h, func(a, b int) bool { return slices.Contains(known, [2]int{a, b}) })
		return j.check(h).message
	}
	const put1, take1, put2, take2 = 0, 1, 2, 3
	require.Empty(t, check(1, 2))
	require.Empty(t, check(1, 2, [2]int{take1, put2}), "all of one thread first")
	require.Empty(t, check(1, 2, [2]int{take2, put1}), "or of the other")
	require.Empty(t, check(2, 1))
	require.NotEmpty(t, check(2, 1, [2]int{take1, put2}))
	require.NotEmpty(t, check(2, 1, [2]int{take2, put1}))
	require.NotEmpty(t, check(1, 1))
	require.NotEmpty(t, check(0, 2))
}

func TestJudgeExplains(t *testing.T) {
	c := client{fifo.operations(), [][]call{
		{{operation: put, argument: 1}, {operation: put, argument: 2}},
		{{operation: take}, {operation: take}},
	}}
	j := newJudge(&fifo, c)
	h := newHistory(4)
	h.results[2], h.results[3] = 1, 1
	j.order(h, func(a, b int) bool { return a == 1 && b == 2 })
	require.Equal(t, `No order of the calls explains what they returned. The specification goes along with
    thread 0: Put(1)
    thread 0: Put(2)
    thread 1: Take() = 1
It is then in state [2], where it allows none of those that can come next:
    thread 1: Take() = 1`, j.check(h).details)
	h.results[2] = 2
	require.Contains(t, j.check(h).details, "It is then in state [1 2], where")
	empty := newJudge(&fifo, client{fifo.operations(), [][]call{{{operation: take}}}})
	require.Contains(t, empty.check(&history{[]any{7}, []bool{true}, []uint64{0}}).details, "The specification is at first in state [], where it allows none of those that can come next:\n    thread 0: Take() = 7")
}

// A specification that panics does so on porcupine's goroutine, where nobody else would recover it.
func TestJudgeOfBrokenSpecifications(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(*Subject[any, []int])
		says string
	}{
		"step": {func(s *Subject[any, []int]) {
			s.Operations[take].Step = func(_ []int, _ int, result any) ([]int, bool) { return nil, result.(string) == "" }
		}, "Step panics at thread 0: Take() = 1: interface conversion"},
		"init": {func(s *Subject[any, []int]) { s.Init = func() []int { panic("no state") } }, "Init panics: no state"},
	} {
		t.Run(name, func(t *testing.T) {
			s := fifo
			s.Operations = slices.Clone(s.Operations)
			c.edit(&s)
			j := newJudge(&s, client{s.operations(), [][]call{{{operation: take}}}})
			v := j.check(&history{[]any{1}, []bool{true}, []uint64{0}})
			require.Equal(t, "broken specification", v.message)
			require.Contains(t, v.details, c.says)
		})
	}
}

func TestResultsAreNumbered(t *testing.T) {
	j := newJudge(&fifo, client{})
	type pair struct {
		a any
		b int
	}
	results := []any{nil, 0, 1, "", "1", false, pair{1, 2}, pair{[]int{1}, 2}, pair{[]int{2}, 2}, []int{}, []int{1}, map[string]int{"a": 1}, fmt.Errorf("one")}
	numbers := map[int]bool{}
	for _, r := range results {
		numbers[j.number(r)] = true
	}
	require.Len(t, numbers, len(results))
	for _, r := range []any{1, "1", pair{1, 2}, pair{[]int{1}, 2}, []int{1}, map[string]int{"a": 1}} {
		require.True(t, numbers[j.number(r)], "%v", r)
	}
}
