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

// Value is a T behind a sequence lock. It must be made by [New].
type Value[T any] struct {
	sequence sequence
}

// New returns a Value that holds v. It panics if T contains pointers, also those inside slices, strings, maps, interfaces and
// the like: the collector must find every pointer, and a reader might see half of a string.
func New[T any](v T) *Value[T] {
	requirePointerFree[T]()
	b := box[T]{v: v}
	s := &Value[T]{}
	s.sequence.init(b.words())
	return s
}

// attempts are how many times Read tries before it takes a writer's turn. A write takes less time than a few copies.
const attempts = 3

// Read returns what s holds. Where writers keep getting in its way, it waits for a turn as one of them, and is not starved.
func (s *Value[T]) Read() T {
	var b box[T]
	for range attempts {
		if s.sequence.tryRead(b.words()) {
			return b.v
		}
	}
	s.sequence.writers.Lock() // INV-SEQLOCK-1
	s.sequence.copyOut(b.words())
	s.sequence.writers.Unlock()
	return b.v
}

// TryRead returns what s holds, or false if a writer is there or came meanwhile. It never waits.
func (s *Value[T]) TryRead() (v T, ok bool) {
	var b box[T]
	if !s.sequence.tryRead(b.words()) {
		return v, false
	}
	return b.v, true
}

// Write makes s hold v. It waits for its turn among the writers.
func (s *Value[T]) Write(v T) {
	b := box[T]{v: v}
	s.sequence.writers.Lock() // INV-SEQLOCK-1
	s.sequence.change(b.words())
	s.sequence.writers.Unlock()
}

// Update makes s hold what change makes of what it holds, and returns that. No other write comes between. Readers go on while
// change runs. It must not write to s: that would deadlock.
func (s *Value[T]) Update(change func(T) T) T {
	var b box[T]
	s.sequence.writers.Lock() // INV-SEQLOCK-1
	defer s.sequence.writers.Unlock()
	s.sequence.copyOut(b.words())
	b.v = change(b.v)
	s.sequence.change(b.words())
	return b.v
}
