package ring_test

import (
	"fmt"

	"github.com/weakmem/litmus/primitives/ring"
)

func Example() {
	producer, consumer := ring.New[string](4)
	go func() {
		defer producer.Close()
		for _, word := range []string{"one", "after", "the", "other"} {
			producer.Push(word)
		}
	}()
	for word := range consumer.All() {
		fmt.Println(word)
	}
	// Output:
	// one
	// after
	// the
	// other
}

func ExampleProducer_TryPush() {
	producer, _ := ring.New[int](2)
	fmt.Println(producer.TryPush(1), producer.TryPush(2), producer.TryPush(3))
	// Output: true true false
}

// Slots are filled and read where they are, and a batch costs one atomic store on each side.
func ExampleProducer_Reserve() {
	producer, consumer := ring.New[int](8)
	go func() {
		defer producer.Close()
		for next := 0; next < 20; {
			slots := producer.Reserve(20 - next)
			for i := range slots {
				slots[i].Store(next)
				next++
			}
			producer.Commit(len(slots))
		}
	}()
	sum := 0
	for slots := consumer.Reserve(8); len(slots) > 0; slots = consumer.Reserve(8) {
		for i := range slots {
			sum += slots[i].Load()
		}
		consumer.Commit(len(slots))
	}
	fmt.Println(sum)
	// Output: 190
}
