package search

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/explorer/sim"
)

// Equal threads: fewer executions, and the same outcomes but for who is who.
func TestSymmetry(t *testing.T) {
	lock := &sim.Kind{Name: "lock", Chain: true}
	take := func(old, _, _ sim.Word) (sim.Word, sim.Verdict) {
		if old.Bits != 0 {
			return old, sim.Block
		}
		return sim.Bits(1), sim.Write
	}
	give := func(old, _, _ sim.Word) (sim.Word, sim.Verdict) { return sim.Bits(0), sim.Write }
	type program struct {
		name  string
		n     int
		f     func(x, y *atom) int // what each thread does, and sees
		equal map[string]int       // executions, with symmetry
	}
	for _, p := range []program{
		{"fetch-adds", 5, func(x, y *atom) int { return x.add(1, rlx) }, map[string]int{"sc": 1, "ra": 1, "rc11": 120}},
		{"two fetch-adds", 3, func(x, y *atom) int { return x.add(1, rlx)*10 + y.add(1, rlx) }, map[string]int{"sc": 6, "tso": 6}},
		{"load", 4, func(x, y *atom) int { n := x.load(rlx); x.store(n+1, rlx); return n }, map[string]int{}},
		{"store, load", 3, func(x, y *atom) int { x.store(y.load(rlx)+1, rlx); return y.load(rlx)*10 + x.load(rlx) }, map[string]int{}},
		{"swap", 3, func(x, y *atom) int {
			if x.cas(0, 1, sc, sc) {
				y.store(1, rlx)
				return 100
			}
			return y.load(rlx)
		}, map[string]int{}},
		{"lock", 5, func(x, y *atom) int {
			v := sim.Var{Addr: unsafe.Pointer(x), Kind: lock}
			sim.Current().Update(v, take, sim.Word{}, sim.Word{}, acq, rlx)
			n := y.load(rlx)
			y.store(n+1, rlx)
			sim.Current().Update(v, give, sim.Word{}, sim.Word{}, rel, rlx)
			return n
		}, map[string]int{"sc": 1, "rc11": 1, "go": 1}},
	} {
		for _, model := range Models() {
			t.Run(p.name+"/"+model, func(t *testing.T) {
				explore := func(symmetric bool) (map[string]bool, int) {
					outcomes := map[string]bool{}
					var seen []int
					r, err := Explore(context.Background(), Config{Model: model, Symmetric: symmetric, Complete: func(*View) {
						s := slices.Clone(seen)
						sort.Ints(s)
						outcomes[fmt.Sprint(s)] = true
					}}, func(m sim.Thread) {
						x, y := new(atom), new(atom)
						seen = make([]int, p.n)
						here := seen
						var ids []int
						for i := range p.n {
							ids = append(ids, m.Go("equal", func() { here[i] = p.f(x, y) }))
						}
						for _, id := range ids {
							m.Join(id)
						}
					})
					require.NoError(t, err)
					require.Nil(t, r.Failure)
					return outcomes, int(r.Executions)
				}
				all, n := explore(false)
				some, k := explore(true)
				require.Equal(t, all, some)
				require.LessOrEqual(t, k, n)
				if want, ok := p.equal[model]; ok {
					require.Equal(t, want, k)
				}
			})
		}
	}
}
