package shardmap

// Range calls f with each key and value, in no order, until f returns false; a range statement takes it: for k, v := range
// m.Range. Each shard is as it was at one moment during the call, but not all at the same: a key that is in the map all the
// time comes once, with a value that it has had during the call; one that is put in or taken out meanwhile may come or not;
// none comes twice. No lock is held while f runs, so that it may call any method of m. Range allocates room for the
// entries of the largest shard.
func (m *Map[K, V]) Range(f func(key K, value V) bool) {
	var copied []entry[K, V]
	for i := range m.shards {
		copied = m.shards[i].appendTo(copied[:0])
		for _, e := range copied {
			if !f(e.key, e.value) { // INV-SHARDMAP-5: without a lock
				return
			}
		}
	}
}

type entry[K comparable, V any] struct {
	key   K
	value V
}

func (s *shard[K, V]) appendTo(all []entry[K, V]) []entry[K, V] {
	s.mu.RLock() // INV-SHARDMAP-1, INV-SHARDMAP-4
	defer s.mu.RUnlock()
	for key, value := range s.read() {
		all = append(all, entry[K, V]{key, value})
	}
	return all
}

// Len returns how many keys there are: the sum over the shards, each at a moment of its own. It is exact if no key is put in
// or taken out meanwhile, and it costs a lock for each shard.
func (m *Map[K, V]) Len() int {
	n := 0
	for i := range m.shards {
		n += m.shards[i].len()
	}
	return n
}

func (s *shard[K, V]) len() int {
	s.mu.RLock() // INV-SHARDMAP-1
	defer s.mu.RUnlock()
	return len(s.read())
}
