package trace

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// TextOptions says how Text writes. The zero value is what suits the output of go test.
type TextOptions struct {
	Width  int  // in columns, of lines that can be broken; 100 if zero
	Colour bool // with ANSI escape sequences
}

// Text writes the execution for a person to read: what failed, the steps thread by thread as they happened, with
// the write that each read took, what the threads wait for, and how to run it again. The error is w's.
func (e *Execution) Text(w io.Writer, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = 100
	}
	t := &text{Writer: bufio.NewWriter(w), e: e, paths: e.paths(), marked: e.concerned(), o: o}
	t.failure()
	t.schedule()
	t.threads()
	t.end()
	return t.Flush()
}

// String returns the execution as Text writes it.
func (e *Execution) String() string {
	var b strings.Builder
	_ = e.Text(&b, TextOptions{}) // a Builder takes everything
	return b.String()
}

type text struct {
	*bufio.Writer // remembers the first error
	e             *Execution
	paths         paths
	marked        map[int]bool
	o             TextOptions
}

const (
	bold   = "1"
	red    = "31"
	green  = "32"
	yellow = "33"
	faint  = "2"
)

func (t *text) colour(code, s string) string {
	if !t.o.Colour || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *text) line(indent int, code, s string) {
	fmt.Fprintf(t, "%s%s\n", strings.Repeat(" ", indent), t.colour(code, s))
}

// block writes several lines as they are.
func (t *text) block(indent int, s string) {
	for l := range strings.Lines(s) {
		l = visible(strings.ReplaceAll(strings.TrimRight(l, "\r\n"), "\t", "    "))
		if l == "" {
			t.line(0, "", "")
		} else {
			t.line(indent, "", l)
		}
	}
}

// wrapped writes a sentence after a label, in lines that are not too long.
func (t *text) wrapped(indent int, code, label, sentence string) {
	line, hang := label, utf8.RuneCountInString(label)
	empty := true
	for _, word := range strings.Fields(visible(strings.Join(strings.Fields(sentence), " "))) {
		if !empty && indent+utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > t.o.Width {
			t.line(indent, code, line)
			line, empty = strings.Repeat(" ", hang), true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	t.line(indent, code, line)
}

func (t *text) failure() {
	f := t.e.Failure
	if f == nil {
		t.line(0, bold, t.e.Headline())
		return
	}
	t.line(0, red, t.e.Headline())
	if f.Message != "" {
		t.block(4, f.Message)
	}
	switch {
	case len(f.Steps) > 0:
		for _, i := range f.Steps {
			if i >= 0 && i < len(t.e.Steps) {
				s := &t.e.Steps[i]
				t.line(2, "", strings.Join(filled(
					fmt.Sprintf("▸ step %d of %s", i+1, t.e.threadName(s.Thread)), t.paths.of(s.Pos), s.operation(), visible(s.Pos.Function)), "  "))
			}
		}
	case t.e.thread(f.Thread):
		t.line(2, "", "▸ in "+t.e.threadName(f.Thread))
	}
	if f.Stack != "" {
		t.line(2, "", "stack:")
		t.block(4, f.Stack)
	}
}

func filled(parts ...string) []string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return kept
}

// Columns are as wide as what stands in them, but not beyond this: what is longer pushes the rest of its line.
var widest = [3]int{26, 24, 34}

func (t *text) schedule() {
	e := t.e
	if len(e.Steps) == 0 {
		return
	}
	t.line(0, "", "")
	t.line(0, "", "schedule: "+e.summary())
	var width [3]int
	for i := range e.Steps {
		for c, s := range t.columns(&e.Steps[i]) {
			if n := utf8.RuneCountInString(s); n <= widest[c] {
				width[c] = max(width[c], n)
			}
		}
	}
	digits := len(fmt.Sprint(len(e.Steps)))
	departures := e.departures()
	begun := map[int]bool{}
	doing := ""
	for i := range e.Steps {
		s := &e.Steps[i]
		if i == 0 || e.Steps[i-1].Thread != s.Thread {
			if reason := e.leaving(departures[i], t.paths); i > 0 && reason != "" {
				t.line(digits+5, faint, "┄ "+reason)
			}
			name := t.e.threadTitle(s.Thread)
			if begun[s.Thread] {
				name += ", continued"
			}
			begun[s.Thread] = true
			t.line(2, bold, name)
			doing = ""
		}
		if s.Doing != doing && s.Doing != "" {
			t.line(digits+5, bold, visible(s.Doing)+":")
		}
		doing = s.Doing
		mark := " "
		if t.marked[i] {
			mark = "▸"
		}
		head := fmt.Sprintf("  %s %*d  ", mark, digits, i+1)
		t.step(s, head, width)
	}
}

// padded fills a column that has any width, and the gap after it.
func padded(s string, width int) string {
	if width == 0 {
		return s
	}
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s))+2)
}

func (t *text) columns(s *Step) [3]string {
	return [3]string{t.paths.of(s.Pos), s.operation(), visible(s.Location)}
}

func (t *text) step(s *Step, head string, width [3]int) {
	code := ""
	if strings.Contains(head, "▸") {
		code = red
	}
	columns := t.columns(s)
	line := head + padded(columns[0], width[0]) + padded(columns[1], width[1])
	// What follows the position's column is for continued lines too.
	indent := utf8.RuneCountInString(head) + width[0] + 2
	rest := t.e.effect(s)
	whole := line + padded(columns[2], width[2]) + rest
	switch fits := func(s string) bool { return utf8.RuneCountInString(strings.TrimRight(s, " ")) <= t.o.Width }; {
	case fits(whole):
		t.line(0, code, strings.TrimRight(whole, " "))
	case fits(line + columns[2]):
		t.line(0, code, strings.TrimRight(line+columns[2], " "))
		t.wrapped(indent, code, "", rest)
	default:
		t.line(0, code, strings.TrimRight(line, " "))
		t.wrapped(indent, code, "", columns[2]+" "+rest)
	}
	if from := t.e.source(s, t.paths); from != "" {
		t.wrapped(indent, green, "← ", "read from "+from)
	}
	if s.Why != "" {
		t.wrapped(indent, yellow, "why: ", s.Why)
	}
}

// threads writes how the threads ended, unless all of them came to their end.
func (t *text) threads() {
	width, all := 0, true
	for i, th := range t.e.Threads {
		width = max(width, utf8.RuneCountInString(t.e.threadName(i)))
		all = all && (th.State == "" || th.State == "finished")
	}
	if all {
		return
	}
	t.line(0, "", "")
	t.line(0, "", "goroutines at the end:")
	for i, th := range t.e.Threads {
		name := t.e.threadName(i)
		t.wrapped(2, "", name+strings.Repeat(" ", width-utf8.RuneCountInString(name)+2), th.State)
	}
}

func (t *text) end() {
	notes, command := t.e.remarks(), t.e.ReplayCommand()
	if len(notes) > 0 || command != "" {
		t.line(0, "", "")
	}
	for _, n := range notes {
		t.wrapped(0, "", "note: ", n)
	}
	if command != "" {
		t.line(0, "", "replay: "+visible(command))
	}
}
