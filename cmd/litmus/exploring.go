package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/trace"
	"github.com/weakmem/litmus/primitives/catalog"
)

// exploration is a program to be explored under a model.
type exploration struct {
	protocol catalog.Protocol
	program  catalog.Program
	mistake  bool   // it must fail
	fails    string // a part of the failure's message
	model    string

	runs atomic.Uint64 // so far
}

// name is what reports call the program.
func (e *exploration) name() string { return e.protocol.Name + "/" + e.program.Name }

// judgement is what an exploration came to.
type judgement string

const (
	verified    judgement = "verified"
	failed      judgement = "failed"
	boundHit    judgement = "bound hit" // not all was explored
	interrupted judgement = "interrupted"
)

// explored is an exploration that was begun.
type explored struct {
	*exploration
	report  *explorer.Report
	verdict judgement
	elapsed time.Duration
}

// ok reports whether it came out as expected.
func (e explored) ok() bool {
	if !e.mistake {
		return e.verdict == verified
	}
	x := e.report.Failure
	return x != nil && strings.Contains(x.Failure.Message, e.fails)
}

// explore explores. It reports false if the end of ctx cut it short.
func (e *exploration) explore(ctx context.Context, l limits) (explored, bool) {
	options := []explorer.Option{explorer.Model(e.model), explorer.Progress(&e.runs)}
	if l.executions > 0 {
		options = append(options, explorer.MaxExecutions(l.executions))
	}
	if l.timeout > 0 {
		options = append(options, explorer.Timeout(l.timeout))
	}
	start := time.Now()
	report, err := explorer.Run(ctx, e.program.Body, options...)
	if err != nil {
		panic(err) // the flags have been checked
	}
	out := explored{e, report, verified, time.Since(start)}
	switch {
	case report.Failure != nil:
		// A token is of use in go test, where the program has another name.
		report.Failure.Name, report.Failure.Token = e.name(), ""
		out.verdict = failed
	case ctx.Err() != nil && !report.Verified:
		out.verdict = interrupted
		return out, false
	case !report.Verified:
		out.verdict = boundHit
	}
	return out, true
}

// exploring runs explorations and shows what comes of them.
type exploring struct {
	limits
	workers        int
	format         exploreFormat
	html           string // the file for the first failure; "": none
	stdout, stderr io.Writer
}

// exploreFormat shows what was explored, program by program.
type exploreFormat interface {
	program(w io.Writer, e explored) error
	end(w io.Writer) error // of a protocol
}

func (r *exploring) run(ctx context.Context, all []*exploration) error {
	gauge := newGauge(r.stderr, all)
	defer gauge.stop()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		broken                error
		wrong, bounded, known int
		written               bool
		protocol              string
	)
	show := func(f func() error) {
		gauge.aside(func() {
			if err := f(); err != nil && broken == nil {
				broken = err
				stop()
			}
		})
	}
	emit := func(_ int, e explored) {
		if protocol != "" && protocol != e.protocol.Name {
			show(func() error { return r.format.end(r.stdout) })
		}
		protocol = e.protocol.Name
		if e.verdict != interrupted {
			known++
			switch {
			case e.ok():
			case e.verdict == boundHit:
				bounded++
			default:
				wrong++
			}
		}
		show(func() error { return r.format.program(r.stdout, e) })
		if x := e.report.Failure; x != nil && r.html != "" && !written {
			written = true
			show(func() error { return r.page(x) })
		}
	}
	done := inOrder(ctx, len(all), r.workers,
		func() func(int) (explored, bool) {
			return func(i int) (explored, bool) {
				e, whole := all[i].explore(ctx, r.limits)
				gauge.done(all[i])
				return e, whole
			}
		}, emit, emit)
	show(func() error { return r.format.end(r.stdout) })
	gauge.stop()
	if r.html != "" && !written && broken == nil {
		broken = r.page(nil)
	}
	switch {
	case broken != nil:
		return broken
	case done < len(all):
		return exit(exitInterrupted, "interrupted: %d of %d explorations not finished", len(all)-known, len(all))
	case wrong > 0:
		return exit(exitMismatch, "%d of %d not as expected%s", wrong, len(all), bounds(bounded))
	case bounded > 0:
		return exit(exitMismatch, "%d of %d hit a bound", bounded, len(all))
	}
	return nil
}

func bounds(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d hit a bound", n)
}

// page writes a failing execution as a page and says so, or that there is none.
func (r *exploring) page(x *trace.Execution) error {
	if x == nil {
		_, err := fmt.Fprintf(r.stderr, "nothing failed: %s is not written\n", r.html)
		return err
	}
	f, err := os.Create(r.html)
	if err != nil {
		return err
	}
	err = x.HTML(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		_, err = fmt.Fprintf(r.stderr, "%s: on the page %s\n", x.Headline(), r.html)
	}
	return err
}
