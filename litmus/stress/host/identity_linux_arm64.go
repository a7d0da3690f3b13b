package host

import "golang.org/x/sys/unix"

const (
	atHWCAP    = 16      // linux/auxvec.h
	hwcapCPUID = 1 << 11 // asm/hwcap.h: the ID registers can be read
)

// midr is in midr_linux_arm64.s.
func midr() uint64

// identify reads MIDR_EL1. The kernel lets user code do so if it says HWCAP_CPUID ("ARM64 CPU Feature Registers" in its documentation).
func identify() identity {
	auxv, err := unix.Auxv()
	if err != nil {
		return identity{}
	}
	for _, entry := range auxv {
		if entry[0] == atHWCAP && entry[1]&hwcapCPUID != 0 {
			return identity{midr: midr(), known: true}
		}
	}
	return identity{}
}
