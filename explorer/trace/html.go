package trace

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed page.html
var pageSource string

var page = template.Must(template.New("page").Parse(pageSource))

// HTML writes the execution as one page that needs nothing else, neither a server nor a network: threads are columns,
// time runs down, arrows show what was read and in which order the writes count, and a step tells all about itself when it is
// pointed at. The error is w's.
func (e *Execution) HTML(w io.Writer) error { return page.Execute(w, e.page()) }

// pageData is what the template shows, in the words of the other renderings and with the template's escaping. Rows and
// columns are those of the grid: threads have columns from 2 on, after the steps' numbers.
type pageData struct {
	Headline, Summary string
	Failed            bool
	Message, Stack    string
	Command           string
	Notes             []string
	Threads           []pageThread
	Steps, Concerned  []pageStep
	Departures        []pageDeparture
	Locations         []pageLocation
	Edges             []Edge
	Columns           int // of threads, 1 at least
	Foot              int // the row below all steps
}

type pageThread struct {
	Name, Title, State string
	Column             int
}

type pageStep struct {
	Index, Number, Row, Column int
	Thread                     string
	Kind                       Kind
	Operation, Location        string
	Effect                     string
	Place, Function            string
	Source, Why, Doing         string
	From                       int  // as Step.From, None for a step that does not read
	Marked                     bool // it belongs to the failure
	LocationIndex              int  // None for a step that has no location
}

// pageDeparture is why another thread goes on, in the column of the thread that was left.
type pageDeparture struct {
	Row, Column int
	Text        string
	Preempted   bool
}

// pageLocation is a location with its writes in coherence order.
type pageLocation struct {
	Index  int
	Name   string
	Writes []pageStep
}

const firstColumn = 2

func (e *Execution) page() *pageData {
	p, marked := e.paths(), e.concerned()
	d := &pageData{
		Headline: e.Headline(), Summary: e.summary(), Failed: e.Failure != nil,
		Command: e.ReplayCommand(), Notes: e.remarks(),
		Columns: max(1, len(e.Threads)), Edges: []Edge{},
	}
	for _, edge := range e.Edges() {
		if edge.From != Initial && edge.Relation != ProgramOrder {
			d.Edges = append(d.Edges, edge)
		}
	}
	for i, th := range e.Threads {
		d.Threads = append(d.Threads, pageThread{e.threadName(i), e.threadTitle(i), visible(th.State), firstColumn + i})
	}
	index := map[string]int{"": None}
	for i, l := range e.locations() {
		index[l] = i
	}
	departures := e.departures()
	row := 2
	for i := range e.Steps {
		s := &e.Steps[i]
		if left, ok := departures[i]; ok && left.next != None {
			d.Departures = append(d.Departures, pageDeparture{row, firstColumn + left.thread, e.leaving(left, p), !left.free})
			row++
		}
		step := pageStep{
			Index: i, Number: i + 1, Row: row, Column: firstColumn + min(max(0, s.Thread), max(0, len(e.Threads)-1)),
			Thread: e.threadName(s.Thread), Kind: s.Kind,
			Operation: s.operation(), Location: visible(s.Location), Effect: e.effect(s),
			Place: p.of(s.Pos), Function: visible(s.Pos.Function),
			Source: e.source(s, p), Why: visible(s.Why), Doing: visible(s.Doing), From: None,
			Marked: marked[i], LocationIndex: index[s.Location],
		}
		if s.Kind.Reads() {
			step.From = s.From
		}
		d.Steps = append(d.Steps, step)
		row++
	}
	d.Foot = row
	next := e.overwriters()
	for i, name := range e.locations() {
		l := pageLocation{Index: i, Name: visible(name)}
		for _, w := range coherence(name, next) {
			l.Writes = append(l.Writes, d.Steps[w])
		}
		d.Locations = append(d.Locations, l)
	}
	if f := e.Failure; f != nil {
		d.Message, d.Stack = f.Message, f.Stack
		for _, i := range f.Steps {
			if marked[i] {
				d.Concerned = append(d.Concerned, d.Steps[i])
			}
		}
	}
	return d
}
