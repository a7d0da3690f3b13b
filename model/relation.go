package model

import "math/bits"

// Set is a set of events 0 … n-1: bit i of the words stands for event i.
// Bits from n up are zero.
type Set struct {
	n    int
	bits []uint64
}

// Relation is a binary relation over events 0 … n-1: n rows of ⌈n/64⌉ words,
// row i holding the successors of i. Operations write their receiver, which
// may be one of the operands unless said otherwise, and allocate nothing once
// the receiver has its size.
type Relation struct {
	n, w int
	rows []uint64
}

func words(n int) int { return (n + 63) / 64 }

// resize returns s with length n and every word zero.
func resize(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n)
	}
	s = s[:n]
	clear(s)
	return s
}

// NewSet returns the empty set over n events.
func NewSet(n int) *Set { s := &Set{}; s.Reset(n); return s }

// Reset makes s the empty set over n events.
func (s *Set) Reset(n int) { s.n, s.bits = n, resize(s.bits, words(n)) }

// Len is the number of events of the universe.
func (s *Set) Len() int { return s.n }

// Add puts event i into s.
func (s *Set) Add(i int) { s.bits[i>>6] |= 1 << (i & 63) }

// Remove takes event i out of s.
func (s *Set) Remove(i int) { s.bits[i>>6] &^= 1 << (i & 63) }

// Has reports whether event i is in s.
func (s *Set) Has(i int) bool { return s.bits[i>>6]>>(i&63)&1 != 0 }

// Copy makes s equal to a.
func (s *Set) Copy(a *Set) {
	s.n = a.n
	s.bits = append(s.bits[:0], a.bits...)
}

// Union makes s the union of a and b.
func (s *Set) Union(a, b *Set) {
	s.fit(a)
	for i := range s.bits {
		s.bits[i] = a.bits[i] | b.bits[i]
	}
}

// Intersect makes s the intersection of a and b.
func (s *Set) Intersect(a, b *Set) {
	s.fit(a)
	for i := range s.bits {
		s.bits[i] = a.bits[i] & b.bits[i]
	}
}

// Minus makes s the difference of a and b.
func (s *Set) Minus(a, b *Set) {
	s.fit(a)
	for i := range s.bits {
		s.bits[i] = a.bits[i] &^ b.bits[i]
	}
}

// Complement makes s the events that are not in a.
func (s *Set) Complement(a *Set) {
	s.fit(a)
	for i := range s.bits {
		s.bits[i] = ^a.bits[i]
	}
	s.trim()
}

// Fill makes s the set of all n events.
func (s *Set) Fill(n int) {
	s.Reset(n)
	for i := range s.bits {
		s.bits[i] = ^uint64(0)
	}
	s.trim()
}

func (s *Set) trim() {
	if s.n&63 != 0 {
		s.bits[len(s.bits)-1] &= 1<<(s.n&63) - 1
	}
}

func (s *Set) fit(a *Set) {
	if s.n != a.n {
		s.Reset(a.n)
	}
}

// IsEmpty reports whether s has no event.
func (s *Set) IsEmpty() bool {
	for _, w := range s.bits {
		if w != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether s and a hold the same events.
func (s *Set) Equal(a *Set) bool {
	for i, w := range s.bits {
		if w != a.bits[i] {
			return false
		}
	}
	return s.n == a.n
}

// Count is the number of events in s.
func (s *Set) Count() int {
	c := 0
	for _, w := range s.bits {
		c += bits.OnesCount64(w)
	}
	return c
}

// Next returns the least event ≥ i of s, or -1:
//
//	for i := s.Next(0); i >= 0; i = s.Next(i + 1)
func (s *Set) Next(i int) int { return next(s.bits, i) }

func next(row []uint64, i int) int {
	w := i >> 6
	if w >= len(row) {
		return -1
	}
	x := row[w] >> (i & 63)
	if x != 0 {
		return i + bits.TrailingZeros64(x)
	}
	for w++; w < len(row); w++ {
		if row[w] != 0 {
			return w<<6 + bits.TrailingZeros64(row[w])
		}
	}
	return -1
}

// NewRelation returns the empty relation over n events.
func NewRelation(n int) *Relation { r := &Relation{}; r.Reset(n); return r }

// Reset makes r the empty relation over n events.
func (r *Relation) Reset(n int) {
	r.n, r.w = n, words(n)
	r.rows = resize(r.rows, r.n*r.w)
}

// Len is the number of events of the universe.
func (r *Relation) Len() int { return r.n }

func (r *Relation) row(i int) []uint64 { return r.rows[i*r.w : (i+1)*r.w] }

// Add puts the pair (i, j) into r.
func (r *Relation) Add(i, j int) { r.rows[i*r.w+j>>6] |= 1 << (j & 63) }

// Remove takes the pair (i, j) out of r.
func (r *Relation) Remove(i, j int) { r.rows[i*r.w+j>>6] &^= 1 << (j & 63) }

// Has reports whether (i, j) is in r.
func (r *Relation) Has(i, j int) bool { return r.rows[i*r.w+j>>6]>>(j&63)&1 != 0 }

// SetRow makes s the successors of i.
func (r *Relation) SetRow(i int, s *Set) { copy(r.row(i), s.bits) }

// Next returns the least successor ≥ j of i, or -1.
func (r *Relation) Next(i, j int) int { return next(r.row(i), j) }

// Copy makes r equal to a.
func (r *Relation) Copy(a *Relation) {
	r.n, r.w = a.n, a.w
	r.rows = append(r.rows[:0], a.rows...)
}

func (r *Relation) fit(n int) {
	if r.n != n {
		r.Reset(n)
	}
}

// Union makes r = a | b.
func (r *Relation) Union(a, b *Relation) {
	r.fit(a.n)
	for i, x := range a.rows {
		r.rows[i] = x | b.rows[i]
	}
}

// Intersect makes r = a & b.
func (r *Relation) Intersect(a, b *Relation) {
	r.fit(a.n)
	for i, x := range a.rows {
		r.rows[i] = x & b.rows[i]
	}
}

// Minus makes r = a \ b.
func (r *Relation) Minus(a, b *Relation) {
	r.fit(a.n)
	for i, x := range a.rows {
		r.rows[i] = x &^ b.rows[i]
	}
}

// Complement makes r = ~a.
func (r *Relation) Complement(a *Relation) {
	r.fit(a.n)
	for i, x := range a.rows {
		r.rows[i] = ^x
	}
	if r.n&63 != 0 {
		mask := uint64(1)<<(r.n&63) - 1
		for i := r.w - 1; i < len(r.rows); i += r.w {
			r.rows[i] &= mask
		}
	}
}

// Identity makes r = id over n events.
func (r *Relation) Identity(n int) {
	r.Reset(n)
	for i := range n {
		r.Add(i, i)
	}
}

// IdentityOn makes r = [s].
func (r *Relation) IdentityOn(s *Set) {
	r.Reset(s.n)
	for i := s.Next(0); i >= 0; i = s.Next(i + 1) {
		r.Add(i, i)
	}
}

// Product makes r = s * t.
func (r *Relation) Product(s, t *Set) {
	r.Reset(s.n)
	for i := s.Next(0); i >= 0; i = s.Next(i + 1) {
		copy(r.row(i), t.bits)
	}
}

// Restrict makes r = [s] ; a ; [t].
func (r *Relation) Restrict(s *Set, a *Relation, t *Set) {
	r.fit(a.n)
	if a.w == 1 {
		tb := t.bits[0]
		sb := s.bits[0]
		for i, x := range a.rows {
			r.rows[i] = x & tb & -(sb >> i & 1)
		}
		return
	}
	for i := range a.n {
		row, from := r.row(i), a.row(i)
		if !s.Has(i) {
			clear(row)
			continue
		}
		for k, x := range from {
			row[k] = x & t.bits[k]
		}
	}
}

// Inverse makes r = a^-1. r must not be a.
func (r *Relation) Inverse(a *Relation) {
	r.Reset(a.n)
	if a.w == 1 {
		for i, x := range a.rows {
			for ; x != 0; x &= x - 1 {
				r.rows[bits.TrailingZeros64(x)] |= 1 << i
			}
		}
		return
	}
	for i := range a.n {
		for j := a.Next(i, 0); j >= 0; j = a.Next(i, j+1) {
			r.Add(j, i)
		}
	}
}

// Compose makes r = a ; b. r must be neither.
func (r *Relation) Compose(a, b *Relation) {
	r.fit(a.n)
	if a.w == 1 {
		for i, x := range a.rows {
			var y uint64
			for ; x != 0; x &= x - 1 {
				y |= b.rows[bits.TrailingZeros64(x)]
			}
			r.rows[i] = y
		}
		return
	}
	for i := range a.n {
		row := r.row(i)
		clear(row)
		for j := a.Next(i, 0); j >= 0; j = a.Next(i, j+1) {
			for k, x := range b.row(j) {
				row[k] |= x
			}
		}
	}
}

// Closure makes r = a^+, by Warshall's algorithm.
func (r *Relation) Closure(a *Relation) {
	if r != a {
		r.Copy(a)
	}
	if r.w == 1 {
		rows := r.rows
		for k := range rows {
			x := rows[k]
			if x == 0 {
				continue
			}
			for i := range rows {
				rows[i] |= x & -(rows[i] >> k & 1)
			}
		}
		return
	}
	for k := range r.n {
		from := r.row(k)
		for i := range r.n {
			if r.Has(i, k) {
				row := r.row(i)
				for w, x := range from {
					row[w] |= x
				}
			}
		}
	}
}

// AddIdentity makes r = a?, in place.
func (r *Relation) AddIdentity() {
	for i := range r.n {
		r.Add(i, i)
	}
}

// IsEmpty reports whether r has no pair.
func (r *Relation) IsEmpty() bool {
	for _, x := range r.rows {
		if x != 0 {
			return false
		}
	}
	return true
}

// Equal reports whether r and a hold the same pairs.
func (r *Relation) Equal(a *Relation) bool {
	if r.n != a.n {
		return false
	}
	for i, x := range r.rows {
		if x != a.rows[i] {
			return false
		}
	}
	return true
}

// Count is the number of pairs.
func (r *Relation) Count() int {
	c := 0
	for _, x := range r.rows {
		c += bits.OnesCount64(x)
	}
	return c
}

// IsIrreflexive reports whether r has no pair (i, i).
func (r *Relation) IsIrreflexive() bool {
	for i := range r.n {
		if r.Has(i, i) {
			return false
		}
	}
	return true
}

// IsSubset reports whether every pair of r is in a.
func (r *Relation) IsSubset(a *Relation) bool {
	for i, x := range r.rows {
		if x&^a.rows[i] != 0 {
			return false
		}
	}
	return true
}

// LoopFree reports whether r ; a has no pair (i, i), without computing it.
func (r *Relation) LoopFree(a *Relation) bool {
	if r.w == 1 {
		for i, x := range r.rows {
			for ; x != 0; x &= x - 1 {
				if a.rows[bits.TrailingZeros64(x)]>>i&1 != 0 {
					return false
				}
			}
		}
		return true
	}
	for i := range r.n {
		for j := r.Next(i, 0); j >= 0; j = r.Next(i, j+1) {
			if a.Has(j, i) {
				return false
			}
		}
	}
	return true
}

// IsAcyclic reports whether r^+ is irreflexive: a depth-first search that
// follows each pair at most once.
func (r *Relation) IsAcyclic() bool {
	if r.w != 1 {
		return r.isAcyclicWide()
	}
	var path [64]uint8
	var done uint64
	for start := range r.rows {
		if done>>start&1 != 0 {
			continue
		}
		depth, at, onPath := 0, start, uint64(1)<<start
		for {
			next := r.rows[at] &^ done
			if next&onPath != 0 {
				return false
			}
			if next != 0 {
				path[depth&63] = uint8(at)
				depth++
				at = bits.TrailingZeros64(next)
				onPath |= 1 << at
				continue
			}
			done |= 1 << at
			onPath &^= 1 << at
			if depth == 0 {
				break
			}
			depth--
			at = int(path[depth&63])
		}
	}
	return true
}

// isAcyclicWide is IsAcyclic for rows of several words.
func (r *Relation) isAcyclicWide() bool {
	const most = 512
	if r.n > most {
		return len(r.Cycle()) == 0
	}
	var path [most]uint16
	var done, onPath [most / 64]uint64
	for start := range r.n {
		if done[start>>6]>>(start&63)&1 != 0 {
			continue
		}
		depth, at := 0, start
		onPath[at>>6] |= 1 << (at & 63)
		for {
			to := -1
			for k, x := range r.row(at) {
				x &^= done[k]
				if x&onPath[k] != 0 {
					return false
				}
				if x != 0 && to < 0 {
					to = k<<6 + bits.TrailingZeros64(x)
				}
			}
			if to >= 0 {
				path[depth] = uint16(at)
				depth++
				at = to
				onPath[at>>6] |= 1 << (at & 63)
				continue
			}
			done[at>>6] |= 1 << (at & 63)
			onPath[at>>6] &^= 1 << (at & 63)
			if depth == 0 {
				break
			}
			depth--
			at = int(path[depth])
		}
	}
	return true
}

// Cycle returns a shortest cycle of r as its events in order, nil if r is acyclic.
func (r *Relation) Cycle() []int {
	var best []int
	from := make([]int, r.n)
	for start := range r.n {
		for i := range from {
			from[i] = -1
		}
		queue := []int{start}
		for len(queue) > 0 && from[start] < 0 {
			i := queue[0]
			queue = queue[1:]
			for j := r.Next(i, 0); j >= 0; j = r.Next(i, j+1) {
				if from[j] < 0 {
					from[j] = i
					queue = append(queue, j)
				}
			}
		}
		if from[start] < 0 {
			continue
		}
		cycle := []int{start}
		for i := from[start]; i != start; i = from[i] {
			cycle = append(cycle, i)
		}
		if best == nil || len(cycle) < len(best) {
			for i, j := 1, len(cycle)-1; i < j; i, j = i+1, j-1 {
				cycle[i], cycle[j] = cycle[j], cycle[i]
			}
			best = cycle
		}
	}
	return best
}

// Domain makes s the events with a successor in r.
func (s *Set) Domain(r *Relation) {
	s.Reset(r.n)
	for i := range r.n {
		for _, x := range r.row(i) {
			if x != 0 {
				s.Add(i)
				break
			}
		}
	}
}

// Range makes s the events with a predecessor in r.
func (s *Set) Range(r *Relation) {
	s.Reset(r.n)
	for i := range r.n {
		for k, x := range r.row(i) {
			s.bits[k] |= x
		}
	}
}
