package stress

import (
	"runtime"
	"time"
)

// clock finds out how fast the processor's time-stamp counter counts, which is not the same everywhere: from 24 MHz to some GHz.
type clock struct {
	counter uint64 // at some time
	at      time.Time
	rate    float64 // ticks a nanosecond; 0 as long as it is not known
}

// tell gives the clock a reading of the counter; 0 is none.
func (c *clock) tell(counter uint64, at time.Time) {
	switch {
	case counter == 0:
	case c.counter == 0:
		c.counter, c.at = counter, at
	case at.Sub(c.at) > time.Millisecond && counter > c.counter:
		c.rate = float64(counter-c.counter) / float64(at.Sub(c.at))
	}
}

// ticks is how often the counter counts in some time: a guess, too low rather than too high, until it is known.
func (c *clock) ticks(d time.Duration) uint64 {
	rate := c.rate
	if rate == 0 {
		rate = 1
		if runtime.GOARCH == "arm64" {
			rate = 0.024
		}
	}
	return uint64(rate * float64(d))
}
