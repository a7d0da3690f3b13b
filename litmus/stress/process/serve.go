package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"time"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/plan"
)

// Runner is what runs a test: [stress.Run]. It is to call started before it calls machine code that lies from base on, and progress
// now and then, however little there is to tell: a child that is silent for long is ended.
type Runner func(
	ctx context.Context, t *litmus.Test, o stress.Options,
	started func(base uintptr, code *plan.Code), progress func(*stress.Result),
) (*stress.Result, error)

// pause is the least time between two results of a test's progress.
const pause = 100 * time.Millisecond

// Serve runs the tests that a [Process] asks for, one at a time, until the end of r. The process is to exit when Serve returns: a
// test may be running still.
//
// Serve is for a process that does nothing else. It ignores the terminal's interrupt, which is the parent's to answer, and has Go's
// runtime say where every thread is when it dies, but leave no core file.
func Serve(r io.Reader, w io.Writer, run Runner) error {
	signal.Ignore(os.Interrupt)
	debug.SetTraceback("crash")
	leaveNoCore()

	s := &server{run: run, encoder: json.NewEncoder(w)}
	stop, id := func() {}, 0
	defer func() { stop() }()
	for decoder := json.NewDecoder(r); ; {
		var q request
		if err := decoder.Decode(&q); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("process: reading a request: %w", err)
		}
		if q.Stop {
			if q.ID == id {
				stop()
			}
			continue
		}
		if s.where == nil && q.Where != 0 {
			s.where = &where{os.NewFile(q.Where, "where")}
		}
		var ctx context.Context
		ctx, stop = context.WithCancel(context.Background())
		id = q.ID
		go func(stop func()) {
			defer stop()
			s.serve(ctx, q)
		}(stop)
	}
}

type server struct {
	run     Runner
	mutex   sync.Mutex // of encoder
	encoder *json.Encoder
	where   *where // nil: nobody asks
}

func (s *server) serve(ctx context.Context, q request) {
	a := answer{ID: q.ID}
	t, err := litmus.Parse(q.File, q.Text)
	if err == nil {
		a.Result, err = s.run(ctx, t, q.Options, s.where.write, s.progress(q.ID))
	}
	if err != nil {
		a.Error, a.Unsupported = err.Error(), errors.Is(err, stress.ErrUnsupported)
	}
	s.send(a)
}

// progress returns the function that sends results of a run's progress, at most one in each pause.
func (s *server) progress(id int) func(*stress.Result) {
	var sent time.Time
	return func(r *stress.Result) {
		if now := time.Now(); now.Sub(sent) >= pause {
			sent = now
			s.send(answer{ID: id, Progress: true, Result: r})
		}
	}
}

// send writes an answer. If nobody reads it, requests end as well, and Serve with them.
func (s *server) send(a answer) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_ = s.encoder.Encode(a)
}
