package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/fatih/color"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/lower"
	"github.com/weakmem/litmus/model/models"
)

// mapped is what came of a test whose mapping was checked.
type mapped struct {
	*report
	undefined bool
	cut       bool     // a loop of the source was cut: what has more rounds was not compared
	forbidden []string // the outcomes that only the target has, as the source would print them
}

// checkMapping checks the inputs and shows what came of it.
func checkMapping(ctx context.Context, inputs []input, s settings, table *mapping.Table, source string, workers int, stdout, stderr io.Writer) error {
	target := models.Default(lower.Dialect(table.Target))
	bar := newProgress(stderr, len(inputs), "tests")
	var rows outcomes
	var sound, undefined, cut, bad int
	done := inOrder(ctx, len(inputs), workers,
		func() func(int) (mapped, bool) {
			r := newRunner(s)
			return func(i int) (mapped, bool) { return r.checkMapping(ctx, &inputs[i], table, source, target) }
		},
		func(_ int, m mapped) {
			switch {
			case m.err != nil:
				bad++
				bar.clear()
				fmt.Fprintln(stderr, m.err)
			case m.undefined:
				undefined++
			case len(m.forbidden) > 0:
				rows = append(rows, m)
			default:
				sound++
			}
			if m.cut {
				cut++
			}
			bar.step()
		}, nil)
	bar.clear()
	if err := rows.write(stdout, source, target); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s, %s within %s: %d tests, %d sound, %d not; left out: %d undefined, %d not lowered or decided\n",
		table, target, source, done, sound, len(rows), undefined, bad)
	if cut > 0 {
		fmt.Fprintf(stdout, "%d with loops, compared as far as %d rounds\n", cut, s.unroll)
	}
	switch {
	case done < len(inputs):
		return exit(exitInterrupted, "interrupted: %d of %d tests not checked", len(inputs)-done, len(inputs))
	case len(rows) > 0:
		return exit(exitMismatch, "%d of %d tests have outcomes that %s forbids", len(rows), done, source)
	case bad > 0:
		return exit(exitBad, "%d of %d tests could not be checked", bad, len(inputs))
	}
	return nil
}

// checkMapping checks one input.
func (r *runner) checkMapping(ctx context.Context, in *input, table *mapping.Table, source, target string) (mapped, bool) {
	m := mapped{report: r.parse(in)}
	if m.err != nil {
		return m, true
	}
	var l *lower.Lowered
	if l, m.err = lowered(m.report, table); m.err != nil {
		return m, true
	}
	judges := []string{source}
	if source == "c11" {
		// c11 lets a plain read take only writes that happen before it, so that a race may leave no execution to show it.
		judges = append(judges, "rc11")
	}
	judged, ok := r.outcomes(ctx, m.report, judges...)
	if !ok || m.err != nil {
		return m, ok
	}
	allowed := judged[0]
	m.cut = allowed.BoundHit
	m.undefined = slices.ContainsFunc(judged, func(res *enumerate.Result) bool { return res.Undefined })
	if m.undefined {
		return m, true
	}
	compiled := &report{file: m.file + " for " + table.String(), test: l.Test}
	seen, ok := r.outcomes(ctx, compiled, target)
	if m.err = compiled.err; !ok || m.err != nil {
		return m, ok
	}
	m.forbidden = forbidden(m.test, allowed.States, l, seen[0].States)
	return m, true
}

// outcomes decides the report's test under some models. It reports false if the end of ctx cut it short.
func (r *runner) outcomes(ctx context.Context, rep *report, names ...string) ([]*enumerate.Result, bool) {
	var chosen []namedModel
	for _, name := range names {
		m, err := r.load(name)
		if err != nil {
			rep.err = err
			return nil, true
		}
		chosen = append(chosen, m)
	}
	r.decide(ctx, rep, chosen)
	if ctx.Err() != nil {
		return nil, false
	}
	if rep.err == nil {
		rep.err = rep.unsupported()
	}
	return rep.results, true
}

// forbidden returns the outcomes of the lowered test that are none of the source, as the source prints them.
func forbidden(t *litmus.Test, allowed []enumerate.State, l *lower.Lowered, seen []enumerate.State) []string {
	of := map[string]bool{}
	for _, s := range allowed {
		of[t.FormatState(s.Values)] = true
	}
	var list []string
	for _, s := range seen {
		if text := t.FormatState(l.State(s.Values)); !of[text] {
			list = append(list, text)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// outcomes are the tests that fail.
type outcomes []mapped

func (list outcomes) write(w io.Writer, source, target string) error {
	if len(list) == 0 {
		return nil
	}
	var t table
	t.add(cell{"test", color.Bold}, cell{"allowed by " + target + ", forbidden by " + source, color.Bold})
	for _, m := range list {
		text := m.forbidden[0]
		if more := len(m.forbidden) - 1; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		t.add(plainCell(m.test.Name), cell{text, color.FgRed})
	}
	var b bytes.Buffer
	if err := t.write(&b, "", isTerminal(w)); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}
