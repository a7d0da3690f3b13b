package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	sequencers "github.com/weakmem/litmus/primitives/sequencer"
	"github.com/weakmem/litmus/primitives/sync"
)

var sequencer = Protocol{
	Name:     "sequencer",
	Title:    "the Disruptor: a ring of slots, claims, gating consumers",
	Subjects: sequencerSubjects(),
	Programs: []Program{
		{"publish", "what the producer did before it published is seen by each consumer", sequencerPublish},
		{"reuse", "one slot for three numbers: each is filled again only after the slower of two consumers is done with it", sequencerReuse},
		{"batches", "claims of several slots, around the end of the ring, one of them abandoned", sequencerBatches},
		{"claim", "two producers claim by compare-and-swap: each number is one producer's", sequencerClaim},
		{"claim-reuse", "two producers take turns in one slot", sequencerClaimReuse},
		{"try-claim", "a claim without waiting finds room that was made before, and none where there is none", sequencerTryClaim},
		{"after", "a consumer that comes after another sees what that one made of the slot", sequencerAfter},
		{"close", "the end comes behind what all producers published, and after what they did", sequencerClose},
		{"park", "consumer and producer park on one slot, and are woken", sequencerPark},
		{"park-after", "a consumer that comes after another parks until that one is done", sequencerParkAfter},
		{"park-many", "two producers publish, and wake a consumer that is parked", sequencerParkMany},
		{"locked", "one slot for two numbers, under one mutex", sequencerLocked},
		{"locked-after", "a consumer that comes after another, under one mutex", sequencerLockedAfter},
	},
	Mistakes: []Mistake{
		{Program{"publish-without-check", "the bell without its fences: who publishes misses who parks, who parks misses what is published", sequencerWithoutFence}, "deadlock"},
		{Program{"dropped-claim", "a claim is neither published nor abandoned, and the producer goes on", sequencerDropped}, "was neither published nor abandoned"},
		{Program{"finished-twice", "a claim is abandoned after it was published", sequencerTwice}, "which is finished"},
		{Program{"fill-after-publish", "a slot is filled after its claim was published", sequencerFillLate}, "data race"},
		{Program{"read-after-release", "a slot is read after the consumer gave it back", sequencerReadLate}, "data race"},
		{Program{"shared-producer", "two goroutines claim by one handle", sequencerSharedProducer}, "data race"},
		{Program{"unread", "a consumer that never reads stops the producers", sequencerUnread}, "an await that no one will satisfy"},
	},
	Equivalent: map[string]string{
		"multi.claim/next.Load=stale": "the load is a guess: an older number has room if a newer one has, and makes the compare-and-swap fail, from which the goroutine then knows the newer one",
	},
}

func sequencerPublish(x *explorer.T) {
	s := sequencers.New[int](2)
	a, b := s.Consumer(), s.Consumer()
	p := s.Producer()
	var data atomic.Cell[int]
	read := func(c *sequencers.Consumer[int]) {
		slot, ok := c.Next()
		require.True(x, ok)
		require.Equal(x, 1, slot.Load())
		require.Equal(x, 42, data.Load())
	}
	x.Go("producer", func() {
		data.Store(42)
		p.Send(1) // INV-SEQUENCER-2
	})
	x.Go("consumer", func() { read(a) })
	read(b)
}

func sequencerReuse(x *explorer.T) {
	s := sequencers.New[int](1)
	a, b := s.Consumer(), s.Consumer()
	p := s.Producer()
	x.Go("producer", func() {
		for i := range 3 {
			p.Send(i + 1) // INV-SEQUENCER-3
		}
		p.Close()
	})
	x.Go("consumer", func() { sequencerExpect(x, a, 1, 2, 3) })
	sequencerExpect(x, b, 1, 2, 3)
}

// sequencerExpect reads to the end and compares.
func sequencerExpect(x *explorer.T, c *sequencers.Consumer[int], want ...int) {
	for _, v := range want {
		slot, ok := c.Next()
		require.True(x, ok)
		require.Equal(x, v, slot.Load())
	}
	_, ok := c.Next()
	require.False(x, ok)
}

func sequencerBatches(x *explorer.T) {
	s := sequencers.New[int](4)
	c := s.Consumer()
	p := s.Producer()
	x.Go("producer", func() {
		next := 0
		for _, n := range []int{1, 2, 3} {
			claim := p.Claim(n)
			for i := range n {
				claim.Slot(i).Store(next) // INV-SEQUENCER-4
				next++
			}
			if n == 2 {
				claim.Abandon() // INV-SEQUENCER-6
			} else {
				claim.Publish()
			}
		}
	})
	for _, want := range []int{0, 3, 4, 5} {
		slot, ok := c.Next()
		require.True(x, ok)
		require.Equal(x, want, slot.Load())
	}
	_, ok := c.TryNext()
	require.False(x, ok)
	require.False(x, c.Drained())
}

func sequencerClaim(x *explorer.T) {
	s := sequencers.New[int](4, sequencers.MultiProducer())
	c := s.Consumer()
	p, q := s.Producer(), s.Producer()
	send := func(p *sequencers.Producer[int], v int) {
		claim := p.Claim(2) // INV-SEQUENCER-1
		claim.Slot(0).Store(v)
		claim.Slot(1).Store(v + 1)
		claim.Publish()
	}
	x.Go("a", func() { send(p, 1) })
	x.Go("b", func() { send(q, 3) })
	var got []int
	for range 4 {
		slot, _ := c.Next()
		got = append(got, slot.Load())
	}
	if got[0] != 1 {
		got = append(got[2:], got[:2]...)
	}
	require.Equal(x, []int{1, 2, 3, 4}, got)
}

func sequencerClaimReuse(x *explorer.T) {
	s := sequencers.New[int](1, sequencers.MultiProducer())
	c := s.Consumer()
	p, q := s.Producer(), s.Producer()
	x.Go("a", func() { p.Send(1) })
	x.Go("b", func() { q.Send(2) })
	sum := 0
	for range 2 {
		slot, ok := c.Next()
		require.True(x, ok)
		sum += slot.Load()
	}
	require.Equal(x, 3, sum)
}

func sequencerTryClaim(x *explorer.T) {
	s := sequencers.New[int](1, sequencers.MultiProducer())
	c := s.Consumer()
	p, q := s.Producer(), s.Producer()
	require.True(x, p.TrySend(1))
	require.False(x, q.TrySend(2), "the slot is in use")
	slot, ok := c.TryNext()
	require.True(x, ok)
	require.Equal(x, 1, slot.Load())
	_, ok = c.TryNext()
	require.False(x, ok)
	sent := [2]bool{}
	a := x.Go("a", func() { sent[0] = p.TrySend(3) })
	b := x.Go("b", func() { sent[1] = q.TrySend(4) })
	x.Join(a, b)
	require.True(x, sent[0] != sent[1], "there is room for one")
	slot, ok = c.TryNext()
	require.True(x, ok)
	require.Equal(x, sent[0], slot.Load() == 3)
}

func sequencerAfter(x *explorer.T) {
	s := sequencers.New[int](1)
	a := s.Consumer()
	b := s.Consumer(a)
	p := s.Producer()
	x.Go("producer", func() {
		p.Send(1)
		p.Send(2)
		p.Close()
	})
	x.Go("first", func() {
		for slot, ok := a.Next(); ok; slot, ok = a.Next() {
			slot.Store(10 * slot.Load()) // INV-SEQUENCER-5
		}
	})
	sequencerExpect(x, b, 10, 20)
}

func sequencerClose(x *explorer.T) {
	s := sequencers.New[int](2, sequencers.MultiProducer())
	c := s.Consumer()
	p, q := s.Producer(), s.Producer()
	var a, b atomic.Cell[int]
	x.Go("a", func() {
		p.Send(1)
		a.Store(1)
		p.Close() // INV-SEQUENCER-7
	})
	x.Go("b", func() {
		b.Store(2)
		q.Close() // INV-SEQUENCER-7
	})
	n := 0
	for v := range c.All() {
		require.Equal(x, 1, v)
		n++
	}
	require.Equal(x, 1, n)
	require.Equal(x, 3, a.Load()+b.Load())
	require.True(x, c.Drained())
}

func sequencerPark(x *explorer.T) {
	s := sequencers.New[int](1, sequencers.Blocking())
	c := s.Consumer()
	p := s.Producer()
	x.Go("producer", func() {
		p.Send(1) // INV-SEQUENCER-8
		p.Send(2)
	})
	for i := range 2 {
		slot, ok := c.Next()
		require.True(x, ok)
		require.Equal(x, i+1, slot.Load())
	}
}

func sequencerParkAfter(x *explorer.T) {
	s := sequencers.New[int](1, sequencers.Blocking())
	a := s.Consumer()
	b := s.Consumer(a)
	p := s.Producer()
	p.Send(1)
	x.Go("first", func() {
		slot, ok := a.Next()
		require.True(x, ok)
		require.Equal(x, 1, slot.Load())
		a.Release()
	})
	slot, ok := b.Next()
	require.True(x, ok)
	require.Equal(x, 1, slot.Load())
}

func sequencerParkMany(x *explorer.T) {
	s := sequencers.New[int](2, sequencers.MultiProducer(), sequencers.Blocking())
	c := s.Consumer()
	p, q := s.Producer(), s.Producer()
	x.Go("a", func() { p.Send(1) })
	x.Go("b", func() { q.Send(2) })
	sum := 0
	for range 2 {
		slot, ok := c.Next()
		require.True(x, ok)
		sum += slot.Load()
	}
	require.Equal(x, 3, sum)
}

func sequencerLocked(x *explorer.T) {
	s := sequencers.New[int](1, sequencers.Locked())
	c := s.Consumer()
	p := s.Producer()
	x.Go("producer", func() {
		p.Send(1)
		p.Send(2)
	})
	for i := range 2 {
		slot, ok := c.Next()
		require.True(x, ok)
		require.Equal(x, i+1, slot.Load())
	}
}

func sequencerLockedAfter(x *explorer.T) {
	s := sequencers.New[int](1, sequencers.Locked())
	a := s.Consumer()
	b := s.Consumer(a)
	p := s.Producer()
	x.Go("producer", func() { p.Send(1) })
	x.Go("first", func() {
		slot, ok := a.Next()
		require.True(x, ok)
		slot.Store(10 * slot.Load())
		a.Release()
	})
	slot, ok := b.Next()
	require.True(x, ok)
	require.Equal(x, 10, slot.Load())
}

// sequencerWithoutFence is store buffering: each side stores its own variable and then looks at the other's.
func sequencerWithoutFence(x *explorer.T) {
	var mu sync.Mutex
	changed := sync.NewCond(&mu)
	var count atomic.Uint64
	var parked atomic.Bool
	x.Go("publisher", func() {
		count.Store(1, atomic.Release)
		if parked.Load(atomic.Acquire) {
			mu.Lock()
			parked.Store(false, atomic.Relaxed)
			mu.Unlock()
			changed.Broadcast()
		}
	})
	mu.Lock()
	parked.Store(true, atomic.Release)
	for count.Load(atomic.Acquire) == 0 {
		changed.Wait()
	}
	mu.Unlock()
}

func sequencerDropped(*explorer.T) {
	s := sequencers.New[int](2)
	s.Consumer()
	p := s.Producer()
	p.Claim(1)
	p.Claim(1)
}

func sequencerTwice(*explorer.T) {
	s := sequencers.New[int](2)
	s.Consumer()
	claim := s.Producer().Claim(1)
	claim.Publish()
	claim.Abandon()
}

func sequencerFillLate(x *explorer.T) {
	s := sequencers.New[int](1)
	c := s.Consumer()
	p := s.Producer()
	x.Go("producer", func() {
		claim := p.Claim(1)
		slot := claim.Slot(0)
		claim.Publish()
		slot.Store(1)
	})
	slot, _ := c.Next()
	slot.Load()
}

func sequencerReadLate(x *explorer.T) {
	s := sequencers.New[int](1)
	c := s.Consumer()
	p := s.Producer()
	x.Go("producer", func() {
		p.Send(1)
		p.Send(2)
	})
	slot, _ := c.Next()
	c.Release()
	slot.Load()
}

func sequencerSharedProducer(x *explorer.T) {
	s := sequencers.New[int](2, sequencers.MultiProducer())
	s.Consumer()
	p := s.Producer()
	x.Go("a", func() { p.Send(1) })
	x.Go("b", func() { p.Send(2) })
}

func sequencerUnread(x *explorer.T) {
	s := sequencers.New[int](1)
	s.Consumer()
	p := s.Producer()
	p.Send(1)
	p.Send(2)
}
