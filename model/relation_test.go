package model

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pairs is a relation as a set of pairs: what Relation must agree with.
type pairs map[[2]int]bool

func (p pairs) relation(n int) *Relation {
	r := NewRelation(n)
	for x := range p {
		r.Add(x[0], x[1])
	}
	return r
}

// where is the relation of the pairs that satisfy f.
func where(n int, f func(i, j int) bool) pairs {
	p := pairs{}
	for i := range n {
		for j := range n {
			if f(i, j) {
				p[[2]int{i, j}] = true
			}
		}
	}
	return p
}

func (p pairs) has(i, j int) bool { return p[[2]int{i, j}] }

func (p pairs) compose(n int, q pairs) pairs {
	out := pairs{}
	for x := range p {
		for j := range n {
			if q.has(x[1], j) {
				out[[2]int{x[0], j}] = true
			}
		}
	}
	return out
}

func (p pairs) closure(n int) pairs {
	out := where(n, p.has)
	for k := range n {
		for i := range n {
			for j := range n {
				if out.has(i, k) && out.has(k, j) {
					out[[2]int{i, j}] = true
				}
			}
		}
	}
	return out
}

func (p pairs) loop(n int) bool {
	for i := range n {
		if p.has(i, i) {
			return true
		}
	}
	return false
}

// size draws a number of events, around the widths of a word.
func size(t *rapid.T) int {
	return rapid.SampledFrom([]int{0, 1, 2, 5, 8, 13, 20, 63, 64, 65, 70, 128, 130}).Draw(t, "n")
}

// drawPairs draws a relation with few pairs more often than one with many.
func drawPairs(t *rapid.T, n int, name string) pairs {
	p := pairs{}
	if n == 0 {
		return p
	}
	event := rapid.IntRange(0, n-1)
	for _, x := range rapid.SliceOfN(event, 0, 6*n).Draw(t, name) {
		p[[2]int{x, event.Draw(t, name)}] = true
	}
	return p
}

func drawSet(t *rapid.T, n int, name string) (map[int]bool, *Set) {
	in, s := map[int]bool{}, NewSet(n)
	for i := range n {
		if rapid.Bool().Draw(t, name) {
			in[i] = true
			s.Add(i)
		}
	}
	return in, s
}

func requireRelation(t *rapid.T, n int, want pairs, got *Relation, what string) {
	require.Equal(t, n, got.Len(), what)
	require.Equal(t, want, where(n, got.Has), what)
	require.Equal(t, len(want), got.Count(), "%s: bits beyond the universe", what)
	require.Equal(t, len(want) == 0, got.IsEmpty(), what)
}

// TestRelationOperators holds each operation against sets of pairs. The
// receiver holds another relation, of another size, at first.
func TestRelationOperators(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := size(t)
		p, q := drawPairs(t, n, "p"), drawPairs(t, n, "q")
		a, b := p.relation(n), q.relation(n)
		s, sSet := drawSet(t, n, "s")
		u, uSet := drawSet(t, n, "u")
		used := size(t)
		stale := drawPairs(t, used, "stale").relation(used)
		into := func(f func(r *Relation)) *Relation {
			r := &Relation{}
			r.Copy(stale)
			f(r)
			return r
		}
		check := func(what string, f func(r *Relation), want func(i, j int) bool) {
			requireRelation(t, n, where(n, want), into(f), what)
		}
		check("union", func(r *Relation) { r.Union(a, b) }, func(i, j int) bool { return p.has(i, j) || q.has(i, j) })
		check("intersection", func(r *Relation) { r.Intersect(a, b) }, func(i, j int) bool { return p.has(i, j) && q.has(i, j) })
		check("difference", func(r *Relation) { r.Minus(a, b) }, func(i, j int) bool { return p.has(i, j) && !q.has(i, j) })
		check("complement", func(r *Relation) { r.Complement(a) }, func(i, j int) bool { return !p.has(i, j) })
		check("inverse", func(r *Relation) { r.Inverse(a) }, func(i, j int) bool { return p.has(j, i) })
		check("composition", func(r *Relation) { r.Compose(a, b) }, p.compose(n, q).has)
		check("closure", func(r *Relation) { r.Closure(a) }, p.closure(n).has)
		check("identity", func(r *Relation) { r.Identity(n) }, func(i, j int) bool { return i == j })
		check("identity on a set", func(r *Relation) { r.IdentityOn(sSet) }, func(i, j int) bool { return i == j && s[i] })
		check("product", func(r *Relation) { r.Product(sSet, uSet) }, func(i, j int) bool { return s[i] && u[j] })
		check("restriction", func(r *Relation) { r.Restrict(sSet, a, uSet) }, func(i, j int) bool { return s[i] && p.has(i, j) && u[j] })
		check("identity added", func(r *Relation) { r.Copy(a); r.AddIdentity() }, func(i, j int) bool { return i == j || p.has(i, j) })
		check("row", func(r *Relation) {
			r.Copy(a)
			if n > 0 {
				r.SetRow(n-1, sSet)
			}
		}, func(i, j int) bool { return i == n-1 && s[j] || i != n-1 && p.has(i, j) })

		// The receiver may be an operand.
		own := &Relation{}
		own.Copy(a)
		own.Union(own, b)
		own.Minus(own, a)
		own.Closure(own)
		requireRelation(t, n, where(n, func(i, j int) bool { return q.has(i, j) && !p.has(i, j) }).closure(n), own, "in place")

		require.Equal(t, !p.loop(n), a.IsIrreflexive())
		require.Equal(t, !p.closure(n).loop(n), a.IsAcyclic())
		require.Equal(t, !p.compose(n, q).loop(n), a.LoopFree(b))
		require.Equal(t, len(where(n, func(i, j int) bool { return p.has(i, j) != q.has(i, j) })) == 0, a.Equal(b))
		require.Equal(t, len(where(n, func(i, j int) bool { return p.has(i, j) && !q.has(i, j) })) == 0, a.IsSubset(b))
	})
}

// TestCycle: the cycle found is one, has no shorter one beside it, and is missing only if there is none.
func TestCycle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := size(t)
		p := drawPairs(t, n, "p")
		cycle := p.relation(n).Cycle()
		power, shortest := p, 0
		for k := 1; k <= n && shortest == 0; k++ {
			if power.loop(n) {
				shortest = k
			}
			power = power.compose(n, p)
		}
		require.Len(t, cycle, shortest)
		for i, e := range cycle {
			require.True(t, p.has(e, cycle[(i+1)%len(cycle)]), "no pair after %d in %v", e, cycle)
		}
	})
}

// TestSetOperators holds each operation against maps.
func TestSetOperators(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := size(t)
		s, a := drawSet(t, n, "s")
		u, b := drawSet(t, n, "u")
		p := drawPairs(t, n, "p")
		_, stale := drawSet(t, size(t), "stale")
		check := func(what string, f func(x *Set), want func(i int) bool) {
			x := &Set{}
			x.Copy(stale)
			f(x)
			count := 0
			next := x.Next(0)
			for i := range n {
				require.Equal(t, want(i), x.Has(i), "%s: %d", what, i)
				if want(i) {
					require.Equal(t, i, next, what)
					next = x.Next(i + 1)
					count++
				}
			}
			require.Equal(t, -1, next, what)
			require.Equal(t, n, x.Len(), what)
			require.Equal(t, count, x.Count(), "%s: bits beyond the universe", what)
			require.Equal(t, count == 0, x.IsEmpty(), what)
		}
		check("union", func(x *Set) { x.Union(a, b) }, func(i int) bool { return s[i] || u[i] })
		check("intersection", func(x *Set) { x.Intersect(a, b) }, func(i int) bool { return s[i] && u[i] })
		check("difference", func(x *Set) { x.Minus(a, b) }, func(i int) bool { return s[i] && !u[i] })
		check("complement", func(x *Set) { x.Complement(a) }, func(i int) bool { return !s[i] })
		check("fill", func(x *Set) { x.Fill(n) }, func(int) bool { return true })
		check("domain", func(x *Set) { x.Domain(p.relation(n)) }, func(i int) bool {
			for j := range n {
				if p.has(i, j) {
					return true
				}
			}
			return false
		})
		check("range", func(x *Set) { x.Range(p.relation(n)) }, func(j int) bool {
			for i := range n {
				if p.has(i, j) {
					return true
				}
			}
			return false
		})
		if n > 0 {
			check("removal", func(x *Set) { x.Copy(a); x.Remove(n - 1) }, func(i int) bool { return s[i] && i != n-1 })
		}
		same := true
		for i := range n {
			same = same && s[i] == u[i]
		}
		require.Equal(t, same, a.Equal(b))
	})
}

// sparse draws a relation of n events with about three successors each, forward ones only if asked.
func sparse(n int, forward bool) *Relation {
	rng := rand.New(rand.NewSource(int64(n)))
	r := NewRelation(n)
	for range 3 * n {
		i, j := rng.Intn(n), rng.Intn(n)
		if forward && i >= j {
			continue
		}
		r.Add(i, j)
	}
	return r
}

func BenchmarkRelation(b *testing.B) {
	for _, n := range []int{10, 20, 40, 64, 100} {
		x, y, out := sparse(n, false), sparse(n, true), NewRelation(n)
		s, u := NewSet(n), NewSet(n)
		for i := range n {
			if i%2 == 0 {
				s.Add(i)
			} else {
				u.Add(i)
			}
		}
		for _, op := range []struct {
			name string
			f    func()
		}{
			{"Union", func() { out.Union(x, y) }},
			{"Minus", func() { out.Minus(x, y) }},
			{"Compose", func() { out.Compose(x, y) }},
			{"Inverse", func() { out.Inverse(x) }},
			{"Closure", func() { out.Closure(y) }},
			{"Restrict", func() { out.Restrict(s, x, u) }},
			{"LoopFree", func() { x.LoopFree(y) }},
			{"IsAcyclic/yes", func() { y.IsAcyclic() }},
			{"IsAcyclic/no", func() { x.IsAcyclic() }},
		} {
			b.Run(fmt.Sprintf("%s/%d", op.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					op.f()
				}
			})
		}
	}
}
