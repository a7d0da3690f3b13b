package sequential

import (
	"maps"

	"pgregory.net/rapid"

	"github.com/weakmem/litmus/primitives/proptest"
	"github.com/weakmem/litmus/primitives/shardmap"
)

type (
	shardTable     = *shardmap.Map[int, int]
	shardModel     = map[int]int
	shardOperation = proptest.Operation[shardTable, shardModel]
)

// An argument is a key and a value: 10 times the one and the other.
var (
	keys      = rapid.IntRange(0, 1)
	arguments = rapid.Custom(func(t *rapid.T) int { return 10*keys.Draw(t, "key") + rapid.IntRange(1, 3).Draw(t, "value") })
)

func split(argument int) (key, value int) { return argument / 10, argument % 10 }

func with(m shardModel, key, value int) shardModel {
	m = maps.Clone(m)
	m[key] = value
	return m
}

func without(m shardModel, key int) shardModel {
	m = maps.Clone(m)
	delete(m, key)
	return m
}

func lookUp(m shardModel, key int) taken {
	value, ok := m[key]
	return taken{value, ok}
}

// Shardmap is a map of two shards and two keys, one in each.
var Shardmap = proptest.Subject[shardTable, shardModel]{
	New: func(int) shardTable {
		return shardmap.NewWithHash[int, int](2, func(key int) uint64 { return uint64(key) })
	},
	Init: func() shardModel { return shardModel{} },
	Operations: []shardOperation{
		{
			Name: "Load", Argument: keys,
			Call: func(m shardTable, _, k int) any { v, ok := m.Load(k); return taken{v, ok} },
			Step: func(s shardModel, k int, r any) (shardModel, bool) { return s, r == lookUp(s, k) },
		},
		{
			Name: "Store", Argument: arguments,
			Call: func(m shardTable, _, a int) any { m.Store(split(a)); return nil },
			Step: func(s shardModel, a int, _ any) (shardModel, bool) { k, v := split(a); return with(s, k, v), true },
		},
		{
			Name: "LoadOrStore", Argument: arguments,
			Call: func(m shardTable, _, a int) any { v, loaded := m.LoadOrStore(split(a)); return taken{v, loaded} },
			Step: func(s shardModel, a int, r any) (shardModel, bool) {
				k, v := split(a)
				if was := lookUp(s, k); was.ok {
					return s, r == was
				}
				return with(s, k, v), r == taken{v, false}
			},
		},
		{
			Name: "Swap", Argument: arguments,
			Call: func(m shardTable, _, a int) any { v, loaded := m.Swap(split(a)); return taken{v, loaded} },
			Step: func(s shardModel, a int, r any) (shardModel, bool) {
				k, v := split(a)
				return with(s, k, v), r == lookUp(s, k)
			},
		},
		{
			Name: "LoadAndDelete", Argument: keys,
			Call: func(m shardTable, _, k int) any { v, loaded := m.LoadAndDelete(k); return taken{v, loaded} },
			Step: func(s shardModel, k int, r any) (shardModel, bool) { return without(s, k), r == lookUp(s, k) },
		},
		{
			Name: "CompareAndDelete", Argument: arguments,
			Call: func(m shardTable, _, a int) any { return m.CompareAndDelete(split(a)) },
			Step: func(s shardModel, a int, r any) (shardModel, bool) {
				k, v := split(a)
				if lookUp(s, k) != (taken{v, true}) {
					return s, r == false
				}
				return without(s, k), r == true
			},
		},
		{
			Name: "CompareAndSwap", Argument: arguments, // to the value that is one more
			Call: func(m shardTable, _, a int) any { k, v := split(a); return m.CompareAndSwap(k, v, v+1) },
			Step: func(s shardModel, a int, r any) (shardModel, bool) {
				k, v := split(a)
				if lookUp(s, k) != (taken{v, true}) {
					return s, r == false
				}
				return with(s, k, v+1), r == true
			},
		},
	},
}
