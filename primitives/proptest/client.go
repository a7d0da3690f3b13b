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
		threads := c.minThreads + rapid.SampledFrom(upTo(c.maxThreads-c.minThreads+1)).Draw(t, "threads")
		able := allot(operations, threads)
		var those []int // that can do something
		for i, a := range able {
			if len(a) > 0 {
				those = append(those, i)
			}
		}
		drawn := client{operations, make([][]call, threads)}
		step := rapid.Custom(func(t *rapid.T) bool {
			thread := rapid.SampledFrom(those).Draw(t, "thread")
			n := rapid.SampledFrom(able[thread]).Draw(t, "operation")
			next := call{operation: n}
			if g := operations[n].argument; g != nil {
				next.argument = g.Draw(t, "argument")
			}
			if rapid.SampledFrom([]bool{false, false, false, true}).Draw(t, "waits") {
				other := rapid.SampledFrom(those).Draw(t, "for")
				if calls := len(drawn.threads[other]); other != thread && calls > 0 {
					next.after = &place{other, calls - 1}
				}
			}
			if len(drawn.threads[thread]) < c.perThread && !drawn.waited(thread, next.after) {
				drawn.threads[thread] = append(drawn.threads[thread], next)
			}
			return true
		})
		rapid.SliceOfN(step, min(threads, c.total), c.total).Draw(t, "calls")
		return drawn
	})
}

// waited reports whether the thread has waited for the call, or a later one of its thread, before.
func (c client) waited(thread int, for_ *place) bool {
	return for_ != nil && slices.ContainsFunc(c.threads[thread], func(a call) bool {
		return a.after != nil && a.after.thread == for_.thread && a.after.index >= for_.index
	})
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

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
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

// calls returns the number of calls, and that of the first call of each thread, if all are numbered thread by
// thread.
func (c client) calls() (n int, first []int) {
	for _, t := range c.threads {
		first = append(first, n)
		n += len(t)
	}
	return n, first
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
				text += " after " + c.place(*a.after)
			}
			calls = append(calls, text)
		}
		threads = append(threads, c.name(i)+": "+strings.Join(calls, "; "))
	}
	return strings.Join(threads, " ‖ ")
}

// GoString is what rapid prints of what it has drawn.
func (c client) GoString() string { return c.String() }

// place names a call of a client: "Push(2) of the producer".
func (c client) place(p place) string {
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
