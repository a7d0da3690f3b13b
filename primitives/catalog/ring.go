package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/proptest"
	rings "github.com/weakmem/litmus/primitives/ring"
	"github.com/weakmem/litmus/primitives/sequential"
)

var ring = Protocol{
	Name:  "ring",
	Title: "the single-producer, single-consumer ring with cached cursors",
	Subjects: []Subject{
		subject("producer", sequential.Ring(sequential.RingProducer), proptest.Threads(2, 2)),
		subject("consumer", sequential.Ring(sequential.RingConsumer), proptest.Threads(2, 2)),
	},
	Programs: []Program{
		{"publish", "What the producer did before a push is seen by the consumer that pops.", ringPublish},
		{"reuse", "One slot for three items: each is filled again only after the consumer is done with it.", ringReuse},
		{"wrap-around", "Five items through two slots, with the cursors that each side remembers.", ringWrapAround},
		{"give-back", "What the consumer did before it popped is seen by the producer that pushes into the same slot.", ringGiveBack},
		{"try", "Without waiting: what is pushed is popped, in order, each item once, and what happened before is seen.", ringTry},
		{"close", "The consumer drains the ring, is then told of the end, and sees what came before it.", ringClose},
		{"close-try", "A consumer that does not wait is told of the end only when it has all items.", ringCloseTry},
		{"batches", "Both sides reserve and commit several slots at once, in place.", ringBatches},
	},
	Mistakes: []Mistake{
		{Program{"two-producers", "Two goroutines push by one handle.", ringTwoProducers}, "data race"},
		{Program{"two-consumers", "Two goroutines pop by one handle.", ringTwoConsumers}, "data race"},
		{Program{"fill-after-commit", "A slot is filled after the commit has published it.", ringFillAfterCommit}, "data race"},
		{Program{"read-after-commit", "A slot is read after the commit has given it back.", ringReadAfterCommit}, "data race"},
		{Program{"forgotten-close", "The producer returns without a Close, and the consumer waits for ever.", ringForgottenClose}, "an await that no one will satisfy"},
	},
}

func ringPublish(x *explorer.T) {
	p, c := rings.New[int](2)
	var data atomic.Cell[int]
	x.Go("producer", func() {
		data.Store(42)
		p.Push(1) // INV-RING-2
	})
	v, ok := c.Pop()
	require.True(x, ok)
	require.Equal(x, 1, v)
	require.Equal(x, 42, data.Load())
}

func ringReuse(x *explorer.T) {
	p, c := rings.New[int](1)
	x.Go("producer", func() {
		for i := range 3 {
			p.Push(i + 1) // INV-RING-3
		}
	})
	for i := range 3 {
		v, ok := c.Pop()
		require.True(x, ok)
		require.Equal(x, i+1, v)
	}
	_, ok := c.TryPop()
	require.False(x, ok)
}

func ringWrapAround(x *explorer.T) {
	p, c := rings.New[int](2)
	x.Go("producer", func() {
		for i := range 5 {
			p.Push(i + 1) // INV-RING-1 INV-RING-4
		}
	})
	for i := range 5 {
		v, ok := c.Pop()
		require.True(x, ok)
		require.Equal(x, i+1, v)
	}
}

func ringGiveBack(x *explorer.T) {
	p, c := rings.New[int](1)
	var data atomic.Cell[int]
	x.Go("consumer", func() {
		data.Store(42)
		c.Pop() // INV-RING-3
	})
	p.Push(1)
	p.Push(2)
	require.Equal(x, 42, data.Load())
}

func ringTry(x *explorer.T) {
	p, c := rings.New[int](1)
	pushed, popped := 0, 0
	require.True(x, p.TryPush(1), "there is room")
	producer := x.Go("producer", func() {
		for i := range 2 {
			if !p.TryPush(i + 2) {
				break
			}
			pushed++
		}
	})
	v, ok := c.TryPop()
	require.True(x, ok, "a push happens before")
	require.Equal(x, 1, v)
	take := func() {
		if v, ok := c.TryPop(); ok {
			popped++
			require.Equal(x, popped+1, v)
		}
	}
	take()
	take()
	x.Join(producer)
	for popped < pushed {
		before := popped
		take()
		require.Greater(x, popped, before, "a push happens before, and nothing is popped")
	}
	_, ok = c.TryPop()
	require.False(x, ok)
	require.True(x, p.TryPush(9))
	require.False(x, p.TryPush(10), "the ring is full")
}

func ringClose(x *explorer.T) {
	p, c := rings.New[int](2)
	var last atomic.Cell[int]
	x.Go("producer", func() {
		p.Push(1)
		p.Push(2)
		last.Store(42)
		p.Close() // INV-RING-5
	})
	var got []int
	for v := range c.All() {
		got = append(got, v)
	}
	require.Equal(x, []int{1, 2}, got)
	require.Equal(x, 42, last.Load())
	require.True(x, c.Drained())
}

func ringCloseTry(x *explorer.T) {
	p, c := rings.New[int](1)
	x.Go("producer", func() {
		p.Push(1)
		p.Close() // INV-RING-5
	})
	n := 0
	for range 3 {
		if _, ok := c.TryPop(); ok {
			n++
		}
		if c.Drained() {
			require.Equal(x, 1, n, "told of the end before the last item")
		}
	}
}

func ringBatches(x *explorer.T) {
	p, c := rings.New[int](2)
	x.Go("producer", func() {
		for i := 0; i < 4; {
			slots := p.Reserve(min(2, 4-i))
			require.NotEmpty(x, slots)
			for s := range slots {
				require.Zero(x, slots[s].Load(), "a free slot") // INV-RING-6
				i++
				slots[s].Store(i)
			}
			p.Commit(len(slots))
		}
		p.Close()
	})
	n := 0
	for slots := c.Reserve(2); len(slots) > 0; slots = c.Reserve(2) {
		for s := range slots {
			n++
			require.Equal(x, n, slots[s].Load())
		}
		c.Commit(len(slots))
	}
	require.Equal(x, 4, n)
}

func ringTwoProducers(x *explorer.T) {
	p, _ := rings.New[int](2)
	x.Go("a", func() { p.Push(1) })
	x.Go("b", func() { p.Push(2) })
}

func ringTwoConsumers(x *explorer.T) {
	p, c := rings.New[int](2)
	p.Push(1)
	p.Push(2)
	x.Go("a", func() { c.Pop() })
	x.Go("b", func() { c.Pop() })
}

func ringFillAfterCommit(x *explorer.T) {
	p, c := rings.New[int](1)
	x.Go("producer", func() {
		slots := p.Reserve(1)
		p.Commit(1)
		slots[0].Store(1)
	})
	c.Pop()
}

func ringReadAfterCommit(x *explorer.T) {
	p, c := rings.New[int](1)
	x.Go("producer", func() {
		p.Push(1)
		p.Push(2)
	})
	slots := c.Reserve(1)
	c.Commit(1)
	slots[0].Load()
}

func ringForgottenClose(x *explorer.T) {
	p, c := rings.New[int](1)
	x.Go("producer", func() { p.Push(1) })
	for range c.All() {
	}
}
