package native

import "golang.org/x/sys/unix"

// Has reports whether the processor has a feature beyond Armv8.0, such as "FEAT_LSE", as far as the kernel tells
// (Documentation/arch/arm64/elf_hwcaps.rst).
func Has(feature string) bool {
	const hwcap, hwcap2 = 16, 26 // the types of the auxiliary vector's entries
	bits := map[string]struct {
		entry uintptr
		bit   int
	}{
		"FEAT_LSE":    {hwcap, 8},
		"FEAT_LRCPC":  {hwcap, 15},
		"FEAT_LRCPC2": {hwcap, 26},
		"FEAT_CSSC":   {hwcap2, 34},
		"FEAT_LRCPC3": {hwcap2, 46},
	}
	vector, err := unix.Auxv()
	if err != nil {
		return false
	}
	want, known := bits[feature]
	for _, entry := range vector {
		if known && entry[0] == want.entry && entry[1]>>want.bit&1 != 0 {
			return true
		}
	}
	return false
}
