package main

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/primitives/catalog"
)

// knowledge is what exploration tells of a protocol.
type knowledge struct {
	catalog.Protocol
	executions [][]uint64 // by program and model
	ledNowhere [][]uint64
	mutants    int
}

// survey explores all programs under all models. It fails if one is not verified.
func survey(ctx context.Context, protocols []catalog.Protocol) ([]knowledge, error) {
	all := make([]knowledge, len(protocols))
	errs := make([]error, len(protocols))
	limit := make(chan bool, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, p := range protocols {
		wg.Go(func() {
			limit <- true
			defer func() { <-limit }()
			all[i], errs[i] = learn(ctx, p)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func learn(ctx context.Context, p catalog.Protocol) (knowledge, error) {
	k := knowledge{Protocol: p}
	for _, program := range p.Programs {
		var executions, ledNowhere []uint64
		for _, model := range catalog.Models() {
			r, err := explorer.Run(ctx, program.Body, explorer.Model(model))
			switch {
			case err != nil:
				return k, err
			case !r.Verified:
				return k, fmt.Errorf("%s/%s is not verified: %s", p.Name, program.Name, r)
			}
			executions, ledNowhere = append(executions, r.Executions), append(ledNowhere, r.Blocked)
		}
		k.executions, k.ledNowhere = append(k.executions, executions), append(k.ledNowhere, ledNowhere)
	}
	code, err := p.Code(ctx)
	if err != nil {
		return k, err
	}
	k.mutants = len(code.Mutants())
	return k, nil
}

const introduction = `# The protocols

The concurrent protocols of ` + "`primitives/`" + `, and the evidence for each. Every one has a [specification](../specs/README.md), client programs that
are explored, mutants that must be killed, property tests, and benchmarks.

This page is written by ` + "`go run ./primitives/catalog/table`" + `, and a test holds it to the code. The numbers of a program are its executions
under each model: all were explored, and none fails (` + "`litmus explore PROTOCOL --model all`" + `). Behind a + stands how many runs led nowhere.
*Mutants* are the protocol with one thing changed: an ordering one step weaker, a fence dropped, an atomic variable made plain, a second look
left out, memory freed too early, a wait that does not wait. Each makes some program fail under rc11, which
` + "`go test ./primitives/catalog -run TestMutants`" + ` checks and ` + "`litmus explore PROTOCOL --mutants`" + ` shows, or is *equivalent*: none can, for the reason given.
*Mistakes* are programs that use or build the protocol wrongly. Each fails (` + "`litmus explore PROTOCOL --mistakes`" + `).
` + "`litmus stress PROTOCOL`" + ` runs drawn clients on this processor, and judges them by the protocol's sequential specification.
The weakest orderings with which the programs hold are ` + "`litmus weaken PROTOCOL`" + `'s.

`

// benchmarks is the heading of the part that depends on the machine.
const benchmarks = "## Benchmarks\n"

// page writes all but the benchmarks.
func page(all []knowledge) string {
	var b strings.Builder
	b.WriteString(introduction)
	b.WriteString("| protocol | is | programs | mutants killed | equivalent | mistakes |\n|---|---|---|---|---|---|\n")
	for _, k := range all {
		equivalent := len(k.Equivalent)
		fmt.Fprintf(&b, "| [%s](#%[1]s) | %s | %d | %d | %d | %d |\n", k.Name, k.Title, len(k.Programs), k.mutants-equivalent, equivalent, len(k.Mistakes))
	}
	b.WriteByte('\n')
	for _, k := range all {
		k.section(&b)
	}
	return b.String()
}

func (k knowledge) section(b *strings.Builder) {
	fmt.Fprintf(b, "## %s\n\n%s: [specification](../specs/%s.md), [code](../primitives/%[1]s), [programs](../primitives/catalog/%[1]s.go).\n\n", k.Name, sentence(k.Title), k.Name)
	fmt.Fprintf(b, "| program | shows | %s |\n|---|---|%s\n", strings.Join(catalog.Models(), " | "), strings.Repeat("---:|", len(catalog.Models())))
	for i, program := range k.Programs {
		fmt.Fprintf(b, "| %s | %s |", program.Name, program.Doc)
		for m := range catalog.Models() {
			fmt.Fprintf(b, " %d", k.executions[i][m])
			if n := k.ledNowhere[i][m]; n > 0 {
				fmt.Fprintf(b, " + %d", n)
			}
			b.WriteString(" |")
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(b, "\nMutants: %d killed, %d equivalent.\n", k.mutants-len(k.Equivalent), len(k.Equivalent))
	if len(k.Equivalent) > 0 {
		b.WriteByte('\n')
	}
	for _, name := range slices.Sorted(maps.Keys(k.Equivalent)) {
		fmt.Fprintf(b, "- `%s`: %s\n", name, k.Equivalent[name])
	}
	if len(k.Mistakes) > 0 {
		b.WriteString("\nMistakes:\n\n")
	}
	for _, m := range k.Mistakes {
		fmt.Fprintf(b, "- %s: %s. It fails: %s\n", m.Name, m.Doc, m.Fails)
	}
	b.WriteByte('\n')
}

// sentence begins with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
