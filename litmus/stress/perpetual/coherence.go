package perpetual

import "fmt"

// IncoherenceError says that a location did not keep the order in which the one thread that stores to it does so.
type IncoherenceError struct {
	Register, Location string // what was loaded, and from where: "0:EAX", "x"
	Iteration          int
	Value              int64 // what was loaded
	Least, Most        int64 // what could have been
}

func (e *IncoherenceError) Error() string {
	return fmt.Sprintf("%s got %d from %s in iteration %d of the perpetual test: expected %d to %d, by coherence",
		e.Register, e.Value, e.Location, e.Iteration, e.Least, e.Most)
}

// coherent checks that each thread's loads of a location give what never decreases and was stored, or, where the
// thread stores to it itself, what it stored last.
func (c *Counter) coherent() error {
	loads := c.test.loads
	for i := range loads {
		l := &loads[i]
		// The load of the location before this one, in program order; around the loop if this one is the first.
		before := i
		for k := range loads {
			if loads[k].thread != l.thread || loads[k].cell != l.cell {
				continue
			}
			if k < i || before >= i {
				before = k
			}
		}
		if err := c.ordered(i, before); err != nil {
			return err
		}
	}
	return nil
}

// ordered checks the values of a load, which comes after another one of the same location and thread.
func (c *Counter) ordered(load, before int) error {
	l, b := &c.loads[load], &c.loads[before]
	behind := int64(0) // the load before is of the same iteration, or of the last
	if before >= load {
		behind = 1
	}
	own := l.writer == l.thread
	most := c.n * l.stores
	for n := range c.n {
		least := int64(0)
		switch {
		case own:
			least = n*l.stores + int64(c.test.loads[load].before)
			most = least
		case n >= behind:
			least = b.value(n - behind)
		}
		if v := l.value(n); v < least || v > most {
			t := &c.test.loads[load]
			return &IncoherenceError{
				Register: t.name, Location: cellName(c.test.test.Program, t.cell),
				Iteration: int(n), Value: v, Least: least, Most: most,
			}
		}
	}
	return nil
}
