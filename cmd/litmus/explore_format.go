package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/fatih/color"

	"github.com/weakmem/litmus/explorer/trace"
	"github.com/weakmem/litmus/primitives/catalog"
)

func newExploreFormat(name string, seconds bool, w io.Writer) (exploreFormat, error) {
	switch name {
	case "text":
		return &exploreTable{colours: isTerminal(w), seconds: seconds}, nil
	case "json":
		return exploreLines{seconds}, nil
	}
	return nil, fmt.Errorf("--format %s: expected text or json", name)
}

// exploreTable is the text format: a protocol's programs as a table, then the failures in full.
type exploreTable struct {
	colours, seconds bool
	programs         []explored // of one protocol
}

func (f *exploreTable) program(_ io.Writer, e explored) error {
	f.programs = append(f.programs, e)
	return nil
}

func (f *exploreTable) end(w io.Writer) error {
	if len(f.programs) == 0 {
		return nil
	}
	p := f.programs[0].protocol
	var b bytes.Buffer
	name := cell{p.Name, color.Bold}
	fmt.Fprintf(&b, "%s: %s\n", name.paint(f.colours), p.Title)
	var t table
	head := []cell{plainCell("program"), plainCell("model"), plainCell("executions"), plainCell("led nowhere")}
	if f.programs[0].mistake {
		head[0].text = "mistake"
	}
	if f.seconds {
		head = append(head, plainCell("time"))
	}
	t.add(append(head, plainCell("verdict"))...)
	for _, e := range f.programs {
		row := []cell{plainCell(e.exploration.program.Name), plainCell(e.model), count(e.report.Executions), count(e.report.Blocked)}
		if f.seconds {
			row = append(row, plainCell(e.elapsed.Round(time.Millisecond).String()))
		}
		t.add(append(row, e.cell())...)
	}
	if err := t.write(&b, "  ", f.colours); err != nil {
		return err
	}
	for _, e := range f.programs {
		if x := e.report.Failure; x != nil {
			b.WriteByte('\n')
			if err := x.Text(&b, trace.TextOptions{Colour: f.colours}); err != nil {
				return err
			}
		}
	}
	b.WriteByte('\n')
	f.programs = nil
	_, err := w.Write(b.Bytes())
	return err
}

func count(n uint64) cell {
	if n == 0 {
		return plainCell("-")
	}
	return plainCell(strconv.FormatUint(n, 10))
}

// cell shows the verdict.
func (e explored) cell() cell {
	switch {
	case e.verdict == interrupted:
		return cell{"interrupted", color.FgYellow}
	case e.verdict == boundHit:
		return cell{"bound hit: " + strings.Join(e.report.Bounds, "; "), color.FgYellow}
	case e.verdict == failed && !e.mistake:
		return cell{"✗ FAILED: " + e.kind(), color.FgRed}
	case e.verdict == verified && e.mistake:
		return cell{"✗ verified, but expected to fail: " + e.fails, color.FgRed}
	case e.verdict == failed && !e.ok():
		return cell{"✗ fails: " + e.kind() + ", but expected: " + e.fails, color.FgRed}
	case e.verdict == failed:
		return cell{"✓ fails: " + e.kind(), color.FgGreen}
	}
	return cell{"✓ verified", color.FgGreen}
}

// kind is the sort of failure.
func (e explored) kind() string { return e.report.Failure.Failure.Kind.String() }

// exploreLines is the json format: one object a line, one per program and model.
type exploreLines struct{ seconds bool }

// exploredLine is the object of one program and model.
type exploredLine struct {
	Protocol   string           `json:"protocol"`
	Program    string           `json:"program"`
	Mistake    bool             `json:"mistake,omitempty"`
	Model      string           `json:"model"`
	Executions uint64           `json:"executions"`
	LedNowhere uint64           `json:"led_nowhere"`
	Verdict    judgement        `json:"verdict"`
	OK         bool             `json:"ok"`
	Bounds     []string         `json:"bounds,omitempty"`
	Seconds    float64          `json:"seconds,omitempty"`
	Failure    *trace.Execution `json:"failure,omitempty"`
}

func (f exploreLines) program(w io.Writer, e explored) error {
	line := exploredLine{
		Protocol: e.protocol.Name, Program: e.exploration.program.Name, Mistake: e.mistake, Model: e.model,
		Executions: e.report.Executions, LedNowhere: e.report.Blocked,
		Verdict: e.verdict, OK: e.ok(), Bounds: e.report.Bounds, Failure: e.report.Failure,
	}
	if f.seconds {
		line.Seconds = e.elapsed.Seconds()
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return out.Encode(line)
}

func (exploreLines) end(io.Writer) error { return nil }

// listProtocols lists the protocols with their programs and mistakes.
func listProtocols(w io.Writer, protocols []catalog.Protocol, colours bool) error {
	var t table
	for _, p := range protocols {
		t.add(cell{p.Name, color.Bold}, plainCell(p.Title))
		for _, program := range p.Programs {
			t.add(plainCell("  "+program.Name), plainCell(program.Doc))
		}
		for _, m := range p.Mistakes {
			t.add(plainCell("  "+m.Name), plainCell("mistake: "+m.Doc))
		}
	}
	return t.write(w, "", colours)
}
