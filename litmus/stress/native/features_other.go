//go:build !arm64 || !(linux || darwin)

package native

// Has reports whether the processor has a feature of arm64's: not on this one.
func Has(feature string) bool { return false }
