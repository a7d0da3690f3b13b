package shardmap

import (
	"golang.org/x/sys/cpu"

	"github.com/weakmem/litmus/primitives/atomic"
	"github.com/weakmem/litmus/primitives/sync"
)

// shard is a part of the keys.
type shard[K comparable, V any] struct {
	mu sync.RWMutex
	// The explorer sees no accesses to a Go map, so they go through a cell: to write to the map is to store to the cell.
	entries atomic.Cell[map[K]V]
	_       cpu.CacheLinePad // between what two shards write
}

// read returns the entries for reading. The caller holds mu.
func (s *shard[K, V]) read() map[K]V { return s.entries.Load() }

// write returns the entries for writing. The caller holds mu for writing.
func (s *shard[K, V]) write() map[K]V {
	entries := s.entries.Load()
	if entries == nil {
		entries = map[K]V{}
	}
	s.entries.Store(entries)
	return entries
}

// has reports whether key has that value. The caller holds mu.
func (s *shard[K, V]) has(key K, value V) bool {
	v, ok := s.read()[key]
	return ok && any(v) == any(value)
}
