//go:build unix

package process

import (
	"golang.org/x/sys/unix"

	"github.com/weakmem/litmus/litmus/stress/host"
)

// leaveNoCore has no core file written when this process dies. A limit of 1 byte, too small for a file, also
// keeps Linux from starting the program of /proc/sys/kernel/core_pattern: core(5) and the kernel's fs/coredump.c. QEMU writes
// a file of that one byte.
func leaveNoCore() {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &limit) == nil {
		limit.Cur = min(1, limit.Max)
		if host.Describe().Emulated != "" {
			limit.Cur = 0
		}
		_ = unix.Setrlimit(unix.RLIMIT_CORE, &limit)
	}
}
