// Package counter counts events from many goroutines.
//
// A [Counter] is one relaxed atomic. A [Striped] counter spreads additions over cache lines, so that goroutines on different
// processors do not take one line from each other; what it gives up is reading it at one moment.
//
// Both lose nothing, since additions are atomic read-modify-writes, and neither orders any other memory: who sees a count
// knows nothing of what was done before it was counted. That is what statistics need. A count that others act on, such as
// one of references, needs an atomic of its own with a release and an acquire.
//
// Add costs one locked instruction; under contention, on a Counter, a cache line's way between processors as well. Load costs
// a load, Sum one of each stripe. specs/counter.md has the promises. Striping is that of "counters with a statistical
// flavour" in McKenney, "Is Parallel Programming Hard, And, If So, What Can You Do About It?", chapter 5.
package counter

import "github.com/weakmem/litmus/primitives/atomic"

// Counter is a relaxed counter. The zero value is 0.
type Counter struct {
	n atomic.Int64
}

// Add adds delta and returns the sum. No two additions of 1 return the same, unless others subtract.
func (c *Counter) Add(delta int64) int64 {
	return c.n.Add(delta, atomic.Relaxed) // INV-COUNTER-1
}

// Load returns the count: with at least all additions that happen before. What a goroutine loads later is no older.
func (c *Counter) Load() int64 {
	return c.n.Load(atomic.Relaxed) // INV-COUNTER-2
}
