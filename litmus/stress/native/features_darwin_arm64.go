package native

import "golang.org/x/sys/unix"

// Has reports whether the processor has a feature beyond Armv8.0, such as "FEAT_LSE", as far as the kernel tells.
func Has(feature string) bool {
	has, err := unix.SysctlUint32("hw.optional.arm." + feature)
	return err == nil && has != 0
}
