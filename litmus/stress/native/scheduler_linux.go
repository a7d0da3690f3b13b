package native

import (
	"time"

	"golang.org/x/sys/unix"
)

// Pins reports whether threads can be tied to processors.
const Pins = true

// Yields reports whether threads can give their processor to others by a system call of Linux.
const Yields = true

// Yield gives the processor to another thread that waits for it. It is not inlined, so that it is a point at which Go can stop a
// goroutine that calls it in a loop: a signal finds such a one in the system call, where it cannot.
//
//go:noinline
func Yield() { unix.RawSyscallNoError(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// ProcessorTime is for how long the calling thread had a processor so far; 0 if that is not known.
func ProcessorTime() time.Duration {
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
