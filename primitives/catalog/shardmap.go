package catalog

import (
	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sequential"
	sharded "github.com/weakmem/litmus/primitives/shardmap"
)

var shardmap = Protocol{
	Name:     "shardmap",
	Title:    "a map in shards",
	Subjects: []Subject{subject("map", sequential.Shardmap)},
	Programs: []Program{
		{"publication", "What is written before Store is seen by who loads the value, plain memory included.", shardmapPublication},
		{"load-or-store", "Of two that store a value if there is none, one does, and both have its value.", shardmapLoadOrStore},
		{"swap", "Each value that is swapped in comes out once, or is there at the end.", shardmapSwap},
		{"compare-and-swap", "Two that count by CompareAndSwap lose no count.", shardmapCompareAndSwap},
		{"delete", "Of those that take out one value, each in its way, one gets it.", shardmapDelete},
		{"range", "Range comes to a key that stays, once, whatever happens beside it.", shardmapRange},
		{"len", "Len counts what is there for certain.", shardmapLen},
		{"re-entrant", "The function that Range calls may change the map while another does.", shardmapReentrant},
	},
	Mistakes: []Mistake{
		{Program{"load-then-store", "A Load and a Store are two steps: a count between them is lost.", shardmapLoadThenStore}, "Not equal"},
		{Program{"value-changed", "The map guards its values, not what they refer to.", shardmapValueChanged}, "race"},
		{Program{"snapshot", "Range sees each shard at another moment: a later key without an earlier one.", shardmapSnapshot}, "Should be true"},
	},
}

// shardmapNew returns an empty map with two shards, of the even and of the odd keys.
func shardmapNew[V any]() *sharded.Map[int, V] {
	return sharded.NewWithHash[int, V](2, func(key int) uint64 { return uint64(key) })
}

// INV-SHARDMAP-1
func shardmapPublication(x *explorer.T) {
	m := shardmapNew[*atomic.Cell[int]]()
	for key := range 2 {
		x.Go("writer", func() {
			message := new(atomic.Cell[int])
			message.Store(42)
			m.Store(key, message)
		})
	}
	x.Go("reader", func() {
		for key := range 2 {
			if message, ok := m.Load(key); ok {
				require.Equal(x, 42, message.Load())
			}
		}
	})
}

// INV-SHARDMAP-3
func shardmapLoadOrStore(x *explorer.T) {
	m := shardmapNew[int]()
	var actual [2]int
	var loaded [2]bool
	for i := range 2 {
		x.Go("either", func() { actual[i], loaded[i] = m.LoadOrStore(7, i) })
	}
	x.Join()
	require.NotEqual(x, loaded[0], loaded[1])
	require.Equal(x, actual[0], actual[1])
	value, ok := m.Load(7)
	require.True(x, ok)
	require.Equal(x, actual[0], value)
}

// INV-SHARDMAP-3
func shardmapSwap(x *explorer.T) {
	m := shardmapNew[int]()
	m.Store(7, 1)
	var previous [2]int
	for i := range 2 {
		x.Go("swapper", func() {
			var loaded bool
			previous[i], loaded = m.Swap(7, 2+i)
			require.True(x, loaded)
		})
	}
	x.Join()
	last, _ := m.Load(7)
	require.ElementsMatch(x, []int{1, 2, 3}, append(previous[:], last))
}

// INV-SHARDMAP-3
func shardmapCompareAndSwap(x *explorer.T) {
	m := shardmapNew[int]()
	m.Store(7, 0)
	for range 2 {
		x.Go("counter", func() {
			for {
				n, _ := m.Load(7)
				if m.CompareAndSwap(7, n, n+1) {
					return
				}
			}
		})
	}
	x.Join()
	n, _ := m.Load(7)
	require.Equal(x, 2, n)
}

// INV-SHARDMAP-3
func shardmapDelete(x *explorer.T) {
	m := shardmapNew[int]()
	m.Store(7, 1)
	var taken [2]bool
	x.Go("first", func() { _, taken[0] = m.LoadAndDelete(7) })
	x.Go("second", func() { taken[1] = m.CompareAndDelete(7, 1) })
	x.Join()
	require.NotEqual(x, taken[0], taken[1])
	_, ok := m.Load(7)
	require.False(x, ok)
	require.False(x, m.CompareAndDelete(7, 1))
}

// INV-SHARDMAP-2, INV-SHARDMAP-4
func shardmapRange(x *explorer.T) {
	m := shardmapNew[int]()
	m.Store(1, 10)
	x.Go("writer", func() {
		m.Store(1, 11)
		m.Store(2, 20)
		m.Delete(2)
	})
	seen := map[int]int{}
	for key, value := range m.Range {
		require.NotContains(x, seen, key)
		seen[key] = value
	}
	require.Contains(x, []int{10, 11}, seen[1])
	delete(seen, 1)
	if len(seen) > 0 {
		require.Equal(x, map[int]int{2: 20}, seen)
	}
}

// INV-SHARDMAP-1
func shardmapLen(x *explorer.T) {
	m := shardmapNew[int]()
	m.Store(1, 10)
	x.Go("writer", func() {
		m.Store(2, 20)
		m.Store(3, 30)
	})
	n := m.Len()
	require.True(x, 1 <= n && n <= 3, "%d keys", n)
	x.Join()
	require.Equal(x, 3, m.Len())
}

// INV-SHARDMAP-5
func shardmapReentrant(x *explorer.T) {
	m := shardmapNew[int]()
	m.Store(0, 0)
	m.Store(1, 1)
	for range 2 {
		x.Go("both", func() {
			for key := range m.Range {
				m.Swap(1-key, key)
			}
		})
	}
	x.Join()
	require.Equal(x, 2, m.Len())
}

func shardmapLoadThenStore(x *explorer.T) {
	m := shardmapNew[int]()
	for range 2 {
		x.Go("counter", func() {
			n, _ := m.Load(7)
			m.Store(7, n+1)
		})
	}
	x.Join()
	n, _ := m.Load(7)
	require.Equal(x, 2, n)
}

func shardmapValueChanged(x *explorer.T) {
	m := shardmapNew[*atomic.Cell[int]]()
	m.Store(7, new(atomic.Cell[int]))
	for n := range 2 {
		x.Go("writer", func() {
			value, _ := m.Load(7)
			value.Store(n)
		})
	}
}

func shardmapSnapshot(x *explorer.T) {
	m := shardmapNew[int]()
	x.Go("writer", func() {
		m.Store(0, 1)
		m.Store(1, 1)
	})
	seen := map[int]bool{}
	for key := range m.Range {
		seen[key] = true
	}
	require.True(x, seen[0] || !seen[1], "the second of two keys without the first")
}
