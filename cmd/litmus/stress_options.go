package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/native"
)

// What a test, and the suite, get when nothing is said.
const (
	testTime  = time.Second
	suiteTime = time.Minute
)

// stressFlags are the flags of a run on the processor, as they were given.
type stressFlags struct {
	time       time.Duration
	iterations int64
	mode       string
	affinity   string
	seed       uint64
	mapping    string
	suite      bool
	given      func(flag string) bool
}

func (f *stressFlags) add(flags *pflag.FlagSet) {
	flags.DurationVar(&f.time, "time", 0, "run each test this long; with --suite, all together (default 1s, 1m0s)")
	flags.Int64Var(&f.iterations, "iterations", 0, "run each test this often")
	flags.StringVar(&f.mode, "mode", string(stress.Auto), "sync, perpetual, or auto: both")
	flags.StringVar(&f.affinity, "affinity", "permute", "processors of the threads: permute, none, or a list such as 0,1,3")
	flags.Uint64Var(&f.seed, "seed", 0, "of what varies from round to round (default: random)")
	flags.StringVar(&f.mapping, "mapping", "", "how C tests are lowered (default: see 'litmus list mappings')")
	flags.BoolVar(&f.suite, "suite", false, "run the tests of the catalogue")
	f.given = flags.Changed
}

// options checks the flags; random is the seed if none was given.
func (f *stressFlags) options(random uint64) (stress.Options, error) {
	o := stress.Options{Time: f.time, Instances: f.iterations, Mode: stress.Mode(f.mode), Seed: random}
	if f.given("seed") {
		o.Seed = f.seed
	}
	switch {
	case f.given("time") && f.time <= 0:
		return o, fmt.Errorf("--time %v: expected more than 0, such as 10s", f.time)
	case f.given("iterations") && f.iterations <= 0:
		return o, fmt.Errorf("--iterations %d: expected 1 or more", f.iterations)
	case !slices.Contains(stress.Modes(), o.Mode):
		return o, fmt.Errorf("--mode %s: expected %s", f.mode, joined(stress.Modes()))
	case f.suite && f.time == 0:
		o.Time = suiteTime
	case f.time == 0 && f.iterations == 0:
		o.Time = testTime
	}
	var err error
	if o.Affinity, err = parseAffinity(f.affinity); err != nil {
		return o, err
	}
	for _, n := range o.Affinity.Processors {
		release, err := native.Pin(n)
		if err != nil {
			return o, fmt.Errorf("--affinity %s: %s", f.affinity, strings.TrimPrefix(err.Error(), "native: "))
		}
		release()
	}
	return o, nil
}

func parseAffinity(text string) (stress.Affinity, error) {
	switch text {
	case "permute":
		return stress.Affinity{}, nil
	case "none":
		return stress.Affinity{Free: true}, nil
	}
	var a stress.Affinity
	for item := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseUint(item, 10, 16)
		if err != nil {
			return a, fmt.Errorf("--affinity %s: expected permute, none, or processors by number, such as 0,1,3", text)
		}
		a.Processors = append(a.Processors, int(n))
	}
	return a, nil
}

// again is the command line that runs a test once more as it was run.
func again(s *subject, o stress.Options) string {
	words := []string{"litmus", "stress", quoted(s.path)}
	if o.Time > 0 {
		words = append(words, "--time", o.Time.String())
	}
	if o.Instances > 0 {
		words = append(words, "--iterations", strconv.FormatInt(o.Instances, 10))
	}
	words = append(words, "--seed", strconv.FormatUint(o.Seed, 10))
	if o.Mode != stress.Auto {
		words = append(words, "--mode", string(o.Mode))
	}
	if affinity := affinityText(o.Affinity); affinity != "permute" {
		words = append(words, "--affinity", affinity)
	}
	if s.mapping != nil && s.mapping.Name != mapping.Tables(s.mapping.Target)[0].Name {
		words = append(words, "--mapping", s.mapping.Name)
	}
	return strings.Join(words, " ")
}

// affinityText is the affinity as the flag has it.
func affinityText(a stress.Affinity) string {
	switch {
	case a.Free:
		return "none"
	case len(a.Processors) == 0:
		return "permute"
	}
	var list []string
	for _, n := range a.Processors {
		list = append(list, strconv.Itoa(n))
	}
	return strings.Join(list, ",")
}

// quoted is a file as a shell, and then litmus, reads it.
func quoted(word string) string {
	if len(word) > 1 && word[0] == '-' {
		word = "./" + word // it is no flag
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return strings.ContainsRune(" \t\n'\"\\$`!*?[](){}<>|&;#~", r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func joined[T ~string](list []T) string {
	var words []string
	for _, w := range list {
		words = append(words, string(w))
	}
	return strings.Join(words, ", ")
}
