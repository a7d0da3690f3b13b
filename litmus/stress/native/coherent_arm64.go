//go:build linux || darwin

package native

import "unsafe"

// coherent makes the instruction caches see what was written to memory.
//
//go:noescape
func coherent(from, to unsafe.Pointer)
