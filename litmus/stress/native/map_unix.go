//go:build (linux || darwin) && (amd64 || arm64)

package native

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Supported reports whether machine code can be run here.
func Supported() bool { return true }

// mapCode copies text into pages of its own.
func mapCode(text []byte) ([]byte, error) {
	memory, err := unix.Mmap(-1, 0, len(text), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		return nil, fmt.Errorf("native: mapping %d bytes: %w", len(text), err)
	}
	copy(memory, text)
	if err := unix.Mprotect(memory, unix.PROT_READ|unix.PROT_EXEC); err != nil {
		unix.Munmap(memory)
		return nil, fmt.Errorf("native: making %d bytes executable: %w", len(text), err)
	}
	coherent(unsafe.Pointer(&memory[0]), unsafe.Add(unsafe.Pointer(&memory[0]), len(memory)))
	return memory, nil
}

func unmap(memory []byte) error {
	if err := unix.Munmap(memory); err != nil {
		return fmt.Errorf("native: unmapping: %w", err)
	}
	return nil
}

// enter calls code with arg; see the package comment for what the code must keep.
//
//go:noescape
func enter(code, arg unsafe.Pointer)

func allocate(size int, low bool) ([]byte, error) {
	if low {
		return allocateLow(size)
	}
	return unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
}
