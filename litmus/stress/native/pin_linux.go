package native

import (
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"
)

// Processors returns the numbers of the processors that the calling thread may run on, in order.
func Processors() ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, fmt.Errorf("native: asking for the processors of a thread: %w", err)
	}
	var numbers []int
	for n := 0; len(numbers) < set.Count(); n++ {
		if set.IsSet(n) {
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}

// Pin locks the calling goroutine to its thread and ties that to a processor, one of [Processors], until release is
// called, by the same goroutine.
func Pin(processor int) (release func(), err error) {
	runtime.LockOSThread()
	var before unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		runtime.UnlockOSThread()
		return nil, fmt.Errorf("native: asking for the processors of a thread: %w", err)
	}
	var one unix.CPUSet
	one.Set(processor)
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		runtime.UnlockOSThread()
		if all, failed := Processors(); failed == nil && !slices.Contains(all, processor) {
			return nil, fmt.Errorf("native: no processor %d to tie a thread to: expected one of %v", processor, all)
		}
		return nil, fmt.Errorf("native: tying a thread to processor %d: %w", processor, err)
	}
	return func() {
		if unix.SchedSetaffinity(0, &before) == nil {
			runtime.UnlockOSThread()
		} // else the thread, still tied, is not for other goroutines: it ends with this one
	}, nil
}
