package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
)

// runOne runs a test on the processor. text is the test's, and file what errors name it.
type runOne func(ctx context.Context, t *litmus.Test, file string, text []byte, o stress.Options, progress func(*stress.Result)) (*stress.Result, error)

// least is how long each test of the suite runs, however many they are.
const least = 50 * time.Millisecond

// explained is how many of a test's violations are explained.
const explained = 3

// stressing is a run of tests on the processor.
type stressing struct {
	settings
	options stress.Options // with suite, Time is that of all tests together
	suite   bool
	mapping *mapping.Table // of C tests; nil if there is none to this processor
	host    host.Host
	run     runOne
	format  stressFormat
	stdout  io.Writer
	stderr  io.Writer
}

// stressed is a test that was run, and what came of it.
type stressed struct {
	*subject
	options stress.Options
	result  stress.Result // its states are those of subject.test
	ruling  ruling
	reasons []string // by violation, as far as explained: the axiom that it breaks, and the cycle
	failure error    // what ended the run before its budget, such as a crash
}

// tally counts what came of the tests.
type tally struct {
	sound, unsound, notJudged int
	refused                   int // they cannot be run here
	failed                    int // they should have run
}

func (t *tally) ran() int { return t.sound + t.unsound + t.notJudged }

func (t *tally) add(r *stressed) {
	if r.failure != nil {
		t.failed++
	}
	switch r.ruling.soundness() {
	case sound:
		t.sound++
	case unsound:
		t.unsound++
	default:
		t.notJudged++
	}
}

func (t *tally) String() string {
	return fmt.Sprintf("%d tests run: %d sound, %d not, %d not judged; %d cannot be run here, %d failed",
		t.ran(), t.sound, t.unsound, t.notJudged, t.refused, t.failed)
}

// all runs the inputs and shows what came of it. Those that args name themselves must be tests that can be run here.
func (s *stressing) all(ctx context.Context, inputs []input, args []string) error {
	if err := s.format.begin(s.stdout, s.host, s.options); err != nil {
		return err
	}
	var total tally
	refuse := func(file string, err error) error {
		if errors.Is(err, stress.ErrUnsupported) && !slices.Contains(args, file) && file != "stdin" {
			total.refused++
		} else {
			total.failed++
		}
		fmt.Fprintln(s.stderr, err)
		return s.format.refused(s.stdout, file, err)
	}
	var subjects []*subject
	for i := range inputs {
		subject, err := newSubject(&inputs[i], s.mapping)
		if err == nil {
			if s.suite {
				subject.path = catalogue + subject.file
			}
			subjects = append(subjects, subject)
		} else if err := refuse(inputs[i].file, err); err != nil {
			return err
		}
	}
	finished, err := s.each(ctx, subjects, &total, refuse)
	if err != nil {
		return err
	}
	if err := s.format.end(s.stdout, &total, len(inputs)); err != nil {
		return err
	}
	switch {
	case total.unsound > 0:
		return exit(exitMismatch, "%d of %d tests showed an outcome that is forbidden", total.unsound, total.ran())
	case finished < len(subjects):
		return exit(exitInterrupted, "interrupted: %d of %d tests not run to the end", len(subjects)-finished, len(subjects))
	case total.failed > 0:
		return exit(exitBad, "%d of %d tests could not be run", total.failed, len(inputs))
	}
	return nil
}

// each runs the tests one after another, and returns how many it finished. Its errors are those of writing.
func (s *stressing) each(ctx context.Context, subjects []*subject, total *tally, refuse func(string, error) error) (finished int, err error) {
	bar := newStressBar(s.stderr, len(subjects))
	defer bar.clear()
	r := newRunner(s.settings)
	end := time.Now().Add(s.options.Time)
	for i, subject := range subjects {
		o := s.options
		if s.suite {
			o.Time = max(least, time.Until(end)/time.Duration(len(subjects)-i)).Round(time.Millisecond)
		}
		bar.asks(i, subject)
		got, err := s.one(ctx, r, subject, o, func(now *stress.Result) { bar.at(i, subject, o, now) })
		bar.clear()
		done := ctx.Err() == nil
		switch {
		case got != nil:
			done = !got.result.Stopped
			total.add(got)
			if err = s.format.test(s.stdout, got); got.failure != nil {
				fmt.Fprintln(s.stderr, got.failure)
			}
		case errors.Is(err, context.Canceled):
			done = false
			fmt.Fprintf(s.stderr, "%s: interrupted before anything was counted\n", subject.file)
			err = nil
		default:
			err = refuse(subject.file, err)
		}
		if done {
			finished++
		}
		if err != nil || ctx.Err() != nil {
			return finished, err
		}
	}
	return finished, nil
}

// one runs a test and judges what it showed. The models are asked first: what they have to compute would disturb the run, and when that is
// interrupted all is there to judge it by. What was interrupted, or failed, comes with what was counted by then, if anything was.
func (s *stressing) one(ctx context.Context, r *runner, subject *subject, o stress.Options, progress func(*stress.Result)) (*stressed, error) {
	opinions, ok := r.opinions(ctx, subject)
	if !ok {
		return nil, ctx.Err()
	}
	result, err := s.run(ctx, subject.ran, subject.called(), subject.text, o, progress)
	if err != nil && !strings.HasPrefix(err.Error(), subject.file) {
		err = fmt.Errorf("%s: %w", subject.file, err)
	}
	switch {
	case err != nil && (result == nil || result.Instances == 0):
		return nil, err
	case err == nil && result.Stopped && result.Instances == 0:
		return nil, context.Canceled // of which this process may not know yet: the terminal interrupts the child too
	}
	out := &stressed{subject: subject, options: o, result: *result, failure: err}
	out.result.States = subject.states(result.States)
	out.ruling = judge(out.result.States, opinions, subject.processor())
	for _, v := range out.ruling.violations[:min(explained, len(out.ruling.violations))] {
		out.reasons = append(out.reasons, r.explain(context.WithoutCancel(ctx), subject, v))
	}
	return out, nil
}

// states are those of what is run as states of the test.
func (s *subject) states(ran []stress.State) []stress.State {
	var list []stress.State
	for _, state := range ran {
		state.Values = s.state(state.Values)
		at, found := slices.BinarySearchFunc(list, state, func(a, b stress.State) int { return compareStates(a.Values, b.Values) })
		if found {
			list[at].Count += state.Count
		} else {
			list = slices.Insert(list, at, state)
		}
	}
	return list
}

// explain says what a model has against an outcome: the axiom, and the cycle.
func (r *runner) explain(ctx context.Context, s *subject, v violation) string {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	m, err := r.load(v.model)
	if err != nil {
		return err.Error()
	}
	test, as := s.test, func(state []ir.Value) []ir.Value { return state }
	if v.model == s.processor() {
		test, as = s.ran, s.state
	}
	x, err := enumerate.NewEngine(enumerate.Options{Unroll: r.unroll}).Explain(ctx, test, m, func(state []ir.Value) bool {
		return compareStates(as(state), v.state) == 0
	})
	switch {
	case err != nil:
		return fmt.Sprintf("not explained: %v\n", err)
	case x == nil:
		return "no execution ends in it, consistent or not\n"
	}
	return x.String()
}
