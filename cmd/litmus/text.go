package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/fatih/color"

	"github.com/weakmem/litmus/explorer/enumerate"
	"github.com/weakmem/litmus/litmus/ir"
)

// text writes reports for people: the test's states as rows, a column a model.
type text struct{ colours bool }

func (f text) write(b *bytes.Buffer, r *report) error {
	t := r.test
	name := cell{t.Name, color.Bold}
	fmt.Fprintf(b, "%s (%s): %s\n", name.paint(f.colours), t.Dialect, t.Condition)
	var out table
	head := []cell{plainCell("state")}
	for _, res := range r.results {
		head = append(head, plainCell(res.Model))
	}
	out.add(head...)
	for _, s := range mergeStates(r.results) {
		row := []cell{plainCell(t.FormatState(s.values))}
		if row[0].text == "" {
			row[0].text = "(nothing observed)"
		}
		for _, n := range s.counts {
			if n == 0 {
				row = append(row, plainCell("-"))
			} else {
				row = append(row, plainCell(strconv.Itoa(n)))
			}
		}
		if s.holds {
			row = append(row, cell{"*", color.Bold})
		}
		out.add(row...)
	}
	witnesses, verdicts := []cell{plainCell("witnesses")}, []cell{plainCell("verdict")}
	condition := []cell{plainCell("condition")}
	for _, res := range r.results {
		witnesses = append(witnesses, plainCell(fmt.Sprintf("%d of %d", res.Positive, res.Positive+res.Negative)))
		verdicts = append(verdicts, verdictCell(verdict(res)))
		if holds(t, res) {
			condition = append(condition, plainCell("holds"))
		} else {
			condition = append(condition, plainCell("fails"))
		}
	}
	out.add(witnesses...)
	if !r.cut {
		out.add(verdicts...)
		out.add(condition...)
	}
	if err := out.write(b, "  ", f.colours); err != nil {
		return err
	}
	for _, res := range r.results {
		for _, flag := range res.Flags {
			if !flag.Undefined {
				fmt.Fprintf(b, "  %s: flag %s\n", res.Model, flag.Name)
			}
			for _, pair := range flag.Pairs {
				if flag.Undefined {
					fmt.Fprintf(b, "  %s: race: %s\n", res.Model, pair)
				} else {
					fmt.Fprintf(b, "  %s:   %s\n", res.Model, pair)
				}
			}
		}
	}
	if r.cut {
		b.WriteString("  not finished: there may be more states than these\n")
	}
	if slices.ContainsFunc(r.results, func(res *enumerate.Result) bool { return res.BoundHit }) {
		fmt.Fprintf(b, "  a loop was cut: it may take more than --unroll %d iterations, and then reach more states\n", r.unroll)
	}
	b.WriteByte('\n')
	return nil
}

// mergedState is a state with how often each model reaches it.
type mergedState struct {
	values []ir.Value
	counts []int // by result
	holds  bool
}

// mergeStates lines the states of several results up, in the order in which
// results list them.
func mergeStates(results []*enumerate.Result) []mergedState {
	var merged []mergedState
	for i, res := range results {
		for _, s := range res.States {
			at, found := slices.BinarySearchFunc(merged, s.Values, func(m mergedState, v []ir.Value) int {
				return slices.CompareFunc(m.values, v, ir.Value.Compare)
			})
			if !found {
				merged = slices.Insert(merged, at, mergedState{s.Values, make([]int, len(results)), s.Holds})
			}
			merged[at].counts[i] = s.Count
		}
	}
	return merged
}
