package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
)

// stressTable writes runs for people: the outcomes as rows, then what the models make of them.
type stressTable struct {
	colours bool
	host    host.Host
	begun   bool
}

func (f *stressTable) begin(_ io.Writer, h host.Host, _ stress.Options) error {
	f.host = h
	return nil
}

// title writes what the machine is, once.
func (f *stressTable) title(b *bytes.Buffer) {
	if !f.begun {
		f.begun = true
		fmt.Fprintf(b, "%s\n\n", f.host)
	}
}

func (f *stressTable) refused(io.Writer, string, error) error { return nil }

func (f *stressTable) end(w io.Writer, total *tally, inputs int) error {
	if inputs < 2 {
		return nil
	}
	_, err := fmt.Fprintln(w, total)
	return err
}

func (f *stressTable) test(w io.Writer, r *stressed) error {
	var b bytes.Buffer
	f.title(&b)
	t, res := r.test, &r.result
	name := cell{t.Name, color.Bold}
	fmt.Fprintf(&b, "%s (%s", name.paint(f.colours), t.Dialect)
	if r.mapping != nil {
		fmt.Fprintf(&b, ", lowered by %s", r.mapping)
	}
	fmt.Fprintf(&b, "): %s\n", t.Condition)
	fmt.Fprintf(&b, "  %s: %d instances in %s, %s/s, %d threads on %d processors, seed %d\n",
		joined(res.Modes), res.Instances, seconds3(res.Elapsed), short(rate(res)), res.Threads, res.Processors, r.options.Seed)
	for _, line := range r.conditions(f.host) {
		fmt.Fprintf(&b, "  %s\n", cell{line, color.FgYellow}.paint(f.colours))
	}
	if err := f.outcomes(&b, r); err != nil {
		return err
	}
	var out table
	observation := fmt.Sprintf("%s: %d of %d", res.Observation(), res.Positive(), res.Instances)
	out.add(plainCell("observation"), plainCell(observation))
	out.add(plainCell("sound?"), r.soundCell())
	r.relaxed(&out)
	if err := out.write(&b, "  ", f.colours); err != nil {
		return err
	}
	f.violations(&b, r)
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// outcomes writes the outcomes that were seen.
func (f *stressTable) outcomes(b *bytes.Buffer, r *stressed) error {
	var out table
	out.add(plainCell("outcome"), plainCell("count"), plainCell("per million"), plainCell("allowed by"))
	for _, o := range r.ruling.outcomes {
		var by []string
		ruled := cell{}
		for i, a := range o.answers {
			switch opinion := &r.ruling.opinions[i]; {
			case a == allows:
				by = append(by, opinion.model)
			case a == unknown:
				by = append(by, opinion.model+"?")
			case opinion.binds:
				ruled.colour = color.FgRed
			}
		}
		ruled.text = strings.Join(by, ", ")
		if ruled.text == "" {
			ruled.text = "none"
		}
		row := []cell{
			plainCell(r.test.FormatState(o.Values)), plainCell(strconv.FormatInt(o.Count, 10)),
			plainCell(fmt.Sprintf("%.3f", 1e6*float64(o.Count)/float64(r.result.Instances))), ruled,
		}
		if row[0].text == "" {
			row[0].text = "(nothing observed)"
		}
		if o.Holds {
			row = append(row, cell{"*", color.Bold})
		}
		out.add(row...)
	}
	return out.write(b, "  ", f.colours)
}

// violations tells each outcome that should not have been seen, why, and how to see it again.
func (f *stressTable) violations(b *bytes.Buffer, r *stressed) {
	for i, v := range r.ruling.violations {
		head := cell{fmt.Sprintf("%s forbids %s", v.model, r.test.FormatState(v.state)), color.FgRed}
		fmt.Fprintf(b, "  %s\n", head.paint(f.colours))
		if i >= len(r.reasons) {
			continue
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(r.reasons[i], "\n"), "\n") {
			fmt.Fprintf(b, "    %s\n", line)
		}
	}
	if len(r.ruling.violations) > 0 {
		fmt.Fprintf(b, "  to see it again: %s\n", again(r.subject, r.options))
	}
}

// soundCell is the verdict on the run.
func (r *stressed) soundCell() cell {
	switch r.ruling.soundness() {
	case unsound:
		return cell{"no", color.FgRed}
	case notJudged:
		return cell{"not judged: " + strings.Join(r.ruling.doubts, "; "), color.FgYellow}
	}
	var models, races []string
	for _, o := range r.ruling.opinions {
		switch {
		case o.binds && o.undefined:
			races = append(races, ", "+o.model+" allows anything, for the test races")
		case o.binds:
			models = append(models, o.model)
		}
	}
	return cell{"yes: " + strings.Join(models, ", ") + " allow" + plural(len(models)) + " every outcome seen" + strings.Join(races, ""), color.FgGreen}
}

// plural is the ending of a verb.
func plural(subjects int) string {
	if subjects == 1 {
		return "s"
	}
	return ""
}

// shown is how many outcomes of a kind are listed.
const shown = 8

// relaxed adds how weak the processor showed itself.
func (r *stressed) relaxed(out *table) {
	x := &r.ruling.relaxed
	text := x.model + " allows what sc allows, and no more"
	switch n := len(x.seen) + len(x.never); {
	case n > 0:
		text = fmt.Sprintf("%d of %d outcomes seen that %s allows and sc does not", len(x.seen), n, x.model)
		if x.open != "" {
			text += ", which may not be all: " + x.open
		}
	case x.open != "":
		text = "not known: " + x.open
	}
	out.add(plainCell("how relaxed"), plainCell(text))
	for _, kind := range []struct {
		word   string
		states [][]ir.Value
	}{{"  seen", x.seen}, {"  never", x.never}} {
		for i, state := range kind.states[:min(shown, len(kind.states))] {
			if i > 0 {
				kind.word = ""
			}
			out.add(plainCell(kind.word), plainCell(r.test.FormatState(state)))
		}
		if more := len(kind.states) - shown; more > 0 {
			out.add(plainCell(""), plainCell(fmt.Sprintf("and %d more", more)))
		}
	}
}

// seconds3 is a time as reports show it.
func seconds3(d time.Duration) string {
	if d >= 1000*time.Second {
		return d.Round(time.Second).String()
	}
	return fmt.Sprintf("%.3gs", d.Seconds())
}
