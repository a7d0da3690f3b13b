//go:build !amd64 && !arm64

package sim

import (
	"bytes"
	"runtime"
	"strconv"
)

// goroutine returns what tells the calling goroutine from all others that live
// at the same time: its number, as stack traces print it.
func goroutine() uintptr {
	var buf [64]byte
	text := bytes.TrimPrefix(buf[:runtime.Stack(buf[:], false)], []byte("goroutine "))
	number, _, _ := bytes.Cut(text, []byte(" "))
	n, err := strconv.ParseUint(string(number), 10, 64)
	if err != nil {
		panic("sim: a stack trace without a goroutine number: " + string(text))
	}
	return uintptr(n)
}
