package sync_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

func TestChanOneSenderOneReceiver(t *testing.T) {
	for capacity := range 3 {
		t.Run(fmt.Sprint(capacity), func(t *testing.T) {
			verified(t, 1, func(x *explorer.T) {
				c := sync.MakeChan[int](capacity)
				cells := make([]atomic.Cell[int], 4)
				x.Go("sender", func() {
					for i := range cells {
						cells[i].Store(i * i)
						c.Send(i)
					}
					c.Close()
				})
				x.Go("receiver", func() {
					n := 0
					for i := range c.All() {
						require.Equal(x, n, i)
						require.Equal(x, n*n, cells[i].Load())
						n++
					}
					require.Equal(x, len(cells), n)
					_, ok := c.Recv()
					require.False(x, ok)
				})
			})
		})
	}
}

func TestChanManySendersAndReceivers(t *testing.T) {
	program := func(senders, receivers, capacity int) func(x *explorer.T) {
		return func(x *explorer.T) {
			c := sync.MakeChan[int](capacity)
			for i := range senders {
				x.Go("sender", func() {
					for range receivers {
						c.Send(i)
					}
				})
			}
			for range receivers {
				x.Go("receiver", func() {
					for range senders {
						_, ok := c.Recv()
						require.True(x, ok)
					}
				})
			}
		}
	}
	for capacity := range 3 {
		verified(t, 6, program(3, 1, capacity))
		verified(t, 6, program(1, 3, capacity))
		verified(t, 36, program(2, 2, capacity))
	}
}

func TestChanOrders(t *testing.T) {
	// Each body stores to a cell and loads it; what is between makes one happen before the other, or does not.
	data := func() (store, load func()) {
		c := new(atomic.Cell[int])
		return func() { c.Store(1) }, func() { c.Load() }
	}
	for _, c := range []struct {
		name   string
		race   bool
		wanted func(x *explorer.T)
	}{
		{"a send before the receive", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](1)
			x.Go("sender", func() { store(); c.Send(1) })
			c.Recv()
			load()
		}},
		{"a store after the send", true, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](1)
			x.Go("sender", func() { c.Send(1); store() })
			c.Recv()
			load()
		}},
		{"a receive before the send that it makes room for", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](1)
			x.Go("receiver", func() { store(); c.Recv() })
			c.Send(1)
			c.Send(2)
			load()
		}},
		{"a receive before a send that had room without it", true, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](2)
			x.Go("receiver", func() { store(); c.Recv() })
			c.Send(1)
			c.Send(2)
			load()
		}},
		{"a receive before the end of the send, without a buffer", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](0)
			x.Go("receiver", func() { store(); c.Recv() })
			c.Send(1)
			load()
		}},
		{"a send before the receive, without a buffer", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](0)
			x.Go("sender", func() { store(); c.Send(1) })
			c.Recv()
			load()
		}},
		{"a close before the receive that it ends", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](0)
			x.Go("closer", func() { store(); c.Close() })
			c.Recv()
			load()
		}},
		{"a close before each receive that it ends", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](1)
			x.Go("closer", func() { store(); c.Close() })
			x.Go("receiver", func() { c.Recv(); load() })
			x.Go("receiver", func() { c.Recv(); load() })
		}},
		{"a receive that a close ends before another one", true, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](0)
			x.Go("closer", func() { c.Close() })
			x.Go("receiver", func() { store(); c.Recv() })
			x.Go("receiver", func() { c.Recv(); load() })
		}},
		{"a receive before another one", true, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](2)
			c.Send(1)
			c.Send(2)
			x.Go("receiver", func() { store(); c.Recv() })
			x.Go("receiver", func() { c.Recv(); load() })
		}},
		{"a send before another one", true, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](2)
			x.Go("sender", func() { store(); c.Send(1) })
			x.Go("sender", func() { c.Send(2); load() })
		}},
		{"TrySend before TryRecv", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](1)
			x.Go("sender", func() { store(); c.TrySend(1) })
			if _, ok, _ := c.TryRecv(); ok {
				load()
			}
		}},
		{"Len before anything", true, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](1)
			x.Go("sender", func() { store(); c.Send(1) })
			if c.Len() > 0 {
				load()
			}
		}},
		{"a send before a select that receives", false, func(x *explorer.T) {
			store, load := data()
			c, d := sync.MakeChan[int](1), sync.MakeChan[int](0)
			x.Go("sender", func() { store(); c.Send(1) })
			sync.Select(d.RecvCase(nil, nil), c.RecvCase(nil, nil))
			load()
		}},
		{"selects that meet: sender before receiver", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](0)
			x.Go("sender", func() { store(); sync.Select(c.SendCase(1)) })
			sync.Select(c.RecvCase(nil, nil))
			load()
		}},
		{"selects that meet: receiver before sender", false, func(x *explorer.T) {
			store, load := data()
			c := sync.MakeChan[int](0)
			x.Go("receiver", func() { store(); sync.Select(c.RecvCase(nil, nil)) })
			sync.Select(c.SendCase(1))
			load()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.race {
				fails(t, "data race", c.wanted)
				return
			}
			for _, model := range models {
				r := explore(t, model, c.wanted)
				if r.Failure != nil {
					t.Errorf("%s: %s", model, r.Failure.Failure.Message)
				}
			}
		})
	}
}

func TestChanMisuse(t *testing.T) {
	fails(t, "close of closed channel", func(x *explorer.T) {
		c := sync.MakeChan[int](0)
		c.Close()
		c.Close()
	})
	fails(t, "close of nil channel", func(x *explorer.T) {
		var c sync.Chan[int]
		c.Close()
	})
	fails(t, "send on closed channel", func(x *explorer.T) {
		c := sync.MakeChan[int](1)
		x.Go("closer", c.Close)
		c.Send(1)
	})
	fails(t, "send on closed channel", func(x *explorer.T) {
		c := sync.MakeChan[int](0)
		c.Close()
		c.TrySend(1)
	})
	fails(t, "send on closed channel", func(x *explorer.T) {
		c := sync.MakeChan[int](0)
		c.Close()
		sync.Select(c.SendCase(1), sync.Default)
	})
	fails(t, "nil sync.Chan", func(x *explorer.T) {
		var c sync.Chan[int]
		c.Recv()
	})
	fails(t, "nil sync.Chan", func(x *explorer.T) {
		var c sync.Chan[int]
		c.Send(1)
	})
	fails(t, "nil sync.Chan", func(x *explorer.T) {
		var c sync.Chan[int]
		sync.Select(c.SendCase(1), c.RecvCase(nil, nil))
	})
	fails(t, "main", func(x *explorer.T) {
		c := sync.MakeChan[int](1)
		c.Send(1)
		c.Send(2)
	})
	fails(t, "main", func(x *explorer.T) {
		c := sync.MakeChan[int](1)
		c.Recv()
	})
	fails(t, "main", func(x *explorer.T) {
		c := sync.MakeChan[int](0)
		sync.Select(c.SendCase(1), c.RecvCase(nil, nil))
	})
}

func TestChanTry(t *testing.T) {
	type outcome struct {
		sent, received bool
		value          int
	}
	for _, model := range models {
		for capacity := range 2 {
			seen := outcomes(t, model, func(x *explorer.T, note func(outcome)) {
				c := sync.MakeChan[int](capacity)
				var o outcome
				g := x.Go("sender", func() { o.sent = c.TrySend(7) })
				v, ok, done := c.TryRecv()
				require.Equal(x, done, ok)
				x.Join(g)
				o.received, o.value = done, v
				note(o)
			})
			want := map[outcome]bool{{false, false, 0}: true}
			if capacity == 1 {
				want = map[outcome]bool{{true, false, 0}: true, {true, true, 7}: true}
			}
			for o := range want {
				require.Contains(t, seen, o)
			}
			require.Len(t, seen, len(want))
		}
		// Against a blocking partner.
		for capacity := range 2 {
			seen := outcomes(t, model, func(x *explorer.T, note func(bool)) {
				c := sync.MakeChan[int](capacity)
				x.Go("sender", func() { c.Send(7) })
				v, ok, done := c.TryRecv()
				if !done {
					v, ok = c.Recv()
				}
				require.True(x, ok)
				require.Equal(x, 7, v)
				note(done)
			})
			require.Len(t, seen, 2, "%s, capacity %d", model, capacity)
		}
	}
}

func TestChanSequentially(t *testing.T) {
	verified(t, 1, func(x *explorer.T) {
		c := sync.MakeChan[string](2)
		require.Equal(x, 2, c.Cap())
		require.True(x, c.TrySend("a"))
		c.Send("b")
		require.False(x, c.TrySend("c"))
		require.Equal(x, 2, c.Len())
		c.Close()
		v, ok := c.Recv()
		require.Equal(x, "a", v)
		require.True(x, ok)
		v, ok, done := c.TryRecv()
		require.Equal(x, "b", v)
		require.True(x, ok && done)
		require.Zero(x, c.Len())
		for range 3 {
			v, ok, done = c.TryRecv()
			require.Equal(x, "", v)
			require.True(x, !ok && done)
			v, ok = c.Recv()
			require.Equal(x, "", v)
			require.False(x, ok)
		}
		var none sync.Chan[string]
		require.Zero(x, none.Len()+none.Cap())
		require.False(x, none.TrySend("a"))
		_, _, done = none.TryRecv()
		require.False(x, done)
		require.Equal(x, 2, sync.Select(none.SendCase("a"), none.RecvCase(nil, nil), sync.Default))
	})
}

func TestSelectTakesAnyThatIsReady(t *testing.T) {
	for capacity := range 2 {
		for _, model := range models {
			seen := outcomes(t, model, func(x *explorer.T, note func([2]int)) {
				a, b := sync.MakeChan[int](capacity), sync.MakeChan[int](capacity)
				x.Go("a", func() { a.Send(1) })
				x.Go("b", func() { b.Send(2) })
				var got [2]int
				for i := range got {
					sync.Select(a.RecvCase(&got[i], nil), b.RecvCase(&got[i], nil))
				}
				note(got)
			})
			require.Contains(t, seen, [2]int{1, 2}, model)
			require.Contains(t, seen, [2]int{2, 1}, model)
			require.Len(t, seen, 2, model)
		}
	}
}

func TestSelectsMeet(t *testing.T) {
	for _, model := range models {
		// Two selects with cases on the same channels, in different order.
		seen := outcomes(t, model, func(x *explorer.T, note func([2]int)) {
			a, b := sync.MakeChan[int](0), sync.MakeChan[int](0)
			var n [2]int
			g := x.Go("other", func() { n[1] = sync.Select(b.RecvCase(nil, nil), a.RecvCase(nil, nil)) })
			n[0] = sync.Select(a.SendCase(1), b.SendCase(2))
			x.Join(g)
			note(n)
		})
		require.Contains(t, seen, [2]int{0, 1}, model)
		require.Contains(t, seen, [2]int{1, 0}, model)
		require.Len(t, seen, 2, model)

		// A sends or receives, B does the other.
		seen = outcomes(t, model, func(x *explorer.T, note func([2]int)) {
			a, b := sync.MakeChan[int](0), sync.MakeChan[int](0)
			var n [2]int
			g := x.Go("other", func() { n[1] = sync.Select(a.RecvCase(nil, nil), b.SendCase(2)) })
			n[0] = sync.Select(a.SendCase(1), b.RecvCase(nil, nil))
			x.Join(g)
			note(n)
		})
		require.Contains(t, seen, [2]int{0, 0}, model)
		require.Contains(t, seen, [2]int{1, 1}, model)
		require.Len(t, seen, 2, model)
	}
}

func TestSelectMeetsPlainOperations(t *testing.T) {
	for _, model := range models {
		seen := outcomes(t, model, func(x *explorer.T, note func(int)) {
			a, b := sync.MakeChan[int](0), sync.MakeChan[int](0)
			x.Go("receiver", func() {
				v, ok := b.Recv()
				require.True(x, ok)
				require.Equal(x, 2, v)
			})
			note(sync.Select(a.RecvCase(nil, nil), b.SendCase(2)))
		})
		require.Equal(t, []int{1}, keys(seen), model)
		seen = outcomes(t, model, func(x *explorer.T, note func(int)) {
			a, b := sync.MakeChan[int](0), sync.MakeChan[int](0)
			x.Go("tries", func() {
				if b.TrySend(3) {
					a.Close()
				} else {
					b.Close()
				}
			})
			var v int
			var ok bool
			n := sync.Select(a.RecvCase(&v, &ok), b.RecvCase(&v, &ok))
			require.Equal(x, 1, n)
			note(v)
		})
		require.Contains(t, seen, 3, model)
		require.Contains(t, seen, 0, model)
		require.Len(t, seen, 2, model)
	}
}

func keys[K comparable, V any](m map[K]V) []K {
	var out []K
	for k := range m {
		out = append(out, k)
	}
	return out
}

func TestSelectDefault(t *testing.T) {
	for _, model := range models {
		for capacity := range 2 {
			seen := outcomes(t, model, func(x *explorer.T, note func(int)) {
				c := sync.MakeChan[int](capacity)
				x.Go("sender", func() { sync.Select(c.SendCase(1)) })
				var v int
				n := sync.Select(sync.Default, c.RecvCase(&v, nil))
				require.Equal(x, n, v)
				if n == 0 {
					c.Recv()
				}
				note(n)
			})
			require.Contains(t, seen, 0, model)
			require.Contains(t, seen, 1, model)
		}
	}
}

func TestSelectThreeWays(t *testing.T) {
	// A ring of selects, each of which sends to the next or receives from the one before.
	for _, model := range models {
		r := explore(t, model, func(x *explorer.T) {
			var c [3]sync.Chan[int]
			for i := range c {
				c[i] = sync.MakeChan[int](0)
			}
			stop := sync.MakeChan[int](0)
			var done sync.WaitGroup
			for i := range c {
				done.Add(1)
				x.Go("ring", func() {
					if sync.Select(c[i].SendCase(i), c[(i+2)%3].RecvCase(nil, nil), stop.RecvCase(nil, nil)) == 0 {
						stop.Close()
					}
					done.Done()
				})
			}
			done.Wait()
		})
		if r.Failure != nil {
			t.Errorf("%s: %s", model, r.Failure.Failure.Message)
		}
		t.Log(model, r)
	}
}
