package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/explorer/trace"
	"github.com/weakmem/litmus/primitives/catalog"
)

// What becomes of a mutant.
const (
	killed     judgement = "killed"     // a program fails
	equivalent judgement = "equivalent" // none does, and the catalogue says why
	survives   judgement = "survives"   // none does
)

// mutated is a mutant that was tried.
type mutated struct {
	protocol catalog.Protocol
	mutant   mutate.Mutant
	result   mutate.Verdict
	reason   string // why the catalogue lists it as equivalent; "": it does not
	err      error
}

func (m mutated) verdict() judgement {
	switch {
	case m.result.Killed:
		return killed
	case m.reason != "":
		return equivalent
	}
	return survives
}

// ok reports whether it came out as expected.
func (m mutated) ok() bool { return m.result.Killed == (m.reason == "") }

func (m mutated) failure() *trace.Execution {
	if !m.result.Killed {
		return nil
	}
	return m.result.Report.Failure
}

// mutants tries the mutants of protocols, all or the one of a name, and shows what becomes of them.
func (r *exploring) mutants(ctx context.Context, protocols []catalog.Protocol, name string, f mutantFormat) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var total, wrong int
	for _, p := range protocols {
		code, err := p.Code(ctx)
		switch {
		case ctx.Err() != nil:
			return exit(exitInterrupted, "interrupted: the mutants of %s not tried", p.Name)
		case err != nil:
			return err
		}
		mutants := code.Mutants()
		if name != "" {
			m, ok := code.Named(name)
			if !ok {
				return unknownMutant(p.Name, name, mutants)
			}
			mutants = []mutate.Mutant{m}
		}
		bar := newProgress(r.stderr, len(mutants), "mutants of "+p.Name)
		var broken error
		var failing *trace.Execution
		done := inOrder(ctx, len(mutants), r.workers,
			func() func(int) (mutated, bool) {
				return func(i int) (mutated, bool) {
					m := mutated{protocol: p, mutant: mutants[i], reason: p.Equivalent[mutants[i].Name]}
					m.result, m.err = code.Try(ctx, m.mutant)
					if x := m.failure(); x != nil {
						x.Name, x.Token = p.Name+"/"+m.result.Program, ""
					}
					return m, ctx.Err() == nil
				}
			},
			func(_ int, m mutated) {
				bar.step()
				if m.err != nil && broken == nil {
					broken = m.err
					stop()
				}
				if !m.ok() {
					wrong++
				}
				failing = m.failure()
				f.mutant(m)
			}, nil)
		bar.clear()
		total += done
		if broken != nil {
			return broken
		}
		if err := f.end(r.stdout, p); err != nil {
			return err
		}
		if r.html != "" {
			if err := r.page(failing); err != nil {
				return err
			}
		}
		if done < len(mutants) {
			return exit(exitInterrupted, "interrupted: %d of %d mutants of %s not tried", len(mutants)-done, len(mutants), p.Name)
		}
	}
	if wrong > 0 {
		return exit(exitMismatch, "%d of %d mutants not as expected", wrong, total)
	}
	return nil
}

func unknownMutant(protocol, name string, mutants []mutate.Mutant) error {
	var names strings.Builder
	for _, m := range mutants {
		names.WriteString("\n  " + m.Name)
	}
	return fmt.Errorf("unknown mutant %s: the mutants of %s are%s", name, protocol, names.String())
}

// mutantFormat shows mutants, protocol by protocol.
type mutantFormat interface {
	mutant(m mutated)
	end(w io.Writer, p catalog.Protocol) error
}

func newMutantFormat(name string, full bool, w io.Writer) (mutantFormat, error) {
	switch name {
	case "text":
		return &mutantTable{colours: isTerminal(w), full: full}, nil
	case "json":
		return &mutantLines{full: full}, nil
	}
	return nil, fmt.Errorf("--format %s: expected text or json", name)
}

// mutantTable is the text format.
type mutantTable struct {
	colours bool
	full    bool // with the failures
	mutants []mutated
}

func (f *mutantTable) mutant(m mutated) { f.mutants = append(f.mutants, m) }

func (f *mutantTable) end(w io.Writer, p catalog.Protocol) error {
	var b bytes.Buffer
	name := cell{p.Name, color.Bold}
	fmt.Fprintf(&b, "%s: %s\n", name.paint(f.colours), p.Title)
	var t table
	t.add(plainCell("mutant"), plainCell("verdict"))
	counts := map[judgement]int{}
	for _, m := range f.mutants {
		counts[m.verdict()]++
		t.add(plainCell(m.mutant.Name), m.cell())
	}
	if err := t.write(&b, "  ", f.colours); err != nil {
		return err
	}
	for _, m := range f.mutants {
		if x := m.failure(); x != nil && f.full {
			fmt.Fprintf(&b, "  %s\n\n", m.mutant.Doc)
			if err := x.Text(&b, trace.TextOptions{Colour: f.colours}); err != nil {
				return err
			}
		}
	}
	if !f.full {
		fmt.Fprintf(&b, "  %d mutants: %d killed, %d equivalent, %d survive\n", len(f.mutants), counts[killed], counts[equivalent], counts[survives])
	}
	b.WriteByte('\n')
	f.mutants = nil
	_, err := w.Write(b.Bytes())
	return err
}

// cell shows the verdict.
func (m mutated) cell() cell {
	switch m.verdict() {
	case killed:
		text := fmt.Sprintf("killed by %s: %s", m.result.Program, m.failure().Failure.Kind)
		if !m.ok() {
			return cell{"✗ " + text + ", though the catalogue says that it is equivalent: " + m.reason, color.FgRed}
		}
		return cell{"✓ " + text, color.FgGreen}
	case equivalent:
		return cell{"✓ equivalent: " + m.reason, color.FgYellow}
	}
	return cell{strings.Join(append([]string{"✗ survives"}, m.result.Bounds...), "; "), color.FgRed}
}

// mutantLines is the json format: one object a line, one per mutant.
type mutantLines struct {
	full    bool
	mutants []mutated
}

// mutantLine is the object of one mutant.
type mutantLine struct {
	Protocol string           `json:"protocol"`
	Mutant   string           `json:"mutant"`
	Change   string           `json:"change"`
	Verdict  judgement        `json:"verdict"`
	OK       bool             `json:"ok"`
	Program  string           `json:"program,omitempty"` // that killed it
	Kind     string           `json:"kind,omitempty"`    // of its failure
	Reason   string           `json:"reason,omitempty"`  // why it is equivalent
	Bounds   []string         `json:"bounds,omitempty"`
	Failure  *trace.Execution `json:"failure,omitempty"`
}

func (f *mutantLines) mutant(m mutated) { f.mutants = append(f.mutants, m) }

func (f *mutantLines) end(w io.Writer, p catalog.Protocol) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for _, m := range f.mutants {
		line := mutantLine{
			Protocol: p.Name, Mutant: m.mutant.Name, Change: m.mutant.Doc, Verdict: m.verdict(), OK: m.ok(),
			Program: m.result.Program, Reason: m.reason, Bounds: m.result.Bounds,
		}
		if x := m.failure(); x != nil {
			line.Kind = string(x.Failure.Kind)
			if f.full {
				line.Failure = x
			}
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	f.mutants = nil
	return nil
}
