package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/weakmem/litmus/explorer"
)

// How often the gauge is drawn, and how long an exploration runs before it is worth an estimate of its size.
const (
	drawing = 200 * time.Millisecond
	lengthy = time.Second
)

// gauge draws on a terminal how far explorations are, and how long the rest will take; a nil one shows nothing.
type gauge struct {
	mu       sync.Mutex // held while anything is written to the terminal
	bar      *progressbar.ProgressBar
	all      []*exploration
	finished map[*exploration]bool
	begun    map[*exploration]time.Time
	expected map[*exploration]float64 // runs; 0: not known yet
	end      context.CancelFunc
	ended    sync.WaitGroup
}

func newGauge(w io.Writer, all []*exploration) *gauge {
	if !isTerminal(w) || len(all) == 0 {
		return nil
	}
	return startGauge(w, all)
}

func startGauge(w io.Writer, all []*exploration) *gauge {
	g := &gauge{
		all: all, finished: map[*exploration]bool{}, begun: map[*exploration]time.Time{}, expected: map[*exploration]float64{},
		bar: progressbar.NewOptions(len(all)*whole,
			progressbar.OptionSetWriter(w),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionFullWidth(),
			progressbar.OptionClearOnFinish(),
		),
	}
	ctx, end := context.WithCancel(context.Background())
	g.end = end
	g.ended.Go(func() {
		for tick := time.NewTicker(drawing); ; {
			select {
			case <-tick.C:
				g.draw(ctx)
			case <-ctx.Done():
				tick.Stop()
				return
			}
		}
	})
	return g
}

// whole is an exploration in units of the bar.
const whole = 1000

// draw moves the bar, and has what takes long estimated.
func (g *gauge) draw(ctx context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, what := 0, ""
	for _, e := range g.all {
		runs := e.runs.Load()
		switch {
		case g.finished[e]:
			at += whole
			continue
		case runs == 0:
			continue
		}
		if what == "" {
			what = fmt.Sprintf("%s under %s: %d runs", e.name(), e.model, runs)
			if n := g.expected[e]; n > 0 {
				what += fmt.Sprintf(" of about %.0f", n)
			}
		}
		switch begun, ok := g.begun[e]; {
		case !ok:
			g.begun[e] = time.Now()
		case g.expected[e] > 0:
			at += int(whole * min(float64(runs)/g.expected[e], 0.99))
		case time.Since(begun) > lengthy:
			g.begun[e] = time.Now().Add(time.Hour) // one estimate is enough
			g.ended.Go(func() { g.estimate(ctx, e) })
		}
	}
	// The errors of drawing are of no interest to anybody.
	g.bar.Describe(what)
	_ = g.bar.Set(min(at, len(g.all)*whole-1))
}

// estimate guesses how many runs an exploration will take.
func (g *gauge) estimate(ctx context.Context, e *exploration) {
	r, err := explorer.Run(ctx, e.program.Body, explorer.Model(e.model), explorer.Estimate(), explorer.MaxExecutions(1))
	if err != nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.expected[e] = r.Estimate
}

// done says that an exploration is over.
func (g *gauge) done(e *exploration) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.finished[e] = true
}

// aside takes the bar off the screen while f writes in its place.
func (g *gauge) aside(f func()) {
	if g == nil {
		f()
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.bar.Clear()
	f()
}

// stop ends the drawing. It may be called again.
func (g *gauge) stop() {
	if g == nil {
		return
	}
	g.end()
	g.ended.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	_ = g.bar.Clear()
}
