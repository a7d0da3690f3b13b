package main

import (
	"context"
	"maps"
	"slices"
)

// ahead bounds how many results may wait for an earlier one to finish, and so
// the memory that they take.
const ahead = 1024

// inOrder computes n results on several goroutines and hands them to emit, on
// the caller's goroutine, in the order of their numbers. Each goroutine gets
// its own work from worker; work reports false for a result that the end of
// ctx kept it from finishing. When ctx ends, inOrder hands over what is
// finished and returns at once, whatever is still under way. It returns how
// many results emit was given.
func inOrder[T any](ctx context.Context, n, workers int, worker func() func(i int) (T, bool), emit func(i int, v T)) int {
	type result struct {
		i    int
		v    T
		done bool
	}
	var (
		room    = make(chan struct{}, ahead)
		tasks   = make(chan int)
		results = make(chan result, ahead) // never blocks: there are never more results than room
	)
	for range min(workers, n) {
		go func() {
			work := worker()
			for i := range tasks {
				v, done := work(i)
				results <- result{i, v, done}
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
			select {
			case tasks <- i:
			case <-ctx.Done():
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
			for len(results) > 0 {
				r := <-results
				waiting[r.i] = r
			}
			for _, i := range slices.Sorted(maps.Keys(waiting)) {
				hand(waiting[i])
			}
			return emitted
		}
	}
	return emitted
}
