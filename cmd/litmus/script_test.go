package main

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"litmus": main})
}

// Each script of testdata/script runs the command as a user would. With
// UPDATE=1 in the environment, files that differ from the output are rewritten.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":   exits,
			"samelog": sameLog,
		},
	})
}

// exits CODE COMMAND… runs a command that must end with that exit code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, expected %d", got, want)
	}
}

var seconds = regexp.MustCompile(`(?m)^(Time \S+) \d+\.\d\d$`)

// samelog FILE compares the last output with a log in herd's format, whatever
// the times that it tells.
func sameLog(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: samelog file")
	}
	got := seconds.ReplaceAllString(ts.ReadFile("stdout"), "$1 0.00")
	want := seconds.ReplaceAllString(ts.ReadFile(args[0]), "$1 0.00")
	if got != want {
		ts.Fatalf("got:\n%s\nexpected:\n%s", got, want)
	}
}
