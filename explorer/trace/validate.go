package trace

import "fmt"

// Validate returns an error if the execution is not one: if an index leads nowhere, a read comes before what
// it took, or the writes of a location are not in one coherence order. Renderings show such an execution as well
// as they can, with the error as a note.
func (e *Execution) Validate() error {
	count := make([]int, len(e.Threads))
	after := map[version]int{}
	for i, s := range e.Steps {
		wrong := func(format string, args ...any) error {
			return fmt.Errorf("trace: step %d, %s of thread %d: %s", i, s.Kind, s.Thread, fmt.Sprintf(format, args...))
		}
		if !e.thread(s.Thread) {
			return wrong("there are %d threads", len(e.Threads))
		}
		if s.Index != count[s.Thread] {
			return wrong("it has index %d, %d was expected", s.Index, count[s.Thread])
		}
		count[s.Thread]++
		if (s.Kind == Spawn || s.Kind == Join) && !e.thread(s.Target) {
			return wrong("its target is thread %d, there are %d threads", s.Target, len(e.Threads))
		}
		if s.Kind.Reads() {
			if err := e.validOrigin(s.From, i, s.Location); err != "" {
				return wrong("it reads from step %d, %s", s.From, err)
			}
			if s.From >= i {
				return wrong("it reads from step %d, which comes later", s.From)
			}
		}
		if s.Kind.Writes() {
			if err := e.validOrigin(s.CoAfter, i, s.Location); err != "" {
				return wrong("it is in coherence order after step %d, %s", s.CoAfter, err)
			}
			v := version{s.Location, s.CoAfter}
			if other, ok := after[v]; ok && s.CoAfter != None {
				return wrong("step %d has the same predecessor in coherence order", other)
			}
			after[v] = i
		}
		if s.Kind == Update && s.From != s.CoAfter {
			return wrong("it reads from step %d, but is in coherence order after step %d", s.From, s.CoAfter)
		}
	}
	next := e.overwriters()
	chained := map[int]bool{}
	for _, l := range e.locations() {
		for _, w := range coherence(l, next) {
			chained[w] = true
		}
	}
	for i, s := range e.Steps {
		if s.Kind.Writes() && s.CoAfter != None && !chained[i] {
			return fmt.Errorf("trace: step %d, %s of thread %d: no first write of %q leads to it in coherence order", i, s.Kind, s.Thread, s.Location)
		}
	}
	if f := e.Failure; f != nil {
		if f.Thread != None && !e.thread(f.Thread) {
			return fmt.Errorf("trace: the failure is of thread %d, there are %d threads", f.Thread, len(e.Threads))
		}
		for _, i := range f.Steps {
			if i < 0 || i >= len(e.Steps) {
				return fmt.Errorf("trace: the failure concerns step %d, there are %d steps", i, len(e.Steps))
			}
		}
	}
	return nil
}

// validOrigin says what is wrong with w as the write before step i; nothing if it is fine.
func (e *Execution) validOrigin(w, i int, location string) string {
	switch {
	case w == Initial || w == None:
		return ""
	case w < 0 || w >= len(e.Steps):
		return fmt.Sprintf("there are %d steps", len(e.Steps))
	case w == i:
		return "itself"
	case !e.Steps[w].Kind.Writes():
		return fmt.Sprintf("which is %s", e.Steps[w].Kind)
	case e.Steps[w].Location != location:
		return fmt.Sprintf("which is on %q instead of %q", e.Steps[w].Location, location)
	}
	return ""
}
