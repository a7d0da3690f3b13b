package sequencer

import (
	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// locked is the order under one mutex.
type locked struct {
	*shared
	mu      sync.Mutex
	changed sync.Cond
	next    atomic.Cell[uint64]   // numbers below it are claimed
	turns   []atomic.Cell[uint64] // by slot: one more than the number that was last published in it; 0: none was
	read    []atomic.Cell[uint64] // by consumer: it is done with the numbers below
}

func newLocked(s *shared, consumers int) *locked {
	l := &locked{shared: s, turns: make([]atomic.Cell[uint64], s.capacity), read: make([]atomic.Cell[uint64], consumers)}
	l.changed.L = &l.mu
	return l
}

func (l *locked) claim(_ *claimant, n uint64, wait bool) (uint64, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.next.Load()+n > l.slowest(l.gates)+l.capacity {
		if !wait {
			return 0, false
		}
		l.changed.Wait()
	}
	first := l.next.Load()
	l.next.Store(first + n)
	return first, true
}

func (l *locked) publish(first, n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := first; i < first+n; i++ {
		l.turns[i&(l.capacity-1)].Store(i + 1)
	}
	l.changed.Broadcast()
}

func (l *locked) available(r *place, n uint64, wait bool) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		end := n
		if len(r.after) > 0 {
			end = l.slowest(r.after)
		} else {
			for l.turns[end&(l.capacity-1)].Load() == end+1 {
				end++
			}
		}
		if end > n || !wait {
			return end
		}
		l.changed.Wait()
	}
}

func (l *locked) advance(r *place, to uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.read[r.id].Store(to)
	l.changed.Broadcast()
}

// slowest returns how far all of some consumers are.
func (l *locked) slowest(consumers []*place) uint64 {
	least := ^uint64(0)
	for _, r := range consumers {
		least = min(least, l.read[r.id].Load())
	}
	return least
}
