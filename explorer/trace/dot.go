package trace

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// look is how Graphviz draws a relation. Only program order, and what starts and joins threads, places the nodes.
var look = map[Relation]string{
	ProgramOrder: `color="black"`,
	ReadsFrom:    `color="forestgreen", fontcolor="forestgreen", label="rf", constraint=false`,
	Coherence:    `color="saddlebrown", fontcolor="saddlebrown", label="co", constraint=false`,
	FromRead:     `color="orangered", fontcolor="orangered", label="fr", style="dashed", constraint=false`,
	Spawned:      `color="gray50", style="dotted"`,
	Joined:       `color="gray50", style="dotted"`,
}

// DOT writes the execution graph in Graphviz's language: a cluster for each thread, a node for each step and
// for each initial value that matters, and the edges of po, rf, co and fr. The error is w's.
func (e *Execution) DOT(w io.Writer) error {
	b := bufio.NewWriter(w)
	p, marked := e.paths(), e.concerned()
	label := []string{e.Headline()}
	if e.Failure != nil && e.Failure.Message != "" {
		message := strings.ReplaceAll(strings.TrimRight(e.Failure.Message, "\n"), "\t", "    ")
		label = append(label, strings.Split(message, "\n")...)
	}
	for _, n := range e.remarks() {
		label = append(label, "note: "+n)
	}
	fmt.Fprintf(b, "digraph execution {\n")
	fmt.Fprintf(b, "  label=%s;\n  labelloc=t;\n  labeljust=l;\n", dotString(`\l`, label...))
	fmt.Fprintf(b, "  fontname=\"sans-serif\";\n  node [fontname=\"sans-serif\", fontsize=11, shape=box, style=\"rounded,filled\", fillcolor=white];\n")
	fmt.Fprintf(b, "  edge [fontname=\"sans-serif\", fontsize=10];\n")
	edges := e.Edges()
	begins := map[string]bool{} // locations whose initial value is the beginning of an edge
	for _, edge := range edges {
		begins[e.Steps[edge.To].Location] = begins[e.Steps[edge.To].Location] || edge.From == Initial
	}
	initial := map[string]string{}
	for i, l := range e.locations() {
		if begins[l] {
			initial[l] = fmt.Sprintf("init%d", i)
			fmt.Fprintf(b, "  %s [label=%s, shape=plaintext, style=\"\"];\n", initial[l], dotString(`\n`, "initial "+l))
		}
	}
	for t, steps := range e.ByThread() {
		fmt.Fprintf(b, "  subgraph cluster%d {\n    label=%s;\n    color=gray70;\n", t, dotString(`\n`, e.threadName(t)))
		for _, i := range steps {
			s := &e.Steps[i]
			lines := filled(fmt.Sprintf("%d: %s", i+1, s.operation()), s.Location, e.effect(s), p.of(s.Pos))
			style := ""
			if marked[i] {
				style = ", color=red, penwidth=2"
			}
			fmt.Fprintf(b, "    step%d [label=%s%s];\n", i, dotString(`\n`, lines...), style)
		}
		fmt.Fprintf(b, "  }\n")
	}
	for _, edge := range edges {
		if !e.drawn(edge.From) || !e.drawn(edge.To) {
			continue
		}
		from := fmt.Sprintf("step%d", edge.From)
		if edge.From == Initial {
			var named bool
			if from, named = initial[e.Steps[edge.To].Location]; !named {
				continue
			}
		}
		fmt.Fprintf(b, "  %s -> step%d [%s];\n", from, edge.To, look[edge.Relation])
	}
	fmt.Fprintf(b, "}\n")
	return b.Flush()
}

// drawn reports whether a step stands in some thread's cluster; initial values stand outside of all.
func (e *Execution) drawn(i int) bool { return i == Initial || e.thread(e.Steps[i].Thread) }

// dotString returns lines as one quoted string of Graphviz, whose line breaks also say how the line before them is aligned.
func dotString(lineBreak string, lines ...string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, l := range lines {
		if i > 0 {
			b.WriteString(lineBreak)
		}
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(visible(l)))
	}
	if lineBreak == `\l` {
		b.WriteString(lineBreak)
	}
	b.WriteByte('"')
	return b.String()
}
