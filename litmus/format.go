package litmus

import (
	"fmt"
	"strings"
)

// Format prints a test in the format that Parse reads: parsing the result gives the test back, but for
// positions, comments and layout.
func Format(t *Test) string {
	var b strings.Builder
	b.WriteString(t.Dialect + " " + t.Name)
	if t.Title != "" {
		b.WriteString(" " + t.Title)
	}
	b.WriteByte('\n')
	for _, d := range t.Doc {
		fmt.Fprintf(&b, "\"%s\"\n", d)
	}
	for _, f := range t.Meta {
		fmt.Fprintf(&b, "%s=%s\n", f.Key, f.Value)
	}
	b.WriteString("{\n")
	for _, item := range t.Init {
		fmt.Fprintf(&b, "  %s;\n", item)
	}
	b.WriteString("}\n")
	if len(t.Threads) > 0 && t.Threads[0].Function != nil {
		for _, thread := range t.Threads {
			fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(thread.Function.String()))
		}
		b.WriteByte('\n')
	} else {
		formatTable(&b, t.Threads)
	}
	if t.Regions != "" {
		fmt.Fprintf(&b, "regions: %s\n", t.Regions)
	}
	if len(t.Locations) > 0 {
		items := make([]string, len(t.Locations))
		for i, item := range t.Locations {
			items[i] = item.String() + ";"
		}
		fmt.Fprintf(&b, "locations [%s]\n", strings.Join(items, " "))
	}
	if t.Filter != nil {
		fmt.Fprintf(&b, "filter (%s)\n", t.Filter)
	}
	fmt.Fprintf(&b, "%s\n", t.Condition)
	if len(t.Legacy) > 0 {
		b.WriteString("with\n")
		for _, v := range t.Legacy {
			fmt.Fprintf(&b, "%s: %s;\n", v.Model, v.Quantifier)
		}
	}
	return b.String()
}

// String is the item as the initial state has it, without the semicolon.
func (item InitItem) String() string {
	var b strings.Builder
	if item.Type != "" {
		b.WriteString(item.Type + " ")
	}
	if item.Pointer {
		b.WriteByte('*')
	}
	switch p := item.Place; {
	case p.Thread >= 0 || p.IsSymbolic():
		b.WriteString(p.String())
	default:
		b.WriteString(p.Name)
	}
	if item.Array > 0 {
		fmt.Fprintf(&b, "[%d]", item.Array)
	}
	switch {
	case item.Array > 0 && item.Values != nil:
		values := make([]string, len(item.Values))
		for i, v := range item.Values {
			values[i] = v.initial()
		}
		fmt.Fprintf(&b, "={%s}", strings.Join(values, ","))
	case len(item.Values) > 0:
		b.WriteString("=" + item.Values[0].initial())
	}
	return b.String()
}

// initial is the constant as the initial state writes it.
func (c Constant) initial() string {
	if c.Kind == LabelAddress {
		return fmt.Sprintf("P%d:%s", c.Thread, c.Name)
	}
	return c.String()
}

// String is the item as locations [...] has it.
func (item LocationItem) String() string {
	s := item.Place.String()
	if item.Place.Thread < 0 && item.Place.Index == NoIndex {
		s = item.Place.Name // an array as a whole too
	}
	if item.Type != "" {
		s += " " + item.Type
	}
	if item.Pointer {
		s += "*"
	}
	return s
}

// formatTable prints the threads side by side.
func formatTable(b *strings.Builder, threads []Thread) {
	width := make([]int, len(threads))
	height := 0
	for i, t := range threads {
		width[i] = len(t.Name)
		height = max(height, len(t.Lines))
		for _, line := range t.Lines {
			width[i] = max(width[i], len(line.String()))
		}
	}
	row := func(cell func(Thread) string) {
		for i, t := range threads {
			if i > 0 {
				b.WriteString(" |")
			}
			fmt.Fprintf(b, " %-*s", width[i], cell(t))
		}
		b.WriteString(" ;\n")
	}
	row(func(t Thread) string { return t.Name })
	for k := range height {
		row(func(t Thread) string {
			if k < len(t.Lines) {
				return t.Lines[k].String()
			}
			return ""
		})
	}
}

// String is the cell's text: its labels and its instruction.
func (l Line) String() string {
	var parts []string
	for _, label := range l.Labels {
		parts = append(parts, label+":")
	}
	if l.Node != nil {
		parts = append(parts, l.Node.String())
	}
	return strings.Join(parts, " ")
}
