package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/weakmem/litmus/litmus"
	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
)

// stressLog writes runs as litmus7's log has them, for the tools that read it.
type stressLog struct{}

func (stressLog) begin(io.Writer, host.Host, stress.Options) error { return nil }
func (stressLog) refused(io.Writer, string, error) error           { return nil }
func (stressLog) end(io.Writer, *tally, int) error                 { return nil }

func (stressLog) test(w io.Writer, r *stressed) error {
	var b bytes.Buffer
	t, res := r.test, &r.result
	title := fmt.Sprintf("%% Results for %s %%", r.file)
	rule := strings.Repeat("%", len(title))
	fmt.Fprintf(&b, "%s\n%s\n%s\n", rule, title, rule)
	kind := map[litmus.Quantifier]string{litmus.Exists: "Allowed", litmus.NotExists: "Forbidden", litmus.ForAll: "Required"}
	fmt.Fprintf(&b, "Test %s %s\n", t.Name, kind[t.Condition.Quantifier])
	fmt.Fprintf(&b, "Histogram (%d states)\n", len(res.States))
	for _, s := range res.States {
		// The mark is for what the test looks for: where all states are to satisfy the proposition, one that does not.
		mark := ":"
		if s.Holds != (t.Condition.Quantifier == litmus.ForAll) {
			mark = "*"
		}
		fmt.Fprintf(&b, "%-6d%s>%s\n", s.Count, mark, t.FormatState(s.Values))
	}
	positive := res.Positive()
	negative := res.Instances - positive
	valid, word := map[litmus.Quantifier]bool{litmus.Exists: positive > 0, litmus.NotExists: positive == 0, litmus.ForAll: negative == 0}, "No"
	not := "NOT "
	if valid[t.Condition.Quantifier] {
		word, not = "Ok", ""
	}
	fmt.Fprintf(&b, "%s\n\nWitnesses\n", word)
	// Witnesses of the condition as stated: those of ~exists are the instances without it.
	witnesses, others := positive, negative
	if t.Condition.Quantifier == litmus.NotExists {
		witnesses, others = negative, positive
	}
	fmt.Fprintf(&b, "Positive: %d, Negative: %d\n", witnesses, others)
	fmt.Fprintf(&b, "Condition %s is %svalidated\n", t.Condition, not)
	if hash := t.Value("Hash"); hash != "" {
		fmt.Fprintf(&b, "Hash=%s\n", hash)
	}
	fmt.Fprintf(&b, "Observation %s %s %d %d\n", t.Name, res.Observation(), positive, negative)
	fmt.Fprintf(&b, "Time %s %.2f\n\n", t.Name, res.Elapsed.Seconds())
	_, err := w.Write(b.Bytes())
	return err
}
