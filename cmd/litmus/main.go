// Command litmus runs litmus tests against memory models.
//
// It reads tests in the format of herd7, enumerates their candidate executions,
// and says which final states each memory model allows. See README.md, or
// litmus --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // little is alive at any time: collecting less often costs megabytes and saves seconds
	}
	os.Exit(execute(untilSignal(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// sameSignal is the time in which a second signal counts as the first: timeout(1) sends its own to the process and to its group.
const sameSignal = 250 * time.Millisecond

// untilSignal returns a context that ends at Ctrl-C, or SIGTERM. A second one ends the process at once.
func untilSignal() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		time.Sleep(sameSignal)
		stop()
	})
	return ctx
}
