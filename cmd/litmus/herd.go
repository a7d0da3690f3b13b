package main

import (
	"bytes"
	"fmt"

	"github.com/weakmem/litmus/litmus"
)

// herd writes reports as herd7's log has them, for the tools that read it.
type herd struct{}

func (herd) write(b *bytes.Buffer, r *report) error {
	t := r.test
	kinds := map[litmus.Quantifier]string{litmus.Exists: "Allowed", litmus.NotExists: "Forbidden", litmus.ForAll: "Required"}
	for _, res := range r.results {
		fmt.Fprintf(b, "Test %s %s\n", t.Name, kinds[t.Condition.Quantifier])
		fmt.Fprintf(b, "States %d\n", len(res.States))
		for _, s := range res.States {
			fmt.Fprintln(b, t.FormatState(s.Values))
		}
		if res.BoundHit {
			b.WriteString("Loop ")
		}
		switch {
		case res.Undefined:
			b.WriteString("Undef\n")
		case holds(t, res):
			b.WriteString("Ok\n")
		default:
			b.WriteString("No\n")
		}
		// Witnesses of the condition as stated: those of ~exists are the executions without it.
		positive, negative := res.Positive, res.Negative
		if t.Condition.Quantifier == litmus.NotExists {
			positive, negative = negative, positive
		}
		fmt.Fprintf(b, "Witnesses\nPositive: %d Negative: %d\n", positive, negative)
		for _, flag := range flagNames(res) {
			fmt.Fprintf(b, "Flag %s\n", flag)
		}
		fmt.Fprintf(b, "Condition %s\n", t.Condition)
		fmt.Fprintf(b, "Observation %s %s %d %d\n", t.Name, res.Observation(), res.Positive, res.Negative)
		fmt.Fprintf(b, "Time %s %.2f\n", t.Name, r.elapsed.Seconds())
		for _, field := range t.Meta {
			if field.Key == "Hash" {
				fmt.Fprintf(b, "Hash=%s\n", field.Value)
			}
		}
		b.WriteByte('\n')
	}
	return nil
}
