package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/weakmem/litmus/litmus/stress"
)

// stressBar shows on a terminal how far a run is, what it counts, how fast, and how long the rest will take; a nil one shows nothing.
type stressBar struct{ bar *progressbar.ProgressBar }

func newStressBar(w io.Writer, tests int) *stressBar {
	if tests == 0 || !isTerminal(w) {
		return nil
	}
	return startStressBar(w, tests)
}

func startStressBar(w io.Writer, tests int) *stressBar {
	return &stressBar{progressbar.NewOptions(tests*whole,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)}
}

// asks shows that the models are asked about test i, which may take longer than the run.
func (b *stressBar) asks(i int, s *subject) {
	if b == nil {
		return
	}
	b.bar.Describe(s.test.Name + ": what the models allow")
	_ = b.bar.Set(i * whole)
}

// at shows test i, as far as it is now. The errors of drawing are of no interest to anybody.
func (b *stressBar) at(i int, s *subject, o stress.Options, now *stress.Result) {
	if b == nil {
		return
	}
	done := 0.0
	if o.Time > 0 {
		done = float64(now.Elapsed) / float64(o.Time)
	}
	if o.Instances > 0 {
		done = max(done, float64(now.Instances)/float64(o.Instances))
	}
	b.bar.Describe(fmt.Sprintf("%s: %s, %s/s, %d outcomes", s.test.Name, short(float64(now.Instances)), short(rate(now)), len(now.States)))
	_ = b.bar.Set(i*whole + int(whole*min(done, 0.99)))
}

// clear takes the bar off the screen, for output to be written in its place.
func (b *stressBar) clear() {
	if b != nil {
		_ = b.bar.Clear()
	}
}

// rate is instances per second.
func rate(r *stress.Result) float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Instances) / r.Elapsed.Seconds()
}

// short is a number of things in few characters: 24.1M.
func short(n float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if n >= unit.size {
			return fmt.Sprintf("%.1f%s", n/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.0f", n)
}
