package seqlock_test

import (
	"fmt"
	"time"

	"github.com/weakmem/litmus/primitives/seqlock"
)

// calibration is how a clock is read off a counter of ticks: all of it must be of one moment.
type calibration struct {
	base    time.Duration
	at      uint64 // the tick when it was base
	perTick time.Duration
}

func (c calibration) now(tick uint64) time.Duration {
	return c.base + time.Duration(tick-c.at)*c.perTick
}

func Example() {
	clock := seqlock.New(calibration{perTick: 10})
	fmt.Println(clock.Read().now(100))

	// The counter is found to be slow. Goroutines that read the clock are not held up.
	clock.Update(func(c calibration) calibration {
		return calibration{base: c.now(100), at: 100, perTick: 11}
	})
	fmt.Println(clock.Read().now(200))
	// Output:
	// 1µs
	// 2.1µs
}

func ExampleValue_TryRead() {
	s := seqlock.New([2]float64{1, 2})
	fmt.Println(s.TryRead())
	s.Update(func(p [2]float64) [2]float64 {
		fmt.Println(s.TryRead()) // it is not being written yet
		return [2]float64{p[1], p[0]}
	})
	fmt.Println(s.TryRead())
	// Output:
	// [1 2] true
	// [1 2] true
	// [2 1] true
}
