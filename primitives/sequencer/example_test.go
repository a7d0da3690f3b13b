package sequencer_test

import (
	"fmt"
	"sync"

	"github.com/weakmem/litmus/primitives/sequencer"
)

// Every consumer gets everything.
func Example() {
	s := sequencer.New[int](4)
	sum, product := s.Consumer(), s.Consumer()
	producer := s.Producer()
	go func() {
		defer producer.Close()
		for i := range 5 {
			producer.Send(i + 1)
		}
	}()
	var tasks sync.WaitGroup
	total, factorial := 0, 1
	tasks.Go(func() {
		for v := range sum.All() {
			total += v
		}
	})
	tasks.Go(func() {
		for v := range product.All() {
			factorial *= v
		}
	})
	tasks.Wait()
	fmt.Println(total, factorial)
	// Output: 15 120
}

// A consumer that comes after another reads what that one left in the slot.
func ExampleSequencer_Consumer() {
	s := sequencer.New[string](4, sequencer.Blocking())
	greet := s.Consumer()
	show := s.Consumer(greet)
	producer := s.Producer()
	go func() {
		defer producer.Close()
		producer.Send("reader")
		producer.Send("writer")
	}()
	go func() {
		for slot, ok := greet.Next(); ok; slot, ok = greet.Next() {
			slot.Store("hello, " + slot.Load())
		}
	}()
	for text := range show.All() {
		fmt.Println(text)
	}
	// Output:
	// hello, reader
	// hello, writer
}

// A claim is filled in place, and published at once or not at all.
func ExampleProducer_Claim() {
	s := sequencer.New[int](8, sequencer.MultiProducer())
	consumer := s.Consumer()
	producer := s.Producer()
	send := func(values ...int) {
		claim := producer.Claim(len(values))
		for i, v := range values {
			if v < 0 {
				claim.Abandon()
				return
			}
			claim.Slot(i).Store(v)
		}
		claim.Publish()
	}
	send(1, 2, 3)
	send(4, -1)
	send(5)
	producer.Close()
	for v := range consumer.All() {
		fmt.Println(v)
	}
	// Output:
	// 1
	// 2
	// 3
	// 5
}
