//lint:file-ignore SA2001 empty sections are what these tests are about

package sync_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

func ExampleChan() {
	c := sync.MakeChan[int](1)
	go func() {
		for i := range 3 {
			c.Send(i * i)
		}
		c.Close()
	}()
	for v := range c.All() {
		fmt.Println(v)
	}
	// Output:
	// 0
	// 1
	// 4
}

func ExampleSelect() {
	work, stop := sync.MakeChan[string](1), sync.MakeChan[struct{}](0)
	work.Send("job")
	var job string
	var ok bool
	switch sync.Select(work.RecvCase(&job, &ok), stop.RecvCase(nil, nil), sync.Default) {
	case 0:
		fmt.Println("received", job, ok)
	case 1:
		fmt.Println("stopped")
	default:
		fmt.Println("nothing to do")
	}
	// Output: received job true
}

// A lock that two goroutines take in different order: in some execution each
// holds what the other waits for.
func ExampleMutex() {
	report, err := explorer.Run(context.Background(), func(x *explorer.T) {
		var a, b sync.Mutex
		x.Go("first", func() {
			a.Lock()
			b.Lock()
			b.Unlock()
			a.Unlock()
		})
		x.Go("second", func() {
			b.Lock()
			a.Lock()
			a.Unlock()
			b.Unlock()
		})
	})
	fmt.Println(err, report.Verified, strings.Contains(report.Failure.Failure.Message, "sync.Mutex"))
	// Output: <nil> false true
}

// The counter of a WaitGroup costs the explorer nothing: however the tasks end,
// it is one execution.
func ExampleWaitGroup() {
	report, err := explorer.Run(context.Background(), func(x *explorer.T) {
		var results [3]atomic.Cell[int]
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() { results[i].Store(i) })
		}
		wg.Wait()
		for i := range results {
			if results[i].Load() != i {
				x.Fatal("a task was not waited for")
			}
		}
	})
	fmt.Println(err, report.Verified, report.Executions)
	// Output: <nil> true 1
}
