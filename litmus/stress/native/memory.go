package native

import "fmt"

// Allocate returns zeroed memory of its own, which stays where it is until it is freed. If low it lies in the lowest 4 GB, which
// instructions that compute addresses in 32 bits reach; not every system has such memory to give.
func Allocate(size int, low bool) ([]byte, error) {
	memory, err := allocate(size, low)
	if err != nil {
		return nil, fmt.Errorf("native: allocating %d bytes: %w", size, err)
	}
	return memory, nil
}

// Free gives back what Allocate returned.
func Free(memory []byte) error { return unmap(memory) }
