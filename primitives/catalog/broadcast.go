package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	notice "github.com/weakmem/litmus/primitives/broadcast"
	"github.com/weakmem/litmus/primitives/sequential"
)

var broadcast = Protocol{
	Name:  "broadcast",
	Title: "event notification to many waiters, closing included",
	Subjects: []Subject{
		subject("event", sequential.Event),
		subject("topic", sequential.Topic),
	},
	Programs: []Program{
		{
			Name: "event-wakes-all",
			Doc:  "two waiters are told of a signal and of the close, and see what was done before each",
			Body: func(x *explorer.T) {
				var e notice.Event
				var data, final atomic.Cell[int]
				for range 2 {
					w := e.Subscribe()
					x.Go("waiter", func() {
						require.EqualValues(x, 1, w.Wait()) // INV-BROADCAST-1
						require.Equal(x, 1, data.Load())    // INV-BROADCAST-2
						require.Zero(x, w.Wait())           // INV-BROADCAST-3
						require.Equal(x, 2, final.Load())
						require.Zero(x, w.Wait())
					})
				}
				x.Go("signaller", func() {
					data.Store(1)
					e.Signal()
					final.Store(2)
					e.Close()
				})
			},
		},
		{
			Name: "event-not-lost",
			Doc:  "a waiter that looks after it subscribed and before it waits does not miss the change in between",
			Body: func(x *explorer.T) {
				var e notice.Event
				var changed atomic.Bool
				for range 2 {
					x.Go("waiter", func() {
						w := e.Subscribe() // INV-BROADCAST-1, INV-BROADCAST-2
						if !changed.Load(atomic.Relaxed) {
							w.Wait()
							require.True(x, changed.Load(atomic.Relaxed))
						}
					})
				}
				x.Go("signaller", func() {
					changed.Store(true, atomic.Relaxed)
					e.Signal()
				})
			},
		},
		{
			Name: "event-two-signallers",
			Doc:  "no signal is lost that is made before the close, and none is counted after it",
			Body: func(x *explorer.T) {
				var e notice.Event
				var made [2]uint64
				var g [2]explorer.Goroutine
				w := e.Subscribe()
				for i := range made {
					g[i] = x.Go("signaller", func() {
						if e.Signal() { // INV-BROADCAST-1, INV-BROADCAST-3
							made[i] = 1
						}
					})
				}
				x.Go("closer", e.Close)
				told := uint64(0)
				for n := w.Wait(); n > 0; n = w.Wait() {
					told += n
				}
				x.Join(g[:]...)
				require.Equal(x, made[0]+made[1], told)
			},
		},
		{
			Name: "event-try",
			Doc:  "who does not wait sees the data of the events that it is told of, and all that are known to have been",
			Body: func(x *explorer.T) {
				var e notice.Event
				var data [2]atomic.Cell[int]
				w := e.Subscribe()
				signaller := x.Go("signaller", func() {
					for i := range data {
						data[i].Store(1)
						e.Signal()
					}
					e.Close()
				})
				told, _ := w.TryWait()
				for i := range told { // INV-BROADCAST-2
					require.Equal(x, 1, data[i].Load())
				}
				x.Join(signaller)
				if told < 2 {
					n, done := w.TryWait()
					require.True(x, done)
					told += n
				}
				require.EqualValues(x, 2, told) // INV-BROADCAST-1
				n, done := w.TryWait()
				require.True(x, done && n == 0) // INV-BROADCAST-3
			},
		},
		{
			Name: "event-subscribe-again",
			Doc:  "who subscribes anew is not told of what was before, and who subscribed before still is",
			Body: func(x *explorer.T) {
				var e notice.Event
				before := e.Subscribe()
				x.Join(x.Go("signaller", func() { e.Signal() }))
				after := e.Subscribe()
				_, done := after.TryWait() // INV-BROADCAST-1
				require.False(x, done)
				require.EqualValues(x, 1, before.Wait())
			},
		},
		{
			Name: "topic-to-all",
			Doc:  "two subscribers receive both values, in order, and then the end, and see what was done before",
			Body: func(x *explorer.T) {
				var t notice.Topic[int]
				var data, final atomic.Cell[int]
				for range 2 {
					s := t.Subscribe()
					x.Go("subscriber", func() {
						v, ok := s.Next() // INV-BROADCAST-4, INV-BROADCAST-5
						require.True(x, ok && v == 1)
						require.Equal(x, 1, data.Load())
						v, ok = s.Next()
						require.True(x, ok && v == 2)
						_, ok = s.Next()
						require.False(x, ok)
						require.Equal(x, 2, final.Load()) // INV-BROADCAST-6
					})
				}
				x.Go("publisher", func() {
					data.Store(1)
					t.Publish(1)
					t.Publish(2)
					final.Store(2)
					t.Close()
				})
			},
		},
		{
			Name: "topic-one-order",
			Doc:  "two publishers and a close: two subscribers receive the same values in the same order, none but what was published",
			Body: func(x *explorer.T) {
				var t notice.Topic[int]
				var published [2]bool
				var got [2][]int
				for i := range got {
					s := t.Subscribe()
					x.Go("subscriber", func() {
						for v := range s.All() { // INV-BROADCAST-4
							got[i] = append(got[i], v)
						}
					})
				}
				for i := range published {
					x.Go("publisher", func() { published[i] = t.Publish(i) }) // INV-BROADCAST-6
				}
				t.Close()
				x.Join()
				require.Equal(x, got[0], got[1])
				for i, ok := range published {
					if ok {
						require.Contains(x, got[0], i)
					} else {
						require.NotContains(x, got[0], i)
					}
				}
			},
		},
		{
			Name: "topic-subscribe-late",
			Doc:  "who subscribes while values are published receives the rest of them, whole",
			Body: func(x *explorer.T) {
				var t notice.Topic[int]
				x.Go("publisher", func() {
					t.Publish(1)
					t.Publish(2)
					t.Close()
				})
				s := t.Subscribe()
				var got []int
				for v, ok, done := s.TryNext(); ok || !done; v, ok, done = s.TryNext() { // INV-BROADCAST-5
					if !done {
						v, ok = s.Next()
						if !ok {
							break
						}
					}
					got = append(got, v)
				}
				require.Equal(x, []int{1, 2}[2-len(got):], append([]int{}, got...))
			},
		},
	},
	Mistakes: []Mistake{
		{
			Program: Program{
				Name: "look-then-subscribe",
				Doc:  "who looks first and subscribes then misses the change in between, and waits for one that never comes",
				Body: func(x *explorer.T) {
					var e notice.Event
					var changed atomic.Bool
					x.Go("signaller", func() {
						changed.Store(true)
						e.Signal()
					})
					if !changed.Load() {
						e.Subscribe().Wait()
					}
				},
			},
			Fails: "await",
		},
		{
			Program: Program{
				Name: "never-closed",
				Doc:  "a subscriber that receives until the end waits for ever if nobody closes",
				Body: func(x *explorer.T) {
					var t notice.Topic[int]
					s := t.Subscribe()
					x.Go("publisher", func() { t.Publish(1) })
					for range s.All() {
					}
				},
			},
			Fails: "await",
		},
		{
			Program: Program{
				Name: "signal-then-store",
				Doc:  "what is stored after the signal is not published by it",
				Body: func(x *explorer.T) {
					var e notice.Event
					var data atomic.Cell[int]
					w := e.Subscribe()
					x.Go("signaller", func() {
						e.Signal()
						data.Store(1)
					})
					w.Wait()
					data.Load()
				},
			},
			Fails: "data race",
		},
	},
	Equivalent: map[string]string{
		"Event.Signal/state.Load=stale": "The compare-and-swap fails with an old value, and what it finds is known the next time round.",
	},
}
