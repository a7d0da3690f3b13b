//go:build !linux

package native

import (
	"fmt"
	"runtime"
)

// Processors returns the numbers of the processors that the calling thread may run on, in order.
func Processors() ([]int, error) {
	var numbers []int
	for n := range runtime.NumCPU() {
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// Pin is not possible on this system: threads run where the system puts them.
func Pin(processor int) (release func(), err error) {
	return nil, fmt.Errorf("native: threads cannot be tied to processors under %s", runtime.GOOS)
}
