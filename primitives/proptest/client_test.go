package proptest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var vocabularies = map[string][]operation{
	"free":           {{name: "A", argument: rapid.IntRange(-3, 3)}, {name: "B"}},
	"role":           {{name: "Put", role: "producer", argument: rapid.Int()}, {name: "Take"}},
	"two roles":      {{name: "Put", role: "producer"}, {name: "Take", role: "consumer"}, {name: "Peek", role: "consumer"}},
	"roles and free": {{name: "Put", role: "producer"}, {name: "Take", role: "consumer"}, {name: "Len"}},
}

// runs reports whether the client comes to its end, if each call does.
func (c client) runs() bool {
	at := make([]int, len(c.threads))
	for moved := true; moved; {
		moved = false
		for i, calls := range c.threads {
			for at[i] < len(calls) && (calls[at[i]].after == nil || at[calls[at[i]].after.thread] > calls[at[i]].after.index) {
				at[i]++
				moved = true
			}
		}
	}
	for i, calls := range c.threads {
		if at[i] < len(calls) {
			return false
		}
	}
	return true
}

func requireSound(t require.TestingT, c client, cfg config) {
	require.GreaterOrEqual(t, len(c.threads), cfg.minThreads)
	require.LessOrEqual(t, len(c.threads), cfg.maxThreads)
	require.True(t, c.runs(), "the waits of %s have a cycle", c)
	total := 0
	of := map[string]int{} // roles
	for i, calls := range c.threads {
		total += len(calls)
		require.LessOrEqual(t, len(calls), cfg.perThread)
		for _, a := range calls {
			if o := c.operations[a.operation]; o.role != "" {
				if thread, ok := of[o.role]; ok {
					require.Equal(t, thread, i, "two threads of one role: %s", c)
				}
				of[o.role] = i
			} else if o.argument == nil {
				require.Zero(t, a.argument)
			}
			if a.after != nil {
				require.NotEqual(t, i, a.after.thread)
				require.Less(t, a.after.index, len(c.threads[a.after.thread]))
			}
		}
	}
	require.LessOrEqual(t, total, cfg.total)
}

func size(c client) (size [5]uint64) {
	for _, calls := range c.threads {
		if len(calls) > 0 {
			size[0]++
		}
		size[1] += uint64(len(calls))
		for _, a := range calls {
			if a.after != nil {
				size[2]++
			}
			size[3] += distance(a.argument) >> 16
			size[4] += distance(a.argument) & 0xffff
		}
	}
	return size
}

func TestClients(t *testing.T) {
	for name, operations := range vocabularies {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				least := rapid.IntRange(1, 3).Draw(t, "least")
				cfg := config{minThreads: least, maxThreads: least + rapid.IntRange(0, 2).Draw(t, "more"), perThread: 3, total: 6}
				c := clients(operations, cfg).Draw(t, "client")
				requireSound(t, c, cfg)
				for _, smaller := range c.smaller(cfg.minThreads) {
					requireSound(t, smaller, cfg)
					require.NotEqual(t, c.String(), smaller.String())
					require.True(t, lessOrEqual(size(smaller), size(c)), "%s\n%s", smaller, c)
				}
			})
		})
	}
}

// lessOrEqual compares sizes but for arguments, which are compared in all.
func lessOrEqual(a, b [5]uint64) bool {
	for i := range 3 {
		if a[i] > b[i] {
			return false
		}
	}
	return a[3] < b[3] || a[3] == b[3] && a[4] <= b[4]
}

func TestClientsVary(t *testing.T) {
	draw := clients(vocabularies["free"], config{minThreads: 2, maxThreads: 3, perThread: 3, total: 6})
	waits, three, full := 0, 0, 0
	for seed := range 300 {
		c := draw.Example(seed)
		s := size(c)
		if s[2] > 0 {
			waits++
		}
		if len(c.threads) == 3 {
			three++
		}
		if s[1] == 6 {
			full++
		}
	}
	assert.Greater(t, waits, 30)
	assert.Greater(t, three, 30)
	assert.Greater(t, full, 30)
}

// Every client that has at most one wait a call is drawn: two of some length, one of them with waits both ways.
func TestClientsAreDrawn(t *testing.T) {
	operations := vocabularies["two roles"]
	want := map[string]bool{
		"producer: Put(); Put() ‖ consumer: Take()": false,
		"producer: Put(); Put() after Take() of consumer ‖ consumer: Take() after Put() (number 1) of producer; Peek()": false,
	}
	draw := clients(operations, config{minThreads: 2, maxThreads: 2, perThread: 2, total: 4})
	for seed := range 20_000 {
		if s := draw.Example(seed).String(); !want[s] {
			if _, ok := want[s]; ok {
				want[s] = true
			}
		}
	}
	for s, drawn := range want {
		assert.True(t, drawn, s)
	}
}

func TestShrinking(t *testing.T) {
	operations := vocabularies["free"]
	// What fails has a B, and an A with an argument of at least 2 on another thread.
	fails := func(c client) bool {
		for i, calls := range c.threads {
			for j, others := range c.threads {
				for _, a := range calls {
					for _, b := range others {
						if i != j && a.operation == 0 && a.argument >= 2 && b.operation == 1 {
							return true
						}
					}
				}
			}
		}
		return false
	}
	draw := clients(operations, config{minThreads: 2, maxThreads: 4, perThread: 4, total: 12})
	failed := 0
	for seed := range 100 {
		if c := draw.Example(seed); fails(c) {
			failed++
			require.Contains(t, []string{"thread 0: A(2) ‖ thread 1: B()", "thread 0: B() ‖ thread 1: A(2)"}, shrink(c, 2, fails).String())
		}
	}
	require.Greater(t, failed, 10)
}

func TestNames(t *testing.T) {
	operations := vocabularies["two roles"]
	c := client{operations, [][]call{{{operation: 0}}, {{operation: 1, after: &place{0, 0}}, {operation: 1}}, {}}}
	require.Equal(t, "producer: Put() ‖ consumer: Take() after Put() of producer; Take() ‖ thread 2: nothing", c.String())
	require.Equal(t, "Take() (number 2) of consumer", c.where(place{1, 1}))
	c.threads = c.threads[:1]
	require.Equal(t, "producer+consumer: Put()", c.String())
}
