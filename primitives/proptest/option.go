package proptest

import (
	"fmt"
	"runtime"
	"time"

	"github.com/weakmem/litmus/explorer"
)

// Option says how large clients are, and how far they are explored.
type Option func(*config) error

type config struct {
	minThreads, maxThreads int
	perThread, total       int
	clients, rounds        int // 0: no bound
	time                   time.Duration
	executions             int // in all
	seed                   uint64
	explore                []explorer.Option
}

// Executions that a client may have before it is given up, and those of all clients of a Check, if no option says otherwise.
const (
	perClient = 10_000
	inAll     = 50_000
)

// largest is how many calls a client may have: they are a set in one word.
const largest = 64

func configure(defaults config, options []Option) (config, error) {
	c := defaults
	for _, o := range options {
		if err := o(&c); err != nil {
			return c, err
		}
	}
	if c.total == 0 {
		c.total = min(c.maxThreads*c.perThread, largest)
	}
	c.explore = append([]explorer.Option{explorer.MaxExecutions(perClient)}, c.explore...)
	return c, nil
}

func explored() config {
	return config{minThreads: 2, maxThreads: 3, perThread: 3, total: 6, executions: inAll}
}

func native() config {
	return config{minThreads: 2, maxThreads: max(2, min(8, runtime.GOMAXPROCS(0))), perThread: 6, rounds: 100}
}

// Threads says how many threads clients have: 2 to 3 if not given, natively 2 to the number of processors, at most 8.
func Threads(least, most int) Option {
	return func(c *config) error {
		if least < 1 || most < least {
			return fmt.Errorf("Threads(%d, %d): want at least 1, and the least first", least, most)
		}
		c.minThreads, c.maxThreads = least, most
		return nil
	}
}

// Calls bounds the calls that each thread makes: 3 if not given, natively 6.
func Calls(perThread int) Option {
	return func(c *config) error {
		if perThread < 1 {
			return fmt.Errorf("Calls(%d): it must be at least 1", perThread)
		}
		c.perThread = perThread
		return nil
	}
}

// Total bounds the calls of all threads together: 6 if not given, natively what Threads and Calls allow. It is at
// most 64.
func Total(calls int) Option {
	return func(c *config) error {
		if calls < 1 || calls > largest {
			return fmt.Errorf("Total(%d): want 1 to %d", calls, largest)
		}
		c.total = calls
		return nil
	}
}

// Clients says how many clients to draw. Check draws as many as -rapid.checks says, 100 if it says nothing, or n if
// that is less; Stress draws 100 if not given, Falsify 1,000, and Run any number.
func Clients(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("Clients(%d): it must be at least 1", n)
		}
		c.clients = n
		return nil
	}
}

// Executions says after how many executions, of all clients and under all models together, no more clients are drawn: 50,000 if not
// given, for Falsify 500,000. The log says so.
func Executions(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("Executions(%d): it must be at least 1", n)
		}
		c.executions = n
		return nil
	}
}

// Time says after how long Stress and Run draw no more clients: never, if not given. There is one in any case, and what is running then
// runs to its end.
func Time(d time.Duration) Option {
	return func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("Time(%v): it must be more than 0", d)
		}
		c.time = d
		return nil
	}
}

// Rounds says how many times Stress and Run run each client: 100 if not given, and a fifth of it with go test -short.
func Rounds(n int) Option {
	return func(c *config) error {
		if n < 1 {
			return fmt.Errorf("Rounds(%d): it must be at least 1", n)
		}
		c.rounds = n
		return nil
	}
}

// Seed chooses the clients that Stress, Run and Falsify draw. Stress takes -rapid.seed if it is not given, or else, as Run
// does, another one each time; Falsify always draws the same. Check is rapid's, and takes -rapid.seed.
func Seed(n uint64) Option {
	return func(c *config) error {
		if n == 0 {
			return fmt.Errorf("Seed(0): it must not be 0")
		}
		c.seed = n
		return nil
	}
}

// Explore hands options to the explorer: the models, rc11 if none are given; bounds. A client is given up after 10,000 executions under a
// model, if MaxExecutions is not given, and the log says so.
func Explore(options ...explorer.Option) Option {
	return func(c *config) error {
		c.explore = append(c.explore, options...)
		return nil
	}
}
