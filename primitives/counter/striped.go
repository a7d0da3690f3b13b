package counter

import (
	"fmt"
	"math/bits"

	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
)

// Striped is a counter in several parts, each on cache lines of its own. It must be made by [NewStriped].
//
// Go does not tell a goroutine where it runs, so the caller says which part to add to, by a hint: any number, best one that
// differs between goroutines that count at the same time, such as a worker's index, or the hash of a connection. Equal hints
// cost time, no correctness.
type Striped struct {
	stripes []stripe // a power of two
}

type stripe struct {
	n atomic.Int64
	_ cpu.CacheLinePad
}

// NewStriped returns a counter with at least so many stripes, at least 1, rounded up to a power of two. As many as there are
// processors are enough, if hints are even; several times as many if they are random.
func NewStriped(stripes int) *Striped {
	const most = 1 << 20
	if stripes < 1 || stripes > most {
		panic(fmt.Sprintf("counter.NewStriped: expected from 1 to %d stripes, not %d", most, stripes))
	}
	return &Striped{make([]stripe, 1<<bits.Len(uint(stripes-1)))}
}

// Add adds delta to the stripe that the hint picks.
func (s *Striped) Add(hint int, delta int64) {
	s.stripes[hint&(len(s.stripes)-1)].n.Add(delta, atomic.Relaxed) // INV-COUNTER-1
}

// Sum returns the count: with all additions that happen before, and any of those that happen neither before nor after.
//
// While others add, it need not be what the count was at any moment: of two additions, one after the other, it may have the
// second only. If no delta is negative, then what a goroutine sums later is no less.
func (s *Striped) Sum() (sum int64) {
	for i := range s.stripes {
		sum += s.stripes[i].n.Load(atomic.Relaxed) // INV-COUNTER-3
	}
	return sum
}
