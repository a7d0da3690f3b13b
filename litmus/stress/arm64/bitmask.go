package arm64

import (
	"errors"
	"fmt"
	"math/bits"
)

// errBitmask is the error for a constant that is no bitmask immediate.
var errBitmask = errors.New("expected a bitmask immediate: a run of ones, rotated, repeated over the register every 2, 4, 8, 16, 32 or 64 bits")

// bitmask returns the fields N, immr and imms of a logical immediate, N at bit 12
// and immr at bit 6: the inverse of DecodeBitMasks (shared pseudocode of chapter
// J1). The immediate is that of a register of width bits; for 32 the high half may
// be its sign's extension.
func bitmask(n int64, width int64) (uint32, error) {
	v := uint64(n)
	if width == 32 {
		if n != int64(int32(n)) && n != int64(uint32(n)) {
			return 0, fmt.Errorf("#%d: expected 32 bits", n)
		}
		v = uint64(uint32(n)) | uint64(uint32(n))<<32
	}
	if v == 0 || ^v == 0 {
		return 0, fmt.Errorf("#%d: %w", n, errBitmask)
	}
	// The element is the shortest part whose repetition is the value.
	size := 64
	for size > 2 && bits.RotateLeft64(v, size/2) == v {
		size /= 2
	}
	element := v & (1<<size - 1) // a shift by 64 gives 0, and 0 - 1 all ones
	ones := bits.OnesCount64(element)
	run := uint64(1)<<ones - 1
	for r := range size {
		if rotateRight(run, r, size) == element {
			// imms has the element's size as leading ones and a zero, then how many ones it has less one.
			imms := uint32(-2*size)&0x3f | uint32(ones-1)
			immr := uint32(r)
			word := immr<<6 | imms
			if size == 64 {
				word |= 1 << 12
			}
			return word, nil
		}
	}
	return 0, fmt.Errorf("#%d: %w", n, errBitmask)
}

// rotateRight rotates the low size bits of v.
func rotateRight(v uint64, by, size int) uint64 {
	mask := uint64(1)<<size - 1
	return (v>>by | v<<(size-by)) & mask
}
