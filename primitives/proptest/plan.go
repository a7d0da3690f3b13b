package proptest

// plan is a client whose calls are numbered, thread by thread.
type plan struct {
	client
	calls     int
	first     []int    // of each thread: its first call
	thread    []int    // of each call
	text      []string // of each call: "Push(1)"
	waits     []string // of each call: "[waits for Push(1) of producer]", or ""
	waitedFor []bool   // another call waits for this one
	anyWaits  bool     // some call does
	names     []string // of threads
}

func (c client) plan() plan {
	p := plan{client: c}
	for i, calls := range c.threads {
		p.names = append(p.names, c.name(i))
		p.first = append(p.first, p.calls)
		p.calls += len(calls)
		for _, a := range calls {
			p.thread = append(p.thread, i)
			p.text = append(p.text, c.text(a))
			waits := ""
			if a.after != nil {
				waits = "[waits for " + c.where(*a.after) + "]"
			}
			p.waits = append(p.waits, waits)
		}
	}
	p.waitedFor = make([]bool, p.calls)
	for _, calls := range c.threads {
		for _, a := range calls {
			if a.after != nil {
				p.waitedFor[p.number(*a.after)], p.anyWaits = true, true
			}
		}
	}
	return p
}

// number returns that of the call at a place.
func (p *plan) number(at place) int { return p.first[at.thread] + at.index }

// place returns where a call stands.
func (p *plan) place(n int) place { return place{p.thread[n], n - p.first[p.thread[n]]} }

// call returns a call.
func (p *plan) call(n int) call { return p.threads[p.thread[n]][n-p.first[p.thread[n]]] }

// order notes which calls precede which: in a thread, those before; of others, those that returned before the call.
func (p *plan) order(h *history, before func(a, b int) bool) {
	for n := range h.before {
		h.before[n] = 0
		for m := range h.before {
			if p.thread[m] == p.thread[n] && m < n || p.thread[m] != p.thread[n] && before(m, n) {
				h.before[n] |= 1 << m
			}
		}
	}
}

// news reports whether it is known that m precedes n, for no other reason than this: neither a later call of m's thread, nor the call
// before n, says the same, nor does n wait for m.
func (p *plan) news(h *history, m, n int) bool {
	knows := func(n, m int) bool { return h.before[n]>>m&1 == 1 }
	switch {
	case p.thread[m] == p.thread[n] || !knows(n, m):
		return false
	case m+1 < p.calls && p.thread[m+1] == p.thread[m] && knows(n, m+1):
		return false
	case n > 0 && p.thread[n-1] == p.thread[n] && knows(n-1, m):
		return false
	}
	after := p.call(n).after
	return after == nil || *after != p.place(m)
}
