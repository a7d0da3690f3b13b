//go:build !linux

package native

import "runtime"

// Pins reports whether threads can be tied to processors.
const Pins = false

// Yields reports whether threads can give their processor to others by a system call of Linux.
const Yields = false

// Yield lets other goroutines run.
func Yield() { runtime.Gosched() }

// Preempted is not known on this system.
func Preempted() int64 { return 0 }
