package sequential

import (
	"slices"

	"github.com/weakmem/litmus/primitives/broadcast"
	"github.com/weakmem/litmus/primitives/proptest"
)

// signals is an event, and who waits for it.
type signals struct {
	event   broadcast.Event
	waiters []*broadcast.Waiter
}

// counts is how many signals there were, of how many each thread was told, and whether it is over.
type counts struct {
	made   uint64
	told   [mostThreads]uint64
	closed bool
}

// waited is what a thread's TryWait returns.
type waited struct {
	thread int
	events uint64
	done   bool
}

// Event is a notification of which each thread is a waiter, at first from its beginning.
var Event = proptest.Subject[*signals, counts]{
	New: func(threads int) *signals {
		i := new(signals)
		for range threads {
			i.waiters = append(i.waiters, i.event.Subscribe())
		}
		return i
	},
	Init: func() counts { return counts{} },
	Operations: []proptest.Operation[*signals, counts]{
		{
			Name: "Signal",
			Call: func(i *signals, _, _ int) any { return i.event.Signal() },
			Step: func(s counts, _ int, result any) (counts, bool) {
				if !s.closed {
					s.made++
				}
				return s, result == !s.closed
			},
		},
		{
			Name: "Close",
			Call: func(i *signals, _, _ int) any { i.event.Close(); return nil },
			Step: func(s counts, _ int, _ any) (counts, bool) { s.closed = true; return s, true },
		},
		{
			Name: "TryWait",
			Call: func(i *signals, thread, _ int) any {
				n, done := i.waiters[thread].TryWait()
				return waited{thread, n, done}
			},
			Step: func(s counts, _ int, result any) (counts, bool) {
				r := result.(waited)
				news := s.made - s.told[r.thread]
				s.told[r.thread] = s.made
				return s, r.events == news && r.done == (news > 0 || s.closed)
			},
		},
		{
			Name: "Subscribe",
			Call: func(i *signals, thread, _ int) any { i.waiters[thread] = i.event.Subscribe(); return thread },
			Step: func(s counts, _ int, result any) (counts, bool) { s.told[result.(int)] = s.made; return s, true },
		},
	},
}

// feed is a topic, and who receives from it.
type feed struct {
	topic         broadcast.Topic[int]
	subscriptions []*broadcast.Subscription[int]
}

// list is what was published, how much of it each thread has received, and whether that is all.
type list struct {
	values   []int
	received [mostThreads]int
	closed   bool
}

// received is what a thread's TryNext returns.
type received struct {
	thread, value int
	ok, done      bool
}

// Topic is a series of values to which each thread subscribes, at first from its beginning.
var Topic = proptest.Subject[*feed, list]{
	New: func(threads int) *feed {
		i := new(feed)
		for range threads {
			i.subscriptions = append(i.subscriptions, i.topic.Subscribe())
		}
		return i
	},
	Init: func() list { return list{} },
	Operations: []proptest.Operation[*feed, list]{
		{
			Name:     "Publish",
			Argument: oneToThree,
			Call:     func(i *feed, _, v int) any { return i.topic.Publish(v) },
			Step: func(s list, v int, result any) (list, bool) {
				if !s.closed {
					s.values = append(slices.Clip(s.values), v)
				}
				return s, result == !s.closed
			},
		},
		{
			Name: "Close",
			Call: func(i *feed, _, _ int) any { i.topic.Close(); return nil },
			Step: func(s list, _ int, _ any) (list, bool) { s.closed = true; return s, true },
		},
		{
			Name: "TryNext",
			Call: func(i *feed, thread, _ int) any {
				v, ok, done := i.subscriptions[thread].TryNext()
				return received{thread, v, ok, done}
			},
			Step: func(s list, _ int, result any) (list, bool) {
				r := result.(received)
				want := received{thread: r.thread, done: s.closed}
				if n := s.received[r.thread]; n < len(s.values) {
					want = received{r.thread, s.values[n], true, true}
					s.received[r.thread]++
				}
				return s, r == want
			},
		},
		{
			Name: "Subscribe",
			Call: func(i *feed, thread, _ int) any { i.subscriptions[thread] = i.topic.Subscribe(); return thread },
			Step: func(s list, _ int, result any) (list, bool) { s.received[result.(int)] = len(s.values); return s, true },
		},
	},
}
