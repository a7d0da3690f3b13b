package process

import (
	"bufio"
	"cmp"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/weakmem/litmus/litmus/stress/plan"
)

// most is how many bytes of a child's standard error are kept for each run: the first.
const most = 16 << 10

// stderr is what a child writes to its standard error: nothing, unless it dies. Go's runtime then names the signal and the
// program counter, in one of three ways. A signal that would have been a panic of Go code is told as
//
//	[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x7f0123456789]
//
// and any other, for each thread that it reaches, as
//
//	SIGILL: illegal instruction
//	PC=0x7f0123456789 m=0 sigcode=2
//
// Where the machine code has left something on the stack, or in the link register, the runtime does not know the stack for its own.
// It then stumbles over the panic itself, and does not name the signal:
//
//	runtime: g 5: unexpected return pc for runtime.sigpanic called from 0x7f0123456789
type stderr struct {
	mutex sync.Mutex
	text  strings.Builder // the first bytes
	first *fault          // the first signal told of
	pcs   []uint64        // program counters of threads at the first signal and after
}

// fault is a signal and where it was raised.
type fault struct {
	signal, reason string
	address        uint64
}

var (
	panicLine  = regexp.MustCompile(`^\[signal (SIG\w+): (.*?) code=\w+ addr=(\w+) pc=(\w+)\]`)
	signalLine = regexp.MustCompile(`^(SIG[A-Z0-9]+): (.*)`)
	lostLine   = regexp.MustCompile(`^runtime: g \d+: unexpected return pc for runtime\.sigpanic called from (\w+)`)
	pcLine     = regexp.MustCompile(`^PC=(\w+) m=`)
)

func (s *stderr) read(r io.Reader) {
	var signal, reason string
	for lines := bufio.NewReaderSize(r, 4096); ; {
		// The rest of a line that is longer than the buffer counts as another.
		line, err := lines.ReadSlice('\n')
		s.line(string(line), &signal, &reason)
		if err != nil && err != bufio.ErrBufferFull {
			return
		}
	}
}

// line takes in a line; signal and reason are those that were named before it.
func (s *stderr) line(line string, signal, reason *string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.text.WriteString(line[:min(len(line), most-s.text.Len())])
	if m := panicLine.FindStringSubmatch(line); m != nil {
		s.add(fault{m[1], m[2] + ", address " + m[3], number(m[4])})
	} else if m := lostLine.FindStringSubmatch(line); m != nil {
		s.add(fault{"a signal", "SIGSEGV, SIGBUS or SIGFPE", number(m[1])})
	} else if m := signalLine.FindStringSubmatch(line); m != nil {
		*signal, *reason = m[1], m[2]
	} else if m := pcLine.FindStringSubmatch(line); m != nil && *signal != "" {
		s.add(fault{*signal, *reason, number(m[1])})
	}
}

func (s *stderr) add(f fault) {
	if s.first == nil {
		s.first = &f
	}
	s.pcs = append(s.pcs, f.address)
}

func number(hex string) uint64 {
	n, err := strconv.ParseUint(hex, 0, 64)
	if err != nil {
		return 0
	}
	return n
}

// clear forgets what was written.
func (s *stderr) clear() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.text.Reset()
	s.first, s.pcs = nil, nil
}

// crash says what happened to a child that has ended in that state, when its machine code was where loaded says.
func (s *stderr) crash(state string, code loaded) *Crash {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	c := &Crash{Reason: state, Stderr: s.text.String()}
	if s.first != nil {
		c.Signal, c.Reason, c.Address = s.first.signal, s.first.reason, s.first.address
		at := c.Address
		if c.Signal == "SIGTRAP" && runtime.GOARCH == "amd64" {
			at-- // of INT3, which is over when the signal is raised
		}
		c.Place = code.at(at)
	}
	return c
}

// hang says where the threads of a child were that was ended for its silence.
func (s *stderr) hang(after time.Duration, code loaded) *Hang {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	h := &Hang{After: after, Stderr: s.text.String()}
	for _, pc := range s.pcs {
		if place := code.at(pc); place != nil {
			h.Places = append(h.Places, *place)
		}
	}
	slices.SortStableFunc(h.Places, func(a, b plan.Place) int { return cmp.Compare(a.Thread, b.Thread) })
	return h
}
