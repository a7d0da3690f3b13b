package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fatih/color"
)

// crossTable is the text format: a row a test, a column a column, then every contradiction in full, and counts.
type crossTable struct {
	colours bool
	columns []string
	tests   []*crossed
}

func (f *crossTable) test(_ io.Writer, c *crossed) error {
	if c.err == nil {
		f.tests = append(f.tests, c)
	}
	return nil
}

func (f *crossTable) end(w io.Writer) error {
	var b bytes.Buffer
	var columns []string
	var left []string
	for _, name := range f.columns {
		if why := f.silence(name); why != "" {
			left = append(left, fmt.Sprintf("%s left out: %s\n", name, why))
		} else {
			columns = append(columns, name)
		}
	}
	if len(f.tests) > 0 {
		if err := f.table(&b, columns); err != nil {
			return err
		}
	}
	for _, line := range left {
		b.WriteString(line)
	}
	f.reasons(&b, columns)
	for _, c := range f.tests {
		f.details(&b, c)
	}
	f.summary(&b)
	_, err := w.Write(b.Bytes())
	return err
}

// silence says why a column has nothing to say of any test; "" if it has.
func (f *crossTable) silence(column string) string {
	var reasons []string
	for _, c := range f.tests {
		for i := range c.claims {
			x := &c.claims[i]
			switch {
			case x.column != column:
			case x.silent == nil:
				return ""
			case !slices.Contains(reasons, x.why(c.file)):
				reasons = append(reasons, x.why(c.file))
			}
		}
	}
	if more := len(reasons) - told; more > 0 {
		reasons = append(reasons[:told], fmt.Sprintf("and %d more reasons", more))
	}
	return strings.Join(reasons, "; ")
}

func (f *crossTable) table(b *bytes.Buffer, columns []string) error {
	var t table
	head := []cell{{"test", color.Bold}, plainCell("model")}
	for _, name := range columns {
		head = append(head, plainCell(name))
	}
	t.add(append(head, plainCell("verdict"))...)
	for _, c := range f.tests {
		row := []cell{plainCell(c.test.Name), plainCell(c.claims[0].model)}
		for _, name := range columns {
			i := slices.IndexFunc(c.claims, func(x claim) bool { return x.column == name })
			row = append(row, plainCell(c.states(&c.claims[i])))
		}
		t.add(append(row, c.mark())...)
	}
	t.add()
	return t.write(b, "", f.colours)
}

// states is a claim in a cell.
func (c *crossed) states(x *claim) string {
	if x.silent != nil {
		return x.word
	}
	more := map[bool]string{true: "", false: "+"}
	if !x.sample {
		if x.undefined {
			return "undefined"
		}
		return fmt.Sprintf("%d%s", len(x.states), more[x.exact()])
	}
	seen, of, exact, held := coverage(x, c.claims)
	if !held {
		return fmt.Sprintf("%d seen", len(x.states))
	}
	text := fmt.Sprintf("%d of %d%s", seen, of, more[exact])
	if beyond := len(x.states) - seen; beyond > 0 {
		text += fmt.Sprintf(", and %d", beyond)
	}
	if x.model != c.claims[0].model {
		text += " (" + x.model + ")"
	}
	return text
}

// mark is the verdict in a cell.
func (c *crossed) mark() cell {
	switch v := c.verdict(); v {
	case "contradiction":
		return cell{"✗ " + v, color.FgRed}
	case "agree":
		return cell{"✓ " + v, color.FgGreen}
	default:
		return cell{v, color.FgYellow}
	}
}

// reasonLimit is how many reasons for silence are told.
const reasonLimit = 10

// reasons tells why columns that speak of other tests are silent about some, where that is not the dialect or the model.
func (f *crossTable) reasons(b *bytes.Buffer, columns []string) {
	type reason struct{ column, why string }
	var list []reason
	files := map[reason][]string{}
	for _, c := range f.tests {
		for i := range c.claims {
			x := &c.claims[i]
			if x.word != "unsupported" || !slices.Contains(columns, x.column) {
				continue
			}
			r := reason{x.column, x.why(c.file)}
			if files[r] == nil {
				list = append(list, r)
			}
			files[r] = append(files[r], c.file)
		}
	}
	for i, r := range list {
		if i == reasonLimit {
			fmt.Fprintf(b, "and %d more reasons (all: --format json)\n", len(list)-i)
			break
		}
		fmt.Fprintf(b, "%s: %s: %s", files[r][0], r.column, r.why)
		if more := len(files[r]) - 1; more > 0 {
			fmt.Fprintf(b, " (and %d more)", more)
		}
		b.WriteByte('\n')
	}
}

// details tells what contradicts what, and what is left open.
func (f *crossTable) details(b *bytes.Buffer, c *crossed) {
	for i := range c.disagreements {
		d := &c.disagreements[i]
		if d.Explanation == "" {
			continue
		}
		fmt.Fprintf(b, "%s: %s%s\n", c.file, d.headline(), c.counted(d))
		for line := range strings.Lines(d.Explanation) {
			b.WriteString("  " + line)
		}
	}
	if c.untold > 0 {
		fmt.Fprintf(b, "%s: and %d more such states\n", c.file, c.untold)
	}
	for _, state := range c.open {
		fmt.Fprintf(b, "%s: not all have %s, which may be beyond a bound: %s\n", c.file, state, c.bounds())
	}
}

// counted says how often a state was seen, if it was.
func (c *crossed) counted(d *disagreement) string {
	for i := range c.claims {
		x := &c.claims[i]
		if !x.sample || x.model != d.Model {
			continue
		}
		for _, s := range x.states {
			if s.text == d.State {
				return fmt.Sprintf(" (%d times in %d)", s.count, x.instances)
			}
		}
	}
	return ""
}

// bounds are the bounds that were hit.
func (c *crossed) bounds() string {
	var list []string
	for i := range c.claims {
		if x := &c.claims[i]; x.open != "" {
			list = append(list, x.column+": "+x.open)
		}
	}
	return strings.Join(list, "; ")
}

// summary counts.
func (f *crossTable) summary(b *bytes.Buffer) {
	held := make([]int, len(columnNames))
	verdicts := map[string]int{}
	seen, of := 0, 0
	for _, c := range f.tests {
		held[c.held]++
		verdicts[c.verdict()]++
		for i := range c.claims {
			if x := &c.claims[i]; x.sample && x.silent == nil {
				s, n, _, _ := coverage(x, c.claims)
				seen, of = seen+s, of+n
			}
		}
	}
	fmt.Fprintf(b, "%d tests: ", len(f.tests))
	for n := len(held) - 1; n > 0; n-- {
		if held[n] > 0 {
			fmt.Fprintf(b, "%d held against %d other%s, ", held[n], n, map[bool]string{true: "s"}[n > 1])
		}
	}
	fmt.Fprintf(b, "%d alone; %d in contradiction", held[0], verdicts["contradiction"])
	for _, v := range []string{"undefined", "open", "interrupted"} {
		if verdicts[v] > 0 {
			fmt.Fprintf(b, ", %d %s", verdicts[v], v)
		}
	}
	b.WriteByte('\n')
	if of > 0 {
		fmt.Fprintf(b, "the processor showed %d of %d states\n", seen, of)
	}
}

// crossLines is the json format: one object a line, one a test.
type crossLines struct{}

// crossLine is the object of one test.
type crossLine struct {
	File           string         `json:"file"`
	Name           string         `json:"name"`
	Dialect        string         `json:"dialect"`
	Verdict        string         `json:"verdict"` // agree, contradiction, undefined, open, alone or interrupted
	Columns        []claimLine    `json:"columns"`
	Contradictions []disagreement `json:"contradictions,omitempty"`
	Open           []string       `json:"open,omitempty"` // states that not all have, which may be beyond a bound
}

// claimLine is what one column says.
type claimLine struct {
	Column    string   `json:"column"`
	Model     string   `json:"model"`
	States    []string `json:"states"` // herd's lines
	Exact     bool     `json:"exact"`  // there are no other states
	Bound     string   `json:"bound,omitempty"`
	Undefined bool     `json:"undefined,omitempty"`
	Races     []string `json:"races,omitempty"`
	Counts    []int64  `json:"counts,omitempty"` // of a sample: how often each state was seen
	Instances int64    `json:"instances,omitempty"`
	Silent    string   `json:"silent,omitempty"` // why it says nothing
}

func (crossLines) test(w io.Writer, c *crossed) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	if c.err != nil {
		return out.Encode(c.failure())
	}
	line := crossLine{
		File: c.file, Name: c.test.Name, Dialect: c.test.Dialect, Verdict: c.verdict(),
		Contradictions: c.disagreements, Open: c.open,
	}
	for i := range c.claims {
		x := &c.claims[i]
		l := claimLine{
			Column: x.column, Model: x.model, States: []string{}, Exact: x.exact(), Bound: x.open,
			Undefined: x.undefined, Races: x.races, Instances: x.instances,
		}
		if x.silent != nil {
			l.Silent = x.why(c.file)
		}
		for _, s := range x.states {
			l.States = append(l.States, s.text)
			if x.sample {
				l.Counts = append(l.Counts, s.count)
			}
		}
		line.Columns = append(line.Columns, l)
	}
	return out.Encode(line)
}

func (crossLines) end(io.Writer) error { return nil }
