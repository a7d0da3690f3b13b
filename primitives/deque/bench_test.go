package deque_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/weakmem/litmus/primitives/deque"
)

// bag is what a worker keeps its tasks in.
type bag struct {
	push       func(*int)
	pop, steal func() (*int, bool)
}

func chaseLev() bag {
	w := deque.New[int](1024)
	return bag{w.Push, w.Pop, w.Stealer().Steal}
}

func lockedSlice() bag {
	var (
		mu    sync.Mutex
		items = make([]*int, 0, 1024)
		first int
	)
	return bag{
		push: func(item *int) {
			mu.Lock()
			defer mu.Unlock()
			if first == len(items) {
				items, first = items[:0], 0
			}
			items = append(items, item)
		},
		pop: func() (*int, bool) {
			mu.Lock()
			defer mu.Unlock()
			if first == len(items) {
				return nil, false
			}
			item := items[len(items)-1]
			items = items[:len(items)-1]
			return item, true
		},
		steal: func() (*int, bool) {
			mu.Lock()
			defer mu.Unlock()
			if first == len(items) {
				return nil, false
			}
			first++
			return items[first-1], true
		},
	}
}

func channel() bag {
	c := make(chan *int, 1024)
	receive := func() (*int, bool) {
		select {
		case item := <-c:
			return item, true
		default:
			return nil, false
		}
	}
	return bag{func(item *int) { c <- item }, receive, receive}
}

var bags = []struct {
	name string
	make func() bag
}{{"deque", chaseLev}, {"mutex", lockedSlice}, {"channel", channel}}

// BenchmarkOwner is a Push and a Pop by the owner, with nobody about.
func BenchmarkOwner(b *testing.B) {
	for _, kind := range bags {
		b.Run(kind.name, func(b *testing.B) {
			q, item := kind.make(), new(int)
			for b.Loop() {
				q.push(item)
				q.pop()
			}
		})
	}
}

// BenchmarkWatched is the same while a thief looks in again and again: it finds the deque empty, or takes the item.
func BenchmarkWatched(b *testing.B) {
	for _, kind := range bags {
		b.Run(kind.name, func(b *testing.B) {
			q, item := kind.make(), new(int)
			stop := watch(q)
			for b.Loop() {
				q.push(item)
				q.pop()
			}
			stop()
		})
	}
}

// BenchmarkFork is a task that forks eight, a thief helping: the unit is one of the eight.
func BenchmarkFork(b *testing.B) {
	for _, kind := range bags {
		b.Run(kind.name, func(b *testing.B) {
			q, item := kind.make(), new(int)
			stop := watch(q)
			for n := 0; n < b.N; n += 8 {
				for range 8 {
					q.push(item)
				}
				for {
					if _, ok := q.pop(); !ok {
						break
					}
				}
			}
			stop()
		})
	}
}

// watch starts a thief, and returns what ends it.
func watch(q bag) (stop func()) {
	var (
		done  atomic.Bool
		thief sync.WaitGroup
	)
	thief.Go(func() {
		for !done.Load() {
			if _, ok := q.steal(); !ok {
				runtime.Gosched()
			}
		}
	})
	return func() { done.Store(true); thief.Wait() }
}
