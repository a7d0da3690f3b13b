package shardmap_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/shardmap"
)

type (
	table  = *shardmap.Map[int, int]
	result struct {
		value int
		ok    bool
	}
	model     = map[int]int
	operation = proptest.Operation[table, model]
)

// An argument is a key and a value: 10 times the one and the other.
var (
	keys      = rapid.IntRange(0, 1)
	arguments = rapid.Custom(func(t *rapid.T) int { return 10*keys.Draw(t, "key") + rapid.IntRange(1, 3).Draw(t, "value") })
)

func split(argument int) (key, value int) { return argument / 10, argument % 10 }

func with(m model, key, value int) model {
	m = maps.Clone(m)
	m[key] = value
	return m
}

func without(m model, key int) model {
	m = maps.Clone(m)
	delete(m, key)
	return m
}

func lookUp(m model, key int) result {
	value, ok := m[key]
	return result{value, ok}
}

var subject = proptest.Subject[table, model]{
	New: func(int) table {
		return shardmap.NewWithHash[int, int](2, identity)
	},
	Init: func() model { return model{} },
	Operations: []operation{
		{
			Name: "Load", Argument: keys,
			Call: func(m table, _, k int) any { v, ok := m.Load(k); return result{v, ok} },
			Step: func(s model, k int, r any) (model, bool) { return s, r == lookUp(s, k) },
		},
		{
			Name: "Store", Argument: arguments,
			Call: func(m table, _, a int) any { m.Store(split(a)); return nil },
			Step: func(s model, a int, _ any) (model, bool) { k, v := split(a); return with(s, k, v), true },
		},
		{
			Name: "LoadOrStore", Argument: arguments,
			Call: func(m table, _, a int) any { v, loaded := m.LoadOrStore(split(a)); return result{v, loaded} },
			Step: func(s model, a int, r any) (model, bool) {
				k, v := split(a)
				if was := lookUp(s, k); was.ok {
					return s, r == was
				}
				return with(s, k, v), r == result{v, false}
			},
		},
		{
			Name: "Swap", Argument: arguments,
			Call: func(m table, _, a int) any { v, loaded := m.Swap(split(a)); return result{v, loaded} },
			Step: func(s model, a int, r any) (model, bool) {
				k, v := split(a)
				return with(s, k, v), r == lookUp(s, k)
			},
		},
		{
			Name: "LoadAndDelete", Argument: keys,
			Call: func(m table, _, k int) any { v, loaded := m.LoadAndDelete(k); return result{v, loaded} },
			Step: func(s model, k int, r any) (model, bool) { return without(s, k), r == lookUp(s, k) },
		},
		{
			Name: "CompareAndDelete", Argument: arguments,
			Call: func(m table, _, a int) any { return m.CompareAndDelete(split(a)) },
			Step: func(s model, a int, r any) (model, bool) {
				k, v := split(a)
				if lookUp(s, k) != (result{v, true}) {
					return s, r == false
				}
				return without(s, k), r == true
			},
		},
		{
			Name: "CompareAndSwap", Argument: arguments, // to the value that is one more
			Call: func(m table, _, a int) any { k, v := split(a); return m.CompareAndSwap(k, v, v+1) },
			Step: func(s model, a int, r any) (model, bool) {
				k, v := split(a)
				if lookUp(s, k) != (result{v, true}) {
					return s, r == false
				}
				return with(s, k, v+1), r == true
			},
		},
	},
}

func TestLinearizable(t *testing.T) { proptest.Check(t, subject) }

func TestLinearizableNatively(t *testing.T) { proptest.Stress(t, subject) }

// Swap without its lock.
func TestPlantedBug(t *testing.T) {
	code, err := mutate.New(t.Context(), mutate.Config{Programs: []mutate.Program{{Name: "one key", Body: func(*explorer.T) {
		shardmap.NewWithHash[int, int](1, identity).Swap(7, 1)
	}}}})
	require.NoError(t, err)
	bug, ok := code.Named("Map.Swap=unlocked")
	require.True(t, ok)
	found := proptest.Falsify(t, subject, proptest.Explore(explorer.Intercept(bug)))
	require.Equal(t, "data race", found.Message)
	require.LessOrEqual(t, found.Longest(), 3)
}
