package interpret

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/model"
)

// interleave is an engine of the simplest kind, for sequential consistency: it
// runs the body under every interleaving, one schedule after another, and visits those
// that differ in what is read from where or in the order of the writes.
func interleave(_ context.Context, _ string, body func(sim.Thread), visit func(*execution)) (bool, error) {
	seen := map[string]bool{}
	for schedule := (&schedule{}); ; {
		m := &machine{schedule: schedule, memory: map[unsafe.Pointer][]write{}}
		if m.run(body) && !seen[m.graph()] {
			seen[m.graph()] = true
			visit(&execution{final: func(addr unsafe.Pointer) (sim.Word, bool) {
				if writes := m.memory[addr]; len(writes) > 0 {
					return writes[len(writes)-1].word, true
				}
				return sim.Word{}, false
			}, flags: func() []model.Flag { return nil }})
		}
		if !schedule.next() {
			return false, nil
		}
	}
}

// schedule is a list of choices and of how many there were at each.
type schedule struct {
	choices, of []int
	at          int
}

func (s *schedule) choose(n int) int {
	if s.at == len(s.choices) {
		s.choices, s.of = append(s.choices, 0), append(s.of, n)
	}
	s.at++
	return s.choices[s.at-1]
}

func (s *schedule) next() bool {
	s.at = 0
	for n := len(s.choices) - 1; n >= 0; n-- {
		if s.choices[n]++; s.choices[n] < s.of[n] {
			return true
		}
		s.choices, s.of = s.choices[:n], s.of[:n]
	}
	return false
}

type write struct {
	word sim.Word
	by   string
}

// machine is one run.
type machine struct {
	schedule *schedule
	threads  []*interleaved
	memory   map[unsafe.Pointer][]write // in coherence order
	reads    []string
}

// interleaved is a thread: a goroutine that runs while the machine waits.
type interleaved struct {
	m            *machine
	number       int
	resume, done chan bool
	ended        bool
	events       int
}

type killed struct{}

// run reports whether all threads ran to their ends.
func (m *machine) run(body func(sim.Thread)) bool {
	body(&interleaved{m: m})
	for {
		var ready []*interleaved
		for _, t := range m.threads {
			if !t.ended {
				ready = append(ready, t)
			}
		}
		if len(ready) == 0 {
			return true
		}
		t := ready[m.schedule.choose(len(ready))]
		t.resume <- true
		if !<-t.done {
			for _, t := range m.threads {
				if !t.ended {
					t.resume <- false
					<-t.done
				}
			}
			return false
		}
	}
}

// graph is the execution that the run made.
func (m *machine) graph() string {
	var parts []string
	for addr, writes := range m.memory {
		s := fmt.Sprint(addr)
		for _, w := range writes {
			s += " " + w.by
		}
		parts = append(parts, s)
	}
	parts = append(parts, m.reads...)
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}

func (t *interleaved) Go(_ string, f func()) int {
	c := &interleaved{m: t.m, number: len(t.m.threads), resume: make(chan bool), done: make(chan bool)}
	t.m.threads = append(t.m.threads, c)
	go func() {
		sim.Register(c)
		defer func() {
			sim.Register(nil)
			p := recover()
			if _, ok := p.(killed); p != nil && !ok {
				panic(p)
			}
			c.ended = true
			c.done <- p == nil
		}()
		if !<-c.resume {
			panic(killed{})
		}
		f()
	}()
	return c.number
}

// step lets the others run before the next event.
func (t *interleaved) step() string {
	t.done <- true
	if !<-t.resume {
		panic(killed{})
	}
	t.events++
	return fmt.Sprintf("%d.%d", t.number, t.events)
}

func (t *interleaved) last(v sim.Var) write {
	if w := t.m.memory[v.Addr]; len(w) > 0 {
		return w[len(w)-1]
	}
	return write{v.Init, "initial"}
}

func (t *interleaved) Load(v sim.Var, _ sim.Ordering) sim.Word {
	e, w := t.step(), t.last(v)
	t.m.reads = append(t.m.reads, e+" reads "+w.by)
	return w.word
}

func (t *interleaved) Store(v sim.Var, w sim.Word, _ sim.Ordering) {
	t.m.memory[v.Addr] = append(t.m.memory[v.Addr], write{w, t.step()})
}

func (t *interleaved) Update(v sim.Var, f sim.Update, a, b sim.Word, _, _ sim.Ordering) (sim.Word, sim.Verdict) {
	e, old := t.step(), t.last(v)
	t.m.reads = append(t.m.reads, e+" reads "+old.by)
	w, did := f(old.word, a, b)
	switch did {
	case sim.Block:
		panic(killed{})
	case sim.Write:
		t.m.memory[v.Addr] = append(t.m.memory[v.Addr], write{w, e})
	}
	return old.word, did
}

func (t *interleaved) Choose(n int) int {
	c := t.m.schedule.choose(n)
	t.m.reads = append(t.m.reads, fmt.Sprintf("%s chooses %d", t.step(), c))
	return c
}

func (t *interleaved) Await(cond func() bool) {
	if !cond() {
		panic(killed{})
	}
}

func (t *interleaved) Fence(sim.Ordering)        {}
func (t *interleaved) Plain(sim.Var, sim.Access) { panic("not used by the interpreter") }
func (t *interleaved) Count(sim.Var, int64)      { panic("not used by the interpreter") }
func (t *interleaved) AwaitZero(sim.Var)         { panic("not used by the interpreter") }
func (t *interleaved) Join(int)                  { panic("not used by the interpreter") }
func (t *interleaved) Yield()                    { panic("not used by the interpreter") }
func (t *interleaved) Fail(string)               { panic("not used by the interpreter") }
