package shardmap_test

import (
	"fmt"
	"maps"
	"math"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/shardmap"
)

func identity(key int) uint64 { return uint64(key) }

// A map that nobody else uses is a map.
func TestAgainstMap(t *testing.T) {
	for name, newMap := range map[string]func() *shardmap.Map[int, int]{
		"default":   shardmap.New[int, int],
		"one shard": func() *shardmap.Map[int, int] { return shardmap.NewWithHash[int, int](1, identity) },
		"one bucket": func() *shardmap.Map[int, int] {
			return shardmap.NewWithHash[int, int](8, func(int) uint64 { return math.MaxUint64 })
		},
		"3 shards": func() *shardmap.Map[int, int] { return shardmap.NewWithHash[int, int](3, identity) },
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) { againstMap(t, newMap()) })
		})
	}
}

func againstMap(t *rapid.T, m *shardmap.Map[int, int]) {
	model := map[int]int{}
	key, value := rapid.IntRange(-3, 3), rapid.IntRange(0, 2)
	t.Repeat(map[string]func(*rapid.T){
		"Load": func(t *rapid.T) {
			k := key.Draw(t, "key")
			v, ok := m.Load(k)
			want, has := model[k]
			require.Equal(t, has, ok)
			require.Equal(t, want, v)
		},
		"Store": func(t *rapid.T) {
			k, v := key.Draw(t, "key"), value.Draw(t, "value")
			m.Store(k, v)
			model[k] = v
		},
		"LoadOrStore": func(t *rapid.T) {
			k, v := key.Draw(t, "key"), value.Draw(t, "value")
			want, has := model[k]
			if !has {
				want, model[k] = v, v
			}
			actual, loaded := m.LoadOrStore(k, v)
			require.Equal(t, has, loaded)
			require.Equal(t, want, actual)
		},
		"Swap": func(t *rapid.T) {
			k, v := key.Draw(t, "key"), value.Draw(t, "value")
			want, has := model[k]
			model[k] = v
			previous, loaded := m.Swap(k, v)
			require.Equal(t, has, loaded)
			require.Equal(t, want, previous)
		},
		"Delete": func(t *rapid.T) {
			k := key.Draw(t, "key")
			m.Delete(k)
			delete(model, k)
		},
		"LoadAndDelete": func(t *rapid.T) {
			k := key.Draw(t, "key")
			want, has := model[k]
			delete(model, k)
			v, loaded := m.LoadAndDelete(k)
			require.Equal(t, has, loaded)
			require.Equal(t, want, v)
		},
		"CompareAndSwap": func(t *rapid.T) {
			k, old, v := key.Draw(t, "key"), value.Draw(t, "old"), value.Draw(t, "new")
			was, has := model[k]
			if has && was == old {
				model[k] = v
			}
			require.Equal(t, has && was == old, m.CompareAndSwap(k, old, v))
		},
		"CompareAndDelete": func(t *rapid.T) {
			k, old := key.Draw(t, "key"), value.Draw(t, "old")
			was, has := model[k]
			if has && was == old {
				delete(model, k)
			}
			require.Equal(t, has && was == old, m.CompareAndDelete(k, old))
		},
		"": func(t *rapid.T) {
			require.Equal(t, len(model), m.Len())
			require.Equal(t, model, maps.Collect(m.Range))
		},
	})
}

func TestRangeStops(t *testing.T) {
	m := shardmap.NewWithHash[int, int](4, identity)
	for i := range 10 {
		m.Store(i, i)
	}
	calls := 0
	m.Range(func(int, int) bool { calls++; return calls < 3 })
	require.Equal(t, 3, calls)
}

func TestMisuse(t *testing.T) {
	require.PanicsWithValue(t, "shardmap.NewWithHash: 0 shards; there must be at least 1",
		func() { shardmap.NewWithHash[int, int](0, identity) })
	require.PanicsWithValue(t, "shardmap.NewWithHash: hash is nil; New has a hash of its own",
		func() { shardmap.NewWithHash[int, int](1, nil) })

	m := shardmap.New[string, []int]()
	m.Store("slice", []int{1})
	require.Panics(t, func() { m.CompareAndSwap("slice", []int{1}, []int{2}) })
	require.Panics(t, func() { m.CompareAndDelete("slice", []int{1}) })
	m.Store("slice", []int{3}) // the lock is not held
	v, _ := m.Load("slice")
	require.Equal(t, []int{3}, v)
}

// INV-SHARDMAP-1, INV-SHARDMAP-3
func TestNatively(t *testing.T) {
	const goroutines, keys = 4, 16
	rounds := 20_000
	if testing.Short() {
		rounds = 2_000
	}
	for _, processors := range []int{1, 2} {
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			m := shardmap.New[int, int]()
			for k := range keys {
				m.Store(k, 0)
			}
			var wg sync.WaitGroup
			for g := range goroutines {
				wg.Go(func() {
					for i := range rounds {
						k := (i*7 + g) % keys
						for {
							n, ok := m.Load(k)
							if !ok {
								t.Errorf("key %d is not there", k)
								return
							}
							if m.CompareAndSwap(k, n, n+1) {
								break
							}
						}
						if i%1000 == 0 {
							if n := m.Len(); n != keys {
								t.Errorf("Len is %d while there are %d keys", n, keys)
							}
						}
					}
				})
			}
			wg.Wait()
			sum := 0
			for _, n := range m.Range {
				sum += n
			}
			require.Equal(t, goroutines*rounds, sum)
		})
	}
}

func TestAllocations(t *testing.T) {
	ints, strings := shardmap.New[int, int](), shardmap.New[string, int]()
	ints.Store(7, 1)
	strings.Store("seven", 1)
	for name, f := range map[string]func(){
		"Load":           func() { ints.Load(7); strings.Load("seven"); ints.Load(8) },
		"Store":          func() { ints.Store(7, 1); strings.Store("seven", 1) },
		"LoadOrStore":    func() { ints.LoadOrStore(7, 1); strings.LoadOrStore("seven", 1) },
		"Swap":           func() { ints.Swap(7, 1) },
		"CompareAndSwap": func() { ints.CompareAndSwap(7, 1, 1) },
		"Delete":         func() { ints.Delete(7); ints.Store(7, 1) },
		"Len":            func() { ints.Len() },
	} {
		require.Zero(t, testing.AllocsPerRun(100, f), name)
	}
}
