package proptest

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

// client is a small concurrent program: the calls of each thread, in order.
type client struct {
	operations []operation
	threads    [][]call
}

type call struct {
	operation, argument int
	after               *place // the call, of another thread, whose return it waits for; nil: none
}

// place is where a call stands in a client.
type place struct{ thread, index int }

// clients draws clients. A call waits only for one that was drawn before it, so that waits have no cycle; and
// every client in which each call waits for at most one other can be drawn.
func clients(operations []operation, c config) *rapid.Generator[client] {
	return rapid.Custom(func(t *rapid.T) client {
		threads := rapid.IntRange(c.minThreads, c.maxThreads).Draw(t, "threads")
		able := allot(operations, threads)
		drawn := client{operations, make([][]call, threads)}
		for range c.total {
			var free []int // threads that can make another call
			for i, calls := range drawn.threads {
				if len(calls) < c.perThread && len(able[i]) > 0 {
					free = append(free, i)
				}
			}
			if len(free) == 0 {
				break
			}
			// A call that is not kept is drawn all the same: when rapid leaves it out to see whether the rest fails too, the rest
			// must be drawn as before.
			kept := rapid.SampledFrom(oneIn(8, false)).Draw(t, "kept")
			thread := rapid.SampledFrom(free).Draw(t, "thread")
			a := call{operation: rapid.SampledFrom(able[thread]).Draw(t, "operation")}
			if g := operations[a.operation].argument; g != nil {
				a.argument = g.Draw(t, "argument")
			}
			waits := rapid.SampledFrom(oneIn(6, true)).Draw(t, "waits")
			other := rapid.IntRange(0, threads-1).Draw(t, "for")
			if calls := len(drawn.threads[other]); waits && other != thread && calls > 0 {
				if p := (place{other, calls - 1}); !drawn.waited(thread, p) {
					a.after = &p
				}
			}
			if kept {
				drawn.threads[thread] = append(drawn.threads[thread], a)
			}
		}
		return drawn.compact(c.minThreads)
	})
}

// oneIn returns n values, one of which is not like the others. The first, to which rapid shrinks, is false.
func oneIn(n int, value bool) []bool {
	all := slices.Repeat([]bool{!value}, n)
	if value {
		all[n-1] = true
	} else {
		all[0] = false
	}
	return all
}

// waited reports whether the thread has waited for the call, or a later one of its thread, before.
func (c client) waited(thread int, p place) bool {
	return slices.ContainsFunc(c.threads[thread], func(a call) bool {
		return a.after != nil && a.after.thread == p.thread && a.after.index >= p.index
	})
}

// compact leaves out threads that make no calls, down to the least number, where the others can do without.
func (c client) compact(least int) client {
	for i := len(c.threads) - 1; i >= 0 && len(c.threads) > least; i-- {
		if len(c.threads[i]) > 0 {
			continue
		}
		fewer := c.clone()
		fewer.threads = slices.Delete(fewer.threads, i, i+1)
		for _, calls := range fewer.threads {
			for k, a := range calls {
				if a.after != nil && a.after.thread > i {
					calls[k].after = &place{a.after.thread - 1, a.after.index}
				}
			}
		}
		if fewer.able() {
			c = fewer
		}
	}
	return c
}

// able reports whether each thread may make its calls.
func (c client) able() bool {
	able := allot(c.operations, len(c.threads))
	for i, calls := range c.threads {
		for _, a := range calls {
			if !slices.Contains(able[i], a.operation) {
				return false
			}
		}
	}
	return true
}

func (c client) clone() client {
	d := client{c.operations, nil}
	for _, t := range c.threads {
		d.threads = append(d.threads, slices.Clone(t))
	}
	return d
}

// allot returns the operations that each thread may call. The n-th role is that of the n-th thread.
func allot(operations []operation, threads int) [][]int {
	able := make([][]int, threads)
	var roles []string
	for n, o := range operations {
		if o.role == "" {
			for i := range able {
				able[i] = append(able[i], n)
			}
			continue
		}
		if !slices.Contains(roles, o.role) {
			roles = append(roles, o.role)
		}
		i := slices.Index(roles, o.role) % threads
		able[i] = append(able[i], n)
	}
	return able
}

// name returns what reports call a thread: its roles, or its number.
func (c client) name(thread int) string {
	var roles []string
	for _, n := range allot(c.operations, len(c.threads))[thread] {
		if r := c.operations[n].role; r != "" && !slices.Contains(roles, r) {
			roles = append(roles, r)
		}
	}
	if len(roles) > 0 {
		return strings.Join(roles, "+")
	}
	return fmt.Sprintf("thread %d", thread)
}

// text returns a call as it would be written: "Push(1)".
func (c client) text(a call) string {
	o := c.operations[a.operation]
	if o.argument == nil {
		return o.name + "()"
	}
	return fmt.Sprintf("%s(%d)", o.name, a.argument)
}

// String returns the client in one line, thread by thread. Equal clients have equal strings.
func (c client) String() string {
	var threads []string
	for i, t := range c.threads {
		var calls []string
		for _, a := range t {
			text := c.text(a)
			if a.after != nil {
				text += " after " + c.where(*a.after)
			}
			calls = append(calls, text)
		}
		if len(calls) == 0 {
			calls = []string{"nothing"}
		}
		threads = append(threads, c.name(i)+": "+strings.Join(calls, "; "))
	}
	return strings.Join(threads, " ‖ ")
}

// GoString is what rapid prints of what it has drawn.
func (c client) GoString() string { return c.String() }

// where names a call of a client: "Push(2) of producer".
func (c client) where(p place) string {
	calls := c.threads[p.thread]
	text := c.text(calls[p.index])
	nth, same := 0, 0
	for i, a := range calls {
		if c.text(a) == text {
			same++
			if i <= p.index {
				nth++
			}
		}
	}
	if same > 1 {
		text = fmt.Sprintf("%s (number %d)", text, nth)
	}
	return text + " of " + c.name(p.thread)
}
