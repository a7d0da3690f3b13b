package msqueue_test

import (
	"fmt"
	"sync"

	"github.com/weakmem/litmus/primitives/msqueue"
)

func ExampleQueue() {
	q := msqueue.New[string]()
	q.Enqueue("first")
	q.Enqueue("second")
	for {
		v, ok := q.Dequeue()
		if !ok {
			break
		}
		fmt.Println(v)
	}
	// Output:
	// first
	// second
}

// Jobs that make further jobs: no bound, so no producer ever waits for room.
func ExampleQueue_Enqueue() {
	type job struct{ from, to int }
	jobs := msqueue.New[job]()
	jobs.Enqueue(job{1, 1000})
	sums := make(chan int, 1000)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for {
				j, ok := jobs.Dequeue()
				switch {
				case !ok:
					return // what is left is with another worker, who stays until it is done
				case j.to-j.from < 10:
					for n := j.from; n <= j.to; n++ {
						sums <- n
					}
				default:
					middle := (j.from + j.to) / 2
					jobs.Enqueue(job{j.from, middle})
					jobs.Enqueue(job{middle + 1, j.to})
				}
			}
		})
	}
	workers.Wait()
	close(sums)
	sum := 0
	for n := range sums {
		sum += n
	}
	fmt.Println(sum)
	// Output: 500500
}
