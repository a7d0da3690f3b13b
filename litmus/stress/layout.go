package stress

import "math/rand/v2"

// line is the size in bytes of what processors keep in their caches as one; some fetch two at a time.
const line = 64

// layout is where the locations of an instance are: at offsets from the instance's address, which is that of a line.
type layout struct {
	offsets []int32 // by location
	stride  int32   // bytes from an instance's beginning to the next one's
}

// newLayout gives each location lines of its own.
func newLayout(p *program) layout { return p.spread(1, func(int) int { return 0 }, nil) }

// spread gives each location lines of its own, and leaves gap-1 lines between them. pick(n) chooses one of n places within a
// location's lines; the locations come in the order given, or their own.
func (p *program) spread(gap int, pick func(n int) int, order []int) layout {
	l := layout{offsets: make([]int32, len(p.locations))}
	for k := range p.locations {
		at := k
		if order != nil {
			at = order[k]
		}
		size := p.locations[at].size
		lines := (size + line - 1) / line
		room := (lines*line-size)/align + 1
		l.offsets[at] = l.stride + int32(pick(int(room)))*align
		l.stride += lines*line + int32(gap-1)*line
	}
	l.stride = max(l.stride, line)
	return l
}

// align is what every location's address is a multiple of, so that no access of up to 16 bytes leaves it by mistake.
const align = 16

// pack puts the locations one right after the other.
func (p *program) pack(order []int) layout {
	l := layout{offsets: make([]int32, len(p.locations))}
	for _, at := range order {
		l.offsets[at] = l.stride
		l.stride += (p.locations[at].size + align - 1) &^ (align - 1)
	}
	l.stride = max((l.stride+line-1)&^(line-1), line)
	return l
}

// drawLayout chooses one of the many layouts there are.
func (p *program) drawLayout(r *rand.Rand) layout {
	order := r.Perm(len(p.locations))
	if r.IntN(4) == 0 {
		return p.pack(order)
	}
	return p.spread(1+r.IntN(3), r.IntN, order)
}
