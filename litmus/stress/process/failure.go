package process

import (
	"fmt"
	"strings"
	"time"

	"github.com/weakmem/litmus/litmus/stress/plan"
)

// Crash is the error of a run during which the child died.
type Crash struct {
	Signal  string      // that the processor raised: "SIGILL"; "a signal" if its name is not known, "" if there was none
	Reason  string      // what the signal means: "illegal instruction"; without a signal how the process ended: "exit status 2"
	Address uint64      // of the instruction that raised the signal
	Place   *plan.Place // of that instruction; nil if it is not the test's machine code
	Stderr  string      // what the child wrote to its standard error: the first of it
}

func (c *Crash) Error() string {
	switch {
	case c.Signal == "" || c.Place == nil && c.Signal == "SIGABRT": // the runtime has given up, and said why
		first, _, _ := strings.Cut(c.Stderr, "\n")
		return strings.TrimSuffix(fmt.Sprintf("the process that ran the test ended (%s): %s", c.Reason, first), ": ")
	case c.Place == nil:
		return fmt.Sprintf("the processor raised %s at %#x, outside of the test's machine code (%s)", c.Signal, c.Address, c.Reason)
	}
	return fmt.Sprintf("the processor raised %s at %s (%s)", c.Signal, placeText(*c.Place), c.Reason)
}

// Hang is the error of a run of which nothing was heard for long. The child has been ended.
type Hang struct {
	After  time.Duration // how long
	Places []plan.Place  // what threads were at, by thread; a thread that was not in the test's machine code has none
	Stderr string        // what the child wrote to its standard error: the first of it
}

func (h *Hang) Error() string {
	text := fmt.Sprintf("the test did not end: nothing was heard of it for %v", h.After)
	for _, p := range h.Places {
		text += "; " + placeText(p)
	}
	return text
}

func placeText(p plan.Place) string { return fmt.Sprintf("P%d: %s", p.Thread, p.What) }
