package deque_test

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/weakmem/litmus/primitives/deque"
)

func Example() {
	owner := deque.New[string](8)
	for _, task := range []string{"oldest", "middle", "newest"} {
		owner.Push(&task)
	}

	var thief sync.WaitGroup
	stealer := owner.Stealer()
	thief.Go(func() {
		if task, ok := stealer.Steal(); ok {
			fmt.Println("stolen:", *task)
		}
	})
	thief.Wait()

	for {
		task, ok := owner.Pop()
		if !ok {
			break
		}
		fmt.Println("popped:", *task)
	}
	// Output:
	// stolen: oldest
	// popped: newest
	// popped: middle
}

// Workers that split tasks, and steal from one another when they have none.
func ExampleStealer_TrySteal() {
	type task struct{ from, to int }
	const workers = 4
	var (
		owners  [workers]*deque.Worker[task]
		pending atomic.Int64 // tasks that are not done
		sum     atomic.Int64
	)
	for i := range owners {
		owners[i] = deque.New[task](16)
	}
	pending.Add(1)
	owners[0].Push(&task{1, 1000})

	var all sync.WaitGroup
	for me, own := range owners {
		all.Go(func() {
			for victim := me; pending.Load() > 0; {
				t, ok := own.Pop()
				if !ok {
					victim = (victim + 1) % workers // whether there was nothing, or another was faster
					stolen, outcome := owners[victim].Stealer().TrySteal()
					if outcome != deque.Stolen {
						continue
					}
					t = stolen
				}
				if t.to-t.from > 10 {
					middle := (t.from + t.to) / 2
					pending.Add(2)
					own.Push(&task{t.from, middle})
					own.Push(&task{middle + 1, t.to})
				} else {
					for n := t.from; n <= t.to; n++ {
						sum.Add(int64(n))
					}
				}
				pending.Add(-1)
			}
		})
	}
	all.Wait()
	fmt.Println(sum.Load())
	// Output: 500500
}
