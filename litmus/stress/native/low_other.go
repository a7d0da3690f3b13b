//go:build !(linux && amd64)

package native

import "fmt"

func allocateLow(int) ([]byte, error) {
	return nil, fmt.Errorf("%w: memory in the lowest 4 GB is there to ask for under Linux on amd64 only", ErrUnsupported)
}
