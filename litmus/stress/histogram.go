package stress

// histogram counts tuples of values. Adding one that was seen before allocates nothing.
type histogram struct {
	width int      // values a tuple
	table []int32  // open addressing, by hash: 1 + the number of a tuple; a power of 2 of them, at most half of them used
	seen  []uint64 // tuples, width values each
	count []int64  // by tuple
}

func newHistogram(width int) *histogram {
	return &histogram{width: width, table: make([]int32, 64)}
}

// add counts a tuple.
func (h *histogram) add(tuple []uint64, n int64) {
	at := h.find(tuple)
	if h.table[at] == 0 {
		if 2*(len(h.count)+1) > len(h.table) {
			h.grow()
			at = h.find(tuple)
		}
		h.seen = append(h.seen, tuple...)
		h.count = append(h.count, 0)
		h.table[at] = int32(len(h.count))
	}
	h.count[h.table[at]-1] += n
}

// find returns the place in the table at which the tuple is, or would be.
func (h *histogram) find(tuple []uint64) int {
	mask := len(h.table) - 1
	at := int(hash(tuple)) & mask
	for ; h.table[at] != 0; at = (at + 1) & mask {
		if h.equal(int(h.table[at]-1), tuple) {
			break
		}
	}
	return at
}

func (h *histogram) equal(n int, tuple []uint64) bool {
	for i, v := range h.tuple(n) {
		if v != tuple[i] {
			return false
		}
	}
	return true
}

func (h *histogram) tuple(n int) []uint64 { return h.seen[n*h.width:][:h.width] }

func (h *histogram) grow() {
	h.table = make([]int32, 2*len(h.table))
	for n := range h.count {
		h.table[h.find(h.tuple(n))] = int32(n + 1)
	}
}

// hash is the multiply-and-rotate of FNV-1a's kind, a word at a time; its high bits come down last.
func hash(tuple []uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, v := range tuple {
		h = (h ^ v) * 0xff51afd7ed558ccd
		h ^= h >> 32
	}
	return h
}
