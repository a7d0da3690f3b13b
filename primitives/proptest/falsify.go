package proptest

import (
	"slices"

	"pgregory.net/rapid"
)

// Falsify expects that a client fails, and returns a smallest one; t fails if there is none. It draws the same clients
// each time, and keeps nothing.
func Falsify[I, S any](t rapid.TB, s Subject[I, S], options ...Option) *Counterexample {
	t.Helper()
	defaults := explored()
	defaults.clients, defaults.seed = 1000, 1
	c, e := prepare(t, &s, defaults, options)
	fails := func(drawn client) *Counterexample {
		found, err := e.client(drawn)
		if err != nil {
			t.Fatalf("proptest: %v", err)
		}
		return found
	}
	draw := clients(s.operations(), c)
	for n := range c.clients {
		drawn := draw.Example(int(c.seed) + n)
		if fails(drawn) == nil {
			continue
		}
		found := fails(shrink(drawn, c.minThreads, func(smaller client) bool { return fails(smaller) != nil }))
		t.Logf("proptest: client %d of those drawn, shrunk (%s): %s", n+1, e, found)
		return found
	}
	t.Fatalf("proptest: no client fails: %s", e)
	return nil
}

// shrink returns a client that fails, though none of those that are one change smaller does. (rapid shrinks what
// rapid.Check draws; that cannot be given a seed in a test, and writes files.)
func shrink(c client, threads int, fails func(client) bool) client {
	for {
		i := slices.IndexFunc(c.smaller(threads), fails)
		if i < 0 {
			return c
		}
		c = c.smaller(threads)[i]
	}
}

// smaller returns the clients that are one change smaller: a thread less, but for the least number; a call less; a wait less; an
// argument closer to 0, of those that the generator is seen to draw.
func (c client) smaller(threads int) []client {
	var all []client
	for i := range c.threads {
		if len(c.threads[i]) > 1 {
			all = append(all, c.without(i, 0, len(c.threads[i])))
		}
	}
	if n := len(c.threads) - 1; n >= threads && len(c.threads[n]) == 0 && c.ableWith(n) {
		fewer := c.clone()
		fewer.threads = fewer.threads[:n]
		all = append(all, fewer)
	}
	for i, calls := range c.threads {
		for k := range calls {
			all = append(all, c.without(i, k, k+1))
		}
	}
	for i, calls := range c.threads {
		for k, a := range calls {
			if a.after != nil {
				fewer := c.clone()
				fewer.threads[i][k].after = nil
				all = append(all, fewer)
			}
		}
	}
	for i, calls := range c.threads {
		for k, a := range calls {
			for _, v := range c.operations[a.operation].simpler(a.argument) {
				simpler := c.clone()
				simpler.threads[i][k].argument = v
				all = append(all, simpler)
			}
		}
	}
	return all
}

func (c client) clone() client {
	d := client{c.operations, nil}
	for _, t := range c.threads {
		d.threads = append(d.threads, slices.Clone(t))
	}
	return d
}

// without returns the client without some calls of a thread. Who waits for one of them does not wait.
func (c client) without(thread, from, to int) client {
	d := c.clone()
	d.threads[thread] = slices.Delete(d.threads[thread], from, to)
	for _, calls := range d.threads {
		for k, a := range calls {
			if a.after == nil || a.after.thread != thread || a.after.index < from {
				continue
			}
			if a.after.index < to {
				calls[k].after = nil
			} else {
				calls[k].after = &place{thread, a.after.index - (to - from)}
			}
		}
	}
	return d
}

// ableWith reports whether each thread could make the same calls if there were so many.
func (c client) ableWith(threads int) bool {
	able := allot(c.operations, threads)
	for i, calls := range c.threads[:threads] {
		for _, a := range calls {
			if !slices.Contains(able[i], a.operation) {
				return false
			}
		}
	}
	return true
}

// simpler returns arguments that are closer to 0, the closest first.
func (o operation) simpler(argument int) []int {
	if o.argument == nil {
		return nil
	}
	var all []int
	for seed := range 16 {
		if v := o.argument.Example(seed); distance(v) < distance(argument) && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b int) int {
		if distance(a) < distance(b) {
			return -1
		}
		return 1
	})
	return all
}

func distance(v int) uint64 {
	if v < 0 {
		return uint64(-v)<<1 | 1
	}
	return uint64(v) << 1
}
