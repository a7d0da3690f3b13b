package shardmap_test

import (
	"fmt"
	"slices"
	"sync"

	"github.com/weakmem/litmus/primitives/shardmap"
)

func ExampleMap() {
	visits := shardmap.New[string, int]()
	count := func(page string) {
		for {
			n, loaded := visits.LoadOrStore(page, 1)
			if !loaded || visits.CompareAndSwap(page, n, n+1) {
				return
			}
		}
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			count("/")
			count("/about")
			count("/")
		})
	}
	all.Wait()

	fmt.Println(visits.Load("/"))
	fmt.Println(visits.Load("/about"))
	fmt.Println(visits.Load("/contact"))
	// Output:
	// 20 true
	// 10 true
	// 0 false
}

func ExampleMap_Range() {
	m := shardmap.New[string, int]()
	for i, word := range []string{"zero", "one", "two", "three"} {
		m.Store(word, i)
	}
	var odd []string
	for word, n := range m.Range {
		if n%2 == 1 {
			odd = append(odd, word)
		} else {
			m.Delete(word) // the map may be changed
		}
	}
	slices.Sort(odd)
	fmt.Println(odd, m.Len())
	// Output: [one three] 2
}

// A hash of one's own: the same in each process.
func ExampleNewWithHash() {
	type point struct{ x, y uint32 }
	m := shardmap.NewWithHash[point, string](64, func(p point) uint64 { return uint64(p.x)*31 + uint64(p.y) })
	m.Store(point{1, 2}, "here")
	fmt.Println(m.Load(point{1, 2}))
	// Output: here true
}
