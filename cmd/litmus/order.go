package main

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"time"
)

// ahead bounds how many results may wait for an earlier one to finish, and so
// the memory that they take.
const ahead = 1024

// grace is how long work that was cut short may take to say what it has.
const grace = time.Second

// inOrder computes n results on several goroutines and hands them to emit, on
// the caller's goroutine, in the order of their numbers. Each goroutine gets
// its own work from worker; work reports false for a result that the end of
// ctx kept it from finishing. When ctx ends, inOrder hands over what is
// finished and returns at once, whatever is still under way; but if cut is given, it waits
// a moment for that, and hands what is not finished to cut. It returns how many results emit was given.
func inOrder[T any](ctx context.Context, n, workers int, worker func() func(i int) (T, bool), emit, cut func(i int, v T)) int {
	type result struct {
		i    int
		v    T
		done bool
	}
	var (
		room    = make(chan struct{}, ahead)
		tasks   = make(chan int)
		results = make(chan result, ahead) // never blocks: there are never more results than room
		// The tasks that a worker has, or is about to get.
		underWay atomic.Int64
	)
	for range min(workers, n) {
		go func() {
			work := worker()
			for i := range tasks {
				v, done := work(i)
				results <- result{i, v, done}
				underWay.Add(-1)
			}
		}()
	}
	go func() {
		defer close(tasks)
		for i := range n {
			select {
			case room <- struct{}{}:
			case <-ctx.Done():
				return
			}
			underWay.Add(1)
			select {
			case tasks <- i:
			case <-ctx.Done():
				underWay.Add(-1)
				return
			}
		}
	}()
	emitted := 0
	waiting := map[int]result{}
	hand := func(r result) {
		if r.done {
			emit(r.i, r.v)
			emitted++
		} else if cut != nil {
			cut(r.i, r.v)
		}
	}
	for next := 0; next < n; {
		select {
		case r := <-results:
			waiting[r.i] = r
			for {
				r, ok := waiting[next]
				if !ok {
					break
				}
				delete(waiting, next)
				hand(r)
				next++
				<-room
			}
		case <-ctx.Done():
			late := time.After(grace)
		last:
			for len(results) > 0 || cut != nil && underWay.Load() > 0 {
				select {
				case r := <-results:
					waiting[r.i] = r
				case <-late:
					break last
				}
			}
			for _, i := range slices.Sorted(maps.Keys(waiting)) {
				hand(waiting[i])
			}
			return emitted
		}
	}
	return emitted
}
