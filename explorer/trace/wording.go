package trace

import (
	"fmt"
	"strings"
)

// All renderings say the same in the same words. Nothing here ends in a full stop or a line break.

// Headline returns what the execution is, in a few words: "data race in TestPublish under rc11".
func (e *Execution) Headline() string {
	what := "execution of "
	if e.Failure != nil {
		what = e.Failure.Kind.String() + " in "
	}
	return visible(what + e.Name + " under " + e.Model)
}

// summary returns "8 steps, 1 preemption", and says so if the execution is weak.
func (e *Execution) summary() string {
	s := plural(len(e.Steps), "step") + ", " + plural(e.Preemptions(), "preemption")
	if e.Weak() {
		s += "; weak memory: no interleaving gives these values"
	}
	return s
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprint(n, " ", thing, "s")
}

func (e *Execution) threadName(t int) string {
	switch {
	case !e.thread(t):
		return fmt.Sprintf("thread %d", t)
	case e.Threads[t].Name == "":
		return fmt.Sprintf("goroutine %d", e.Threads[t].Number)
	}
	return visible(e.Threads[t].Name)
}

// threadTitle returns a thread's name and number.
func (e *Execution) threadTitle(t int) string {
	name := e.threadName(t)
	if e.thread(t) && e.Threads[t].Name != "" {
		name += fmt.Sprintf(" (goroutine %d)", e.Threads[t].Number)
	}
	return name
}

// operation returns what a step does and its ordering: "CompareAndSwap acq_rel".
func (s *Step) operation() string {
	name := s.Op
	if name == "" {
		name = map[Kind]string{
			Load: "Load", Store: "Store", Update: "Update", FailedUpdate: "Update", Fence: "Fence", PlainRead: "Read", PlainWrite: "Write",
			Alloc: "Alloc", Free: "Free", Spawn: "Go", Join: "Join", Choose: "Choose", Count: "Add", AwaitZero: "Wait", Blocked: "wait", End: "end",
		}[s.Kind]
	}
	if name == "" {
		name = string(s.Kind)
	}
	if s.Order != "" {
		name += " " + s.Order
	}
	return visible(name)
}

// effect returns what a step read, wrote or did: "reads 0 (initial), writes 1".
func (e *Execution) effect(s *Step) string {
	value := visible(s.Value)
	if s.Kind.Reads() && s.From == Initial {
		value = strings.TrimLeft(value+" (initial)", " ")
	}
	switch s.Kind {
	case Load, PlainRead:
		return phrase("reads", value)
	case Store, PlainWrite:
		return phrase("writes", value)
	case Update:
		return strings.TrimPrefix(phrase("reads", value)+", "+phrase("writes", visible(s.Written)), ", ")
	case FailedUpdate:
		return strings.TrimPrefix(phrase("reads", value)+", writes nothing", ", ")
	case Blocked:
		return strings.TrimSuffix("blocked, "+phrase("reads", value), ", ")
	case Spawn:
		return "starts " + e.threadName(s.Target)
	case Join:
		return "waits for " + e.threadName(s.Target)
	case Choose:
		return phrase("returns", value)
	case Count:
		return phrase("adds", value)
	}
	return value
}

func phrase(verb, value string) string {
	if value == "" {
		return ""
	}
	return verb + " " + value
}

// source returns which step wrote what a step read: "writer step 3 (publish_test.go:12)"; "" if none did, or that is not known.
func (e *Execution) source(s *Step, p paths) string {
	if !s.Kind.Reads() || s.From < 0 || !e.origin(s.From) {
		return ""
	}
	w := &e.Steps[s.From]
	text := fmt.Sprintf("%s step %d", e.threadName(w.Thread), s.From+1)
	if at := p.of(w.Pos); at != "" {
		text += " (" + at + ")"
	}
	return text
}

// leaving returns why another thread goes on: "preempted before publish_test.go:14"; "" where the thread was at its end.
func (e *Execution) leaving(d departure, p paths) string {
	if d.next == None {
		return ""
	}
	text := e.threadName(d.thread) + " is preempted before "
	if d.free {
		text = e.threadName(d.thread) + " waits at "
	}
	if at := p.of(e.Steps[d.next].Pos); at != "" {
		return text + at
	}
	return fmt.Sprintf("%sstep %d", text, d.next+1)
}

// concerned returns which steps belong to the failure.
func (e *Execution) concerned() map[int]bool {
	marked := map[int]bool{}
	if e.Failure != nil {
		for _, i := range e.Failure.Steps {
			if i >= 0 && i < len(e.Steps) {
				marked[i] = true
			}
		}
	}
	return marked
}

// remarks returns the notes, and what is wrong with the execution as data.
func (e *Execution) remarks() []string {
	notes := append([]string(nil), e.Notes...)
	if err := e.Validate(); err != nil {
		notes = append(notes, "this report contradicts itself, which is a defect of the explorer: "+err.Error())
	}
	return notes
}
