package proptest_test

import (
	"slices"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/sync"
	"pgregory.net/rapid"
)

// counting is the specification of a counter.
func counting[I any](make func() I, add func(I, int), get func(I) int) proptest.Subject[I, int] {
	return proptest.Subject[I, int]{
		New:  func(int) I { return make() },
		Init: func() int { return 0 },
		Operations: []proptest.Operation[I, int]{
			{
				Name:     "Add",
				Argument: rapid.IntRange(1, 3),
				Call:     func(i I, _, n int) any { add(i, n); return nil },
				Step:     func(s, n int, _ any) (int, bool) { return s + n, true },
			},
			{
				Name: "Get",
				Call: func(i I, _, _ int) any { return get(i) },
				Step: func(s, _ int, result any) (int, bool) { return s, result == s },
			},
		},
	}
}

func counter() proptest.Subject[*atomic.Int64, int] {
	return counting(
		func() *atomic.Int64 { return new(atomic.Int64) },
		func(c *atomic.Int64, n int) { c.Add(int64(n), atomic.Relaxed) },
		func(c *atomic.Int64) int { return int(c.Load(atomic.Relaxed)) },
	)
}

// losing loads and stores where it should add.
func losing() proptest.Subject[*atomic.Int64, int] {
	s := counter()
	s.Operations[0].Call = func(c *atomic.Int64, _, n int) any { c.Store(c.Load() + int64(n)); return nil }
	return s
}

// caching counts what each thread adds in a plain variable of its own that only that thread reads: nobody ever learns of the others.
type caching struct{ own []int }

func cached() proptest.Subject[*caching, int] {
	s := counting[*caching](nil, nil, nil)
	s.New = func(threads int) *caching { return &caching{make([]int, threads)} }
	s.Operations[0].Call = func(c *caching, thread, n int) any { c.own[thread] += n; return nil }
	s.Operations[1].Call = func(c *caching, thread, _ int) any { return c.own[thread] }
	return s
}

// pair is two registers, whose specification is their values.
type pair struct{ value [2]atomic.Int64 }

func registers(write, read atomic.Ordering) proptest.Subject[*pair, [2]int] {
	s := proptest.Subject[*pair, [2]int]{
		New:  func(int) *pair { return new(pair) },
		Init: func() [2]int { return [2]int{} },
	}
	for k, name := range []string{"X", "Y"} {
		s.Operations = append(s.Operations,
			proptest.Operation[*pair, [2]int]{
				Name:     "Set" + name,
				Argument: rapid.IntRange(1, 2),
				Call:     func(p *pair, _, n int) any { p.value[k].Store(int64(n), write); return nil },
				Step:     func(s [2]int, n int, _ any) ([2]int, bool) { s[k] = n; return s, true },
			},
			proptest.Operation[*pair, [2]int]{
				Name: "Get" + name,
				Call: func(p *pair, _, _ int) any { return int(p.value[k].Load(read)) },
				Step: func(s [2]int, _ int, result any) ([2]int, bool) { return s, result == s[k] },
			})
	}
	return s
}

// queue is a slice under a lock. take is the index that Take takes from, of so many.
type queue struct {
	mu    sync.Mutex
	items []int
	take  func(n int) int
}

func queues(take func(n int) int) proptest.Subject[*queue, []int] {
	return proptest.Subject[*queue, []int]{
		New:  func(int) *queue { return &queue{take: take} },
		Init: func() []int { return nil },
		Operations: []proptest.Operation[*queue, []int]{
			{
				Name:     "Put",
				Role:     "producer",
				Argument: rapid.IntRange(1, 9),
				Call: func(q *queue, _, n int) any {
					q.mu.Lock()
					defer q.mu.Unlock()
					q.items = append(q.items, n)
					return nil
				},
				Step: func(s []int, n int, _ any) ([]int, bool) { return append(slices.Clip(s), n), true },
			},
			{
				Name: "TryTake",
				Call: func(q *queue, _, _ int) any {
					q.mu.Lock()
					defer q.mu.Unlock()
					if len(q.items) == 0 {
						return -1
					}
					i := q.take(len(q.items))
					v := q.items[i]
					q.items = slices.Delete(q.items, i, i+1)
					return v
				},
				Step: func(s []int, _ int, result any) ([]int, bool) {
					if len(s) == 0 {
						return s, result == -1
					}
					return s[1:], result == s[0]
				},
			},
		},
	}
}

func first(int) int  { return 0 }
func last(n int) int { return n - 1 }
