package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/primitives/catalog"
)

func newWeaken(protocols []catalog.Protocol) *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "weaken PROTOCOL …|all",
		Short: "Find the weakest orderings that the built-in protocols work with",
		Long: `weaken searches the orderings of a protocol's atomic operations for the weakest
with which all of its programs hold under rc11. It prints every minimal
assignment: one that works, while with any ordering weaker some program fails.

Assignments are ranked by what they cost on arm64, then on amd64. Beside each
ordering stand the instructions that it becomes there. A cost is roughly cycles,
each operation counted once, and good for comparisons only. "failed" is the ordering of a compare-and-swap
that finds another value.

The library behind it, for code of your own, is package explorer/mutate.

Exit codes: 0 fine, 2 bad names or options, 130 interrupted: the assignments
found by then are printed.`,
		Example: `  litmus weaken guard
  litmus weaken all --format json > weakest.jsonl`,
		Args:      cobra.MinimumNArgs(1),
		ValidArgs: append(protocolNames(protocols), "all"),
		RunE: func(c *cobra.Command, args []string) error {
			forTestsOnly()
			chosen, err := chooseProtocols(protocols, args)
			if err != nil {
				return err
			}
			show, ok := map[string]func(weakened, io.Writer) error{"text": weakened.text, "json": weakened.json}[name]
			if !ok {
				return fmt.Errorf("--format %s: expected text or json", name)
			}
			for _, p := range chosen {
				w, err := weaken(c.Context(), p, c.ErrOrStderr())
				if err != nil && c.Context().Err() == nil {
					return err
				}
				if w != nil {
					if err := show(weakened{p, w, isTerminal(c.OutOrStdout())}, c.OutOrStdout()); err != nil {
						return err
					}
				}
				if c.Context().Err() != nil {
					return exit(exitInterrupted, "interrupted: there may be other assignments for %s", p.Name)
				}
			}
			return nil
		},
	}
	c.Flags().StringVarP(&name, "format", "f", "text", "text or json (one object a line)")
	return c
}

// weaken searches a protocol's orderings. What it has found is nil if there is nothing yet.
func weaken(ctx context.Context, p catalog.Protocol, stderr io.Writer) (*mutate.Weakening, error) {
	code, err := p.Code(ctx)
	if err != nil {
		return nil, err
	}
	var progress func(*mutate.Weakening)
	if isTerminal(stderr) {
		bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(stderr), progressbar.OptionClearOnFinish())
		defer func() { _ = bar.Clear() }()
		progress = func(w *mutate.Weakening) {
			bar.Describe(fmt.Sprintf("%s: %d assignments tried, %d minimal found", p.Name, w.Explorations, len(w.Minimal)))
			_ = bar.Add(1)
		}
	}
	return code.Weakest(ctx, progress)
}

// weakened is what the search has found of a protocol.
type weakened struct {
	protocol catalog.Protocol
	*mutate.Weakening
	colours bool
}

// text prints the first assignment in full, and of the others what differs from it.
func (w weakened) text(out io.Writer) error {
	var b bytes.Buffer
	name := cell{w.protocol.Name, color.Bold}
	fmt.Fprintf(&b, "%s: %s of %s%s\n", name.paint(w.colours), number(len(w.Minimal), "minimal assignment"), number(len(w.Slots), "ordering"), w.unfinished())
	if len(w.Slots) == 0 {
		b.WriteString("  no atomic operation of its own\n\n")
		_, err := out.Write(b.Bytes())
		return err
	}
	written := false
	for n, a := range w.Minimal {
		var t table
		var costs []string
		for _, architecture := range mapping.Architectures() {
			costs = append(costs, fmt.Sprintf("%d on %s", a.Cost[architecture], architecture))
		}
		fmt.Fprintf(&b, "\n  %d. cost %s", n+1, strings.Join(costs, ", "))
		if a.Written {
			written = true
			b.WriteString(": as written")
		}
		if n > 0 {
			b.WriteString(", as 1 but for")
		}
		b.WriteByte('\n')
		if n == 0 {
			head := []cell{plainCell("operation"), plainCell("ordering")}
			for _, architecture := range mapping.Architectures() {
				head = append(head, plainCell(architecture))
			}
			t.add(head...)
		}
		for i, slot := range w.Slots {
			if n > 0 && a.Orders[i] == w.Minimal[0].Orders[i] {
				continue
			}
			row := []cell{plainCell(slot.Name()), {order(slot, a.Orders[i]), color.FgCyan}}
			for _, architecture := range mapping.Architectures() {
				row = append(row, plainCell(w.Instructions(a, architecture)[i].Instructions))
			}
			t.add(row...)
		}
		if err := t.write(&b, "     ", w.colours); err != nil {
			return err
		}
	}
	if !written && w.Complete {
		b.WriteString("\n  As written, the orderings are stronger than one of these.\n")
	}
	for _, bound := range w.Bounds {
		fmt.Fprintf(&b, "\n  %s\n", bound)
	}
	b.WriteByte('\n')
	_, err := out.Write(b.Bytes())
	return err
}

func (w weakened) unfinished() string {
	if w.Complete {
		return ""
	}
	return ": not finished, there may be others"
}

// order names a slot's ordering.
func order(s mutate.Slot, o sim.Ordering) string {
	if s.Site.Kind == sim.FenceOperation && o == sim.Relaxed {
		return "none"
	}
	return o.String()
}

// weakestLine is the object of one assignment.
type weakestLine struct {
	Protocol  string         `json:"protocol"`
	Cost      map[string]int `json:"cost"` // by architecture
	Written   bool           `json:"written"`
	Complete  bool           `json:"complete"` // the search was
	Orderings []slotLine     `json:"orderings"`
}

// slotLine is one ordering of an assignment.
type slotLine struct {
	Site         string            `json:"site"`
	Failed       bool              `json:"failed,omitempty"` // of a compare-and-swap that finds another value
	File         string            `json:"file"`
	Line         int               `json:"line"`
	Ordering     string            `json:"ordering"`
	Written      string            `json:"written"`
	Instructions map[string]string `json:"instructions,omitempty"` // by architecture
}

// json prints one object a line, one per assignment.
func (w weakened) json(out io.Writer) error {
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	for _, a := range w.Minimal {
		line := weakestLine{Protocol: w.protocol.Name, Cost: a.Cost, Written: a.Written, Complete: w.Complete, Orderings: []slotLine{}}
		for i, s := range w.Slots {
			slot := slotLine{
				Site: s.Site.Name, Failed: s.Failed, File: s.Site.File, Line: s.Site.Line,
				Ordering: order(s, a.Orders[i]), Written: order(s, s.Written()),
			}
			if !s.Failed {
				slot.Instructions = map[string]string{}
				for _, architecture := range mapping.Architectures() {
					slot.Instructions[architecture] = w.Instructions(a, architecture)[i].Instructions
				}
			}
			line.Orderings = append(line.Orderings, slot)
		}
		if err := lines.Encode(line); err != nil {
			return err
		}
	}
	return nil
}

// number is how many of a thing there are: "1 ordering", "2 orderings".
func number(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
