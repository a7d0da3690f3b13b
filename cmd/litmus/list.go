package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/internal/mapping"
	"github.com/weakmem/litmus/litmus/catalog"
	"github.com/weakmem/litmus/model/models"
)

// dialects are the dialects that tests may be written in.
var dialects = []struct{ name, doc string }{
	{"X86_64", "64-bit x86 assembly, AT&T style: movl $1,(x)"},
	{"X86", "32-bit x86 assembly, Intel style: MOV [x],$1"},
	{"AArch64", "Arm A64 assembly, with exclusives and LSE atomics"},
	{"RISCV", "RISC-V assembly, with the A extension"},
	{"C", "C11 atomics"},
}

func newList() *cobra.Command {
	c := &cobra.Command{
		Use:   "list models|tests|dialects|mappings",
		Short: "List what is built in",
		Example: `  litmus list models
  litmus list tests
  litmus list dialects
  litmus list mappings`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		listing("models", "The built-in memory models", listModels),
		listing("tests", "The tests of the embedded catalogue", listTests),
		listing("dialects", "The dialects that tests may be written in", listDialects),
		listing("mappings", "How C's atomics become instructions, the default of each target first", listMappings),
	)
	return c
}

// listing is the subcommand that prints the rows of a table.
func listing(name, short string, rows func(*table) error) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, Example: "  litmus list " + name, Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var t table
			if err := rows(&t); err != nil {
				return err
			}
			return t.write(c.OutOrStdout(), "", isTerminal(c.OutOrStdout()))
		},
	}
}

func listModels(t *table) error {
	for _, m := range models.List {
		tests := "any dialect"
		if m.Dialects != nil {
			tests = strings.Join(m.Dialects, ", ")
		}
		t.add(plainCell(m.Name), plainCell(tests), plainCell(m.Doc))
	}
	return nil
}

func listDialects(t *table) error {
	for _, d := range dialects {
		t.add(plainCell(d.name), plainCell("default model "+models.Default(d.name)), plainCell(d.doc))
	}
	return nil
}

func listMappings(t *table) error {
	for _, target := range mapping.Targets() {
		for _, m := range mapping.Tables(target) {
			t.add(plainCell(target), plainCell(m.Name), plainCell(m.Doc))
		}
	}
	return nil
}

func listTests(t *table) error {
	type row struct{ dialect, name, teaches string }
	var rows []row
	for _, e := range catalog.Files() {
		test, err := e.Parse()
		if err != nil {
			return err
		}
		rows = append(rows, row{test.Dialect, test.Name, test.Value("Teaches")})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.dialect, b.dialect) })
	for _, r := range rows {
		t.add(plainCell(r.dialect), plainCell(r.name), plainCell(r.teaches))
	}
	return nil
}
