package guard_test

import (
	"fmt"
	"time"

	"github.com/weakmem/litmus/primitives/guard"
)

type config struct {
	Host    string
	Timeout time.Duration
}

// A configuration is published once, and others wait for it.
func ExampleVariable() {
	ready := guard.NewVariable[config](1)
	go ready.Publish(config{"db.example.com", time.Second})
	fmt.Println(ready.Wait(1).Host)
	// Output: db.example.com
}

// Limits are read by every request, and changed now and then.
func ExampleCopy() {
	var limits guard.Copy[map[string]int]
	limits.Store(map[string]int{"guest": 10})

	limits.Update(func(old map[string]int) map[string]int {
		changed := map[string]int{"admin": 1000} // old is being read: it must not be changed
		for name, n := range old {
			changed[name] = n
		}
		return changed
	})
	fmt.Println(limits.Load())
	// Output: map[admin:1000 guest:10]
}

// A sensor measures faster than the display shows.
func ExampleNewElement() {
	type position struct{ x, y, z float64 }
	sensor, display := guard.NewElement(position{})
	sensor.Publish(position{1, 2, 3})
	sensor.Publish(position{4, 5, 6})
	fmt.Println(display.Load())
	fmt.Println(display.Load())
	// Output:
	// {4 5 6} true
	// {4 5 6} false
}

// A reader that wants the words of one version tries again.
func ExampleWords() {
	quote := guard.NewWords(2) // bid and ask
	quote.Store([]uint64{9990, 10010})

	buf := make([]uint64, 2)
	for {
		if version, whole := quote.Load(buf); whole {
			fmt.Println(version, buf)
			break
		}
	}
	// Output: 1 [9990 10010]
}
