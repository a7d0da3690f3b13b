//go:build !((linux || darwin) && (amd64 || arm64))

package native

import "unsafe"

// Supported reports whether machine code can be run here.
func Supported() bool { return false }

func mapCode([]byte) ([]byte, error) { return nil, ErrUnsupported }

func unmap([]byte) error { return ErrUnsupported }

func enter(code, arg unsafe.Pointer) { panic(ErrUnsupported) }

func allocate(int, bool) ([]byte, error) { return nil, ErrUnsupported }
