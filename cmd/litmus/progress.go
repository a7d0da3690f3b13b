package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// long is how many tests a list has before it is worth a progress bar.
const long = 20

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progress is a bar on a terminal; a nil one shows nothing.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(w io.Writer, n int, of string) *progress {
	if n < long || !isTerminal(w) {
		return nil
	}
	return &progress{progressbar.NewOptions(n,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription(of),
		progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)}
}

// step counts one test. The errors of drawing are of no interest to anybody.
func (p *progress) step() {
	if p != nil {
		_ = p.bar.Add(1)
	}
}

// clear takes the bar off the screen, for output to be written in its place.
func (p *progress) clear() {
	if p != nil {
		_ = p.bar.Clear()
	}
}
