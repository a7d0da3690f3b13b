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
	defaults.clients, defaults.seed, defaults.executions = 1000, 1, 10*inAll
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
		if e.spent() {
			break
		}
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

// smaller returns the clients that are one change smaller: without the calls of a thread, without a call, without a wait, with
// an argument closer to 0 of those that the generator is seen to draw.
func (c client) smaller(threads int) []client {
	var all []client
	for i := range c.threads {
		if len(c.threads[i]) > 1 {
			all = append(all, c.without(i, 0, len(c.threads[i])).compact(threads))
		}
	}
	for i, calls := range c.threads {
		for k := range calls {
			all = append(all, c.without(i, k, k+1).compact(threads))
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
