//go:build !linux

package native

import (
	"runtime"
	"time"
)

// Pins reports whether threads can be tied to processors.
const Pins = false

// Yields reports whether threads can give their processor to others by a system call of Linux.
const Yields = false

// Yield lets other goroutines run.
func Yield() { runtime.Gosched() }

// ProcessorTime is not known on this system.
func ProcessorTime() time.Duration { return 0 }
