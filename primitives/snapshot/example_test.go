package snapshot_test

import (
	"fmt"
	"maps"
	"sync"

	"github.com/weakmem/litmus/primitives/snapshot"
)

// A configuration is read by all and replaced as a whole.
func Example() {
	type config struct{ host, path string }
	current := snapshot.New(&config{"old.example", "/old"})

	var requests sync.WaitGroup
	for range 3 {
		requests.Go(func() {
			c := current.Load() // once: the host and the path are those of one version
			_ = c.host + c.path
		})
	}
	current.Store(&config{"new.example", "/new"})
	requests.Wait()
	fmt.Println(current.Load().host)
	// Output: new.example
}

// Of updates of one map made at once, none is lost.
func ExampleValue_Update() {
	counts := snapshot.New(&map[string]int{})
	var wg sync.WaitGroup
	for _, word := range []string{"red", "blue", "red"} {
		wg.Go(func() {
			counts.Update(func(current *map[string]int) *map[string]int {
				next := maps.Clone(*current)
				next[word]++
				return &next
			})
		})
	}
	wg.Wait()
	fmt.Println(*counts.Load())
	// Output: map[blue:1 red:2]
}
