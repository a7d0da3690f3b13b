// Command table writes docs/protocols.md, the page of what is known of every protocol: how many executions its programs
// have under each model, how many mutants they kill, and how it compares with what else a Go user might pick.
//
//	go run ./primitives/catalog/table          # all but the benchmarks, which stay as they are
//	go run ./primitives/catalog/table -bench   # the benchmarks too: minutes, on a machine that does nothing else
//
// The part without benchmarks depends on nothing but the code: a test holds the page to it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/weakmem/litmus/primitives/catalog"
)

func main() {
	bench := flag.Bool("bench", false, "measure the benchmarks anew")
	file := flag.String("o", "docs/protocols.md", "the page, relative to the module's root, where the command is to be run")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := write(ctx, *file, *bench); err != nil {
		fmt.Fprintln(os.Stderr, "table:", err)
		os.Exit(1)
	}
}

func write(ctx context.Context, file string, measure bool) error {
	known, err := survey(ctx, catalog.All())
	if err != nil {
		return err
	}
	var old string
	if text, err := os.ReadFile(file); err == nil {
		_, old, _ = strings.Cut(string(text), benchmarks)
	} else if !os.IsNotExist(err) {
		return err
	}
	if measure {
		var measured []measurement
		for _, p := range catalog.All() {
			m, err := benchmark(ctx, p.Name)
			if err != nil {
				return err
			}
			measured = append(measured, m...)
		}
		old = comparison(measured)
	}
	return os.WriteFile(file, []byte(page(known)+benchmarks+old), 0o644)
}
