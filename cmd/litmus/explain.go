package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/ir"
	"github.com/weakmem/litmus/model/models"
)

func newExplain() *cobra.Command {
	var (
		s     settings
		model string
		state string
	)
	c := &cobra.Command{
		Use:   "explain FILE|-",
		Short: "Say why a model forbids a final state, or show an execution that ends in it",
		Long: `explain shows an execution of a test that ends in a state: one that the model
allows, with what each read reads from; or else one that breaks as few of its
axioms as any, with each such axiom and the cycle that it forbids, edge by edge.

Without --state it is any state in which the condition's proposition holds.`,
		Example: `  litmus explain MP.litmus
  litmus explain --model rc11 --state '1:r0=1; 1:r1=0' MP.litmus`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			s.engine = axiomatic
			if err := s.check(1); err != nil {
				return err
			}
			inputs := expand(args, c.InOrStdin())
			if len(inputs) != 1 {
				return fmt.Errorf("%s: %d tests: expected one", args[0], len(inputs))
			}
			r := newRunner(s)
			rep := r.parse(&inputs[0])
			if rep.err != nil {
				return rep.err
			}
			t := rep.test
			m, err := r.load(cmp.Or(model, models.Default(t.Dialect)))
			if err != nil {
				return err
			}
			of := t.Condition.Prop.Eval
			if c.Flags().Changed("state") {
				if of, err = statesWith(t, state); err != nil {
					return fmt.Errorf("--state: %w", err)
				}
			}
			x, err := enumerate.NewEngine(enumerate.Options{Unroll: s.bound()}).Explain(c.Context(), t, m.Model, of)
			switch {
			case c.Context().Err() != nil:
				return exit(exitInterrupted, "interrupted")
			case err != nil && strings.HasPrefix(err.Error(), rep.file+":"):
				return err
			case err != nil:
				return fmt.Errorf("%s: %w", rep.file, err)
			}
			text := "no candidate execution ends in such a state\n"
			if x != nil {
				text = x.String()
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s (%s) under %s: %s", t.Name, t.Dialect, m.Name(), text)
			return err
		},
	}
	flags := c.Flags()
	flags.StringVarP(&model, "model", "m", "", "model: a name or the path of a .cat file (default: by dialect)")
	flags.StringVar(&state, "state", "", "values of a final state, as 'litmus run' prints them (default: the condition)")
	flags.IntVar(&s.unroll, "unroll", 2, "how often a loop goes round before it is cut")
	return c
}

// statesWith reads values of states as tests print them, NAME=VALUE; …, and tells which states have all of them.
func statesWith(t *litmus.Test, text string) (func([]ir.Value) bool, error) {
	var shown []string
	for _, o := range t.Observed {
		if !o.Hidden {
			shown = append(shown, o.Name)
		}
	}
	var want []string
	for item := range strings.SplitSeq(text, ";") {
		if item = strings.TrimSpace(item); item == "" {
			continue
		}
		name, value, ok := strings.Cut(item, "=")
		if !ok || strings.ContainsAny(value, `=/\|~()`) {
			return nil, fmt.Errorf("%s: expected NAME=VALUE, and a semicolon between two of them", item)
		}
		name, value = strings.TrimSpace(name), strings.ReplaceAll(value, " ", "")
		if n, err := strconv.ParseInt(value, 0, 64); err == nil {
			value = strconv.FormatInt(n, 10)
		} else if n, err := strconv.ParseUint(value, 0, 64); err == nil {
			value = strconv.FormatUint(n, 10)
		}
		if !slices.Contains(shown, name) {
			if name = "[" + name + "]"; !slices.Contains(shown, name) {
				return nil, fmt.Errorf("%s: expected a value of %s, which is what states of the test show", item, strings.Join(shown, ", "))
			}
		}
		want = append(want, name+"="+value)
	}
	if len(want) == 0 {
		return nil, errors.New("expected NAME=VALUE; …")
	}
	return func(values []ir.Value) bool {
		state := strings.Split(strings.TrimSuffix(t.FormatState(values), ";"), "; ")
		return !slices.ContainsFunc(want, func(item string) bool { return !slices.Contains(state, item) })
	}, nil
}
