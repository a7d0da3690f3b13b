package native

import "unsafe"

// coherent does nothing: instruction caches see what is written (Intel SDM, volume 3, "Self-Modifying Code").
func coherent(from, to unsafe.Pointer) {}
