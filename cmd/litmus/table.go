package main

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/weakmem/litmus/litmus"
)

// cell is a piece of text in a table, with the colour that a terminal shows it in.
type cell struct {
	text   string
	colour color.Attribute // 0: none
}

// table is rows of cells, written with columns aligned. Padding counts
// characters and comes before colouring, which takes no room on the screen.
type table struct{ rows [][]cell }

func (t *table) add(row ...cell) { t.rows = append(t.rows, row) }

// write writes the table, indented.
func (t *table) write(w io.Writer, indent string, colours bool) error {
	var widths []int
	for _, row := range t.rows {
		for i, c := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		for len(row) > 0 && row[len(row)-1].text == "" {
			row = row[:len(row)-1]
		}
		if len(row) > 0 {
			b.WriteString(indent)
		}
		for i, c := range row {
			b.WriteString(c.paint(colours))
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)+2))
			}
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c cell) paint(colours bool) string {
	if c.colour == 0 || !colours {
		return c.text
	}
	p := color.New(c.colour)
	p.EnableColor()
	return p.Sprint(c.text)
}

// plainCell is a cell without colour.
func plainCell(text string) cell { return cell{text: text} }

// verdictCell shows a verdict in the colour that goes with it.
func verdictCell(v litmus.Verdict) cell {
	colours := map[litmus.Verdict]color.Attribute{
		litmus.Allowed: color.FgYellow, litmus.Forbidden: color.FgGreen,
		litmus.Required: color.FgCyan, litmus.Undefined: color.FgRed,
	}
	return cell{string(v), colours[v]}
}
