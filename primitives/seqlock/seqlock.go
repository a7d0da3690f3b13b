// Package seqlock is a sequence lock: data that readers copy without writing anything shared, and copy again if a writer was
// there meanwhile.
//
// A [Value] holds a T that contains no pointers. Writers, any number, take turns by a mutex. Readers hold up neither them nor
// one another, but for one that has tried in vain several times and takes a turn. It suits data that is read often and
// changed seldom, and is small: what must be read at once, such as a time and its rate.
//
// Writers make a count odd before they change the data, and even after. A reader that finds the same even count before and
// after its copy has copied the data of one write. Readers do read while a writer writes, so the data are atomic words,
// relaxed; two fences keep them between the two looks at the count (Boehm, "Can Seqlocks Get Along with Programming Language
// Memory Models?", MSPC 2012). specs/seqlock.md has the orderings and the argument.
//
// A read costs two loads of the count and one of each word, and as much again, twice at most, if it overlaps a write; a write,
// a mutex, two stores of the count and one of each word. Neither allocates.
package seqlock

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// Value is a T behind a sequence lock. It must be made by [New].
type Value[T any] struct {
	count   atomic.Uint64   // odd while words change
	words   []atomic.Uint64 // T, as it lies in memory
	writers sync.Mutex
}

// New returns a Value that holds v. It panics if T contains pointers, also those inside slices, strings, maps, interfaces and
// the like: the collector must find every pointer, and a reader might see half of a string.
func New[T any](v T) *Value[T] {
	requirePointerFree[T]()
	s := &Value[T]{words: make([]atomic.Uint64, len(new(box[T]).words()))}
	s.copyIn(v)
	return s
}

// attempts are how many times Read tries before it takes a writer's turn. A write takes less time than a few copies.
const attempts = 3

// Read returns what s holds. Where writers keep getting in its way, it waits for a turn as one of them, and is not starved.
func (s *Value[T]) Read() T {
	for range attempts {
		if v, ok := s.TryRead(); ok {
			return v
		}
	}
	s.writers.Lock() // INV-SEQLOCK-1
	defer s.writers.Unlock()
	return s.copyOut()
}

// TryRead returns what s holds, or false if a writer is there or came meanwhile. It never waits.
func (s *Value[T]) TryRead() (v T, ok bool) {
	before := s.count.Load(atomic.Acquire) // INV-SEQLOCK-3
	if before&1 != 0 {
		return v, false
	}
	copied := s.copyOut()
	atomic.Fence(atomic.Acquire)          // INV-SEQLOCK-4
	after := s.count.Load(atomic.Relaxed) // INV-SEQLOCK-4
	if after != before {
		return v, false
	}
	return copied, true
}

// Write makes s hold v. It waits for its turn among the writers.
func (s *Value[T]) Write(v T) {
	s.writers.Lock() // INV-SEQLOCK-1
	s.change(v)
	s.writers.Unlock()
}

// Update makes s hold what change makes of what it holds, and returns that. No other write comes between. Readers go on while
// change runs. It must not write to s: that would deadlock.
func (s *Value[T]) Update(change func(T) T) T {
	s.writers.Lock() // INV-SEQLOCK-1
	defer s.writers.Unlock()
	v := change(s.copyOut())
	s.change(v)
	return v
}

// change is called by one writer at a time.
func (s *Value[T]) change(v T) {
	count := s.count.Load(atomic.Relaxed)  // INV-SEQLOCK-1
	s.count.Store(count+1, atomic.Relaxed) // INV-SEQLOCK-2
	atomic.Fence(atomic.Release)           // INV-SEQLOCK-4
	s.copyIn(v)
	s.count.Store(count+2, atomic.Release) // INV-SEQLOCK-3
}

func (s *Value[T]) copyIn(v T) {
	b := box[T]{v: v}
	for i, w := range b.words() {
		s.words[i].Store(w, atomic.Relaxed) // INV-SEQLOCK-4
	}
}

func (s *Value[T]) copyOut() T {
	var b box[T]
	for i, w := 0, b.words(); i < len(w); i++ {
		w[i] = s.words[i].Load(atomic.Relaxed) // INV-SEQLOCK-4
	}
	return b.v
}
