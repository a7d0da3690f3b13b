package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
	"github.com/weakmem/litmus/primitives/catalog"
)

// newStress returns the command. It runs tests by run, or in child processes if that is nil.
func newStress(run runOne) *cobra.Command {
	var (
		f    stressFlags
		s    stressing
		name string
		json bool
	)
	c := &cobra.Command{
		Use:   "stress FILE|DIR|@LIST|-|PROTOCOL …",
		Short: "Run tests on this processor, and hold what it shows against the models",
		Long: `stress runs litmus tests on the processor that it stands on, millions of times,
and counts the final states. Tests are assembled by litmus itself: there is no
compiler to install. Arguments are as in 'litmus run'. Tests in C are lowered, as
by 'litmus lower'; those of other processors are told and left out. The name of
a protocol of primitives/ runs its stress test natively instead.

Every outcome that is seen must be allowed by the model of the processor (tso,
aarch64), and for a C test by the model that its mapping is held to (rc11 on
amd64, c11 on arm64) unless the test races. One that is not is told with the
axiom that it breaks and the command line to see it again, though with so much
left to chance it may take longer. Where a model has no answer, because of
accesses of mixed sizes, a loop, or --model-timeout, the run is 'not judged'.
'How relaxed' tells which outcomes were seen, and which never, that the model of
the processor allows and sequential consistency (sc) does not.

In mode sync many instances of a test run side by side, and the threads meet
before each; in mode perpetual one instance runs on and on, and what was seen is
counted from the values afterwards, where the test's shape allows. auto does both
in turns.

--suite runs the catalogue's tests in --time all together, and shows one line a
test.

The json format has one object a line. The first has the host (processor model,
flags, kernel, number of processors), whether it is emulated, the version of
litmus and the seed; each other a test: what was asked, the modes, instances,
seconds, states with their counts and which models allow them (null: not
known), 'sound' (true, false, or null with 'doubts'), 'relaxed', or the error for
which it was not run. The herd format is litmus7's log.

Exit codes: 0 fine, 1 an outcome that is forbidden, 2 bad input, a test that is
named and cannot be run here, or a crash, 130 interrupted: what was counted is printed.`,
		Example: `  litmus stress SB.litmus
  litmus stress --time 10s --mode perpetual SB.litmus MP.litmus
  litmus stress --iterations 1000000 --affinity 0,1 --seed 7 SB.litmus
  litmus stress --format herd @suite/list > hardware.log
  litmus stress --suite --time 5m --json > hardware.jsonl
  litmus stress ring`,
		RunE: func(c *cobra.Command, args []string) error {
			o, err := f.options(uint64(rand.Uint32()))
			if err != nil {
				return err
			}
			if json {
				if f.given("format") && name != "json" {
					return fmt.Errorf("--json, --format %s: expected one of them", name)
				}
				name = "json"
			}
			s.suite = f.suite
			if s.format, err = newStressFormat(name, s.suite, c.OutOrStdout()); err != nil {
				return err
			}
			if s.timeout <= 0 {
				return fmt.Errorf("--model-timeout %v: expected more than 0, such as 10s", s.timeout)
			}
			if err := s.check(1); err != nil {
				return err
			}
			if s.mapping, err = nativeMapping(f.mapping); err != nil {
				return err
			}
			protocols, err := protocolArguments(args)
			if err != nil {
				return err
			}
			switch {
			case s.suite && len(args) > 0:
				return errors.New("--suite: it takes the tests of the catalogue: expected no arguments")
			case !s.suite && len(args) == 0:
				return errors.New("nothing to run: expected FILE, DIR, @LIST, - or PROTOCOL, or --suite")
			case protocols:
				for _, flag := range []string{"iterations", "mode", "affinity", "mapping", "model", "model-timeout"} {
					if f.given(flag) {
						return fmt.Errorf("--%s: it is for tests, not for protocols", flag)
					}
				}
				return stressProtocols(c.Context(), args, o.Time, o.Seed, name, c.OutOrStdout(), c.ErrOrStderr())
			case len(stress.Dialects()) == 0:
				return fmt.Errorf("no tests run on %s: expected amd64 or arm64", runtime.GOARCH)
			}
			inputs := expand(args, c.InOrStdin())
			for i := range inputs {
				if in := &inputs[i]; errors.Is(in.err, fs.ErrNotExist) && mayBeProtocol(in.file) && slices.Contains(args, in.file) {
					in.err = neither(in.file)
				}
			}
			if s.suite {
				if inputs, err = suite(); err != nil {
					return err
				}
			}
			s.options, s.run, s.host = o, run, host.Describe()
			s.stdout, s.stderr = c.OutOrStdout(), c.ErrOrStderr()
			if run == nil {
				child := newChild(s.stderr)
				defer child.close()
				s.run = child.run
			}
			return s.all(c.Context(), inputs, args)
		},
	}
	flags := c.Flags()
	f.add(flags)
	flags.StringSliceVarP(&s.models, "model", "m", nil, "show these models too: names or paths of .cat files")
	flags.DurationVar(&s.timeout, "model-timeout", 10*time.Second, "give up asking a model about a test after this long")
	flags.StringVarP(&name, "format", "f", "table", "table, herd (litmus7's log) or json (one object a line)")
	flags.BoolVar(&json, "json", false, "the same as --format json")
	s.unroll, s.engine = 2, axiomatic
	return c
}

// nativeMapping is the mapping of a name to this processor, or its default one for ""; nil if there is none at all.
func nativeMapping(name string) (*mapping.Table, error) {
	if name == "" && !slices.Contains(mapping.Targets(), runtime.GOARCH) {
		return nil, nil
	}
	table, err := mapping.Find(runtime.GOARCH, name)
	if err != nil {
		return nil, fmt.Errorf("--mapping: %w", err)
	}
	return table, nil
}

// protocolArguments reports whether the arguments are names of protocols, or all. A file goes before a protocol of the same name.
func protocolArguments(args []string) (bool, error) {
	var protocols, others, unknown []string
	for _, arg := range args {
		_, protocol := catalog.Named(arg)
		switch _, err := os.Stat(arg); {
		case err == nil:
			others = append(others, arg)
		case protocol || arg == "all":
			protocols = append(protocols, arg)
		case mayBeProtocol(arg):
			unknown = append(unknown, arg)
		default:
			others = append(others, arg)
		}
	}
	switch {
	case len(protocols) == 0:
		return false, nil
	case len(unknown) > 0:
		return false, neither(unknown[0])
	case len(others) > 0:
		return false, fmt.Errorf("%s beside %s: expected tests, or protocols, not both", strings.Join(protocols, ", "), strings.Join(others, ", "))
	}
	return true, nil
}

// mayBeProtocol reports whether an argument looks like the name of a protocol, rather than that of a file.
func mayBeProtocol(arg string) bool { return arg != "" && !strings.ContainsAny(arg, `@-./\`) }

// neither is the error of an argument that is not there, and may have been meant as a protocol.
func neither(arg string) error {
	return fmt.Errorf("%s: neither a file nor a protocol: the protocols are %s; all stands for all of them", arg, strings.Join(protocolNames(catalog.All()), ", "))
}
