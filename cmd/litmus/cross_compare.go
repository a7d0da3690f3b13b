package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/litmus/ir"
)

// disagreement is a contradiction between columns.
type disagreement struct {
	Model string `json:"model"`
	// State is a final state that only the columns of Has have; "": they have a race that the others have not.
	State       string   `json:"state,omitempty"`
	Has         []string `json:"has"`
	Lacks       []string `json:"lacks"`
	Explanation string   `json:"explanation,omitempty"` // in lines
}

// headline says what contradicts what.
func (d *disagreement) headline() string {
	has, lacks := strings.Join(d.Has, ", "), strings.Join(d.Lacks, ", ")
	if d.State == "" {
		return fmt.Sprintf("%s: it races for %s, not for %s", d.Model, has, lacks)
	}
	return fmt.Sprintf("%s: %s only for %s, not for %s", d.Model, d.State, has, lacks)
}

// comparison is what came of holding claims about one test against each other.
type comparison struct {
	held          int // the most columns that answered under one model, but for one
	undefined     bool
	disagreements []disagreement
	open          []string // states that some column lacks, which hit a bound, and that no exact one has
}

// compare holds claims under the same model against each other. What is exact must have what any other has.
func compare(claims []claim) comparison {
	var (
		order []string
		by    = map[string][]*claim{}
		c     comparison
	)
	for i := range claims {
		x := &claims[i]
		if x.silent != nil {
			continue
		}
		if by[x.model] == nil {
			order = append(order, x.model)
		}
		by[x.model] = append(by[x.model], x)
	}
	for _, m := range order {
		c.held = max(c.held, len(by[m])-1)
		c.compare(m, by[m])
	}
	return c
}

func (c *comparison) compare(model string, claims []*claim) {
	racing := columnsOf(claims, func(x *claim) bool { return x.undefined })
	if len(racing) > 0 {
		c.undefined = true
		if not := columnsOf(claims, func(x *claim) bool { return !x.undefined && x.exact() }); len(not) > 0 {
			d := disagreement{Model: model, Has: racing, Lacks: not}
			for _, x := range claims {
				for _, r := range x.races {
					d.Explanation += x.column + ": race: " + r + "\n"
				}
			}
			c.disagreements = append(c.disagreements, d)
		}
		return
	}
	for _, s := range union(claims) {
		has := columnsOf(claims, func(x *claim) bool { return x.has(s.text) })
		lacks := columnsOf(claims, func(x *claim) bool { return x.exact() && !x.has(s.text) })
		if len(lacks) > 0 {
			c.disagreements = append(c.disagreements, disagreement{Model: model, State: s.text, Has: has, Lacks: lacks})
			continue
		}
		bounded := columnsOf(claims, func(x *claim) bool { return x.open != "" && !x.has(s.text) })
		if len(bounded) > 0 && !slices.ContainsFunc(claims, (*claim).exact) {
			c.open = append(c.open, s.text)
		}
	}
}

// columnsOf are the columns whose claims are such.
func columnsOf(claims []*claim, such func(*claim) bool) []string {
	var list []string
	for _, x := range claims {
		if such(x) {
			list = append(list, x.column)
		}
	}
	return list
}

// union is all states that some claim has.
func union(claims []*claim) []claimed {
	var all []claimed
	for _, x := range claims {
		all = append(all, x.states...)
	}
	slices.SortStableFunc(all, func(a, b claimed) int { return slices.CompareFunc(a.values, b.values, ir.Value.Compare) })
	return slices.CompactFunc(all, func(a, b claimed) bool { return a.text == b.text })
}

// coverage counts, of the states that the columns with an account of the whole test have under a sample's model, those that the
// sample has. It is exact if they are known to be all.
func coverage(sample *claim, claims []claim) (seen, of int, exact, held bool) {
	for i := range claims {
		x := &claims[i]
		if x.silent != nil || x.sample || x.model != sample.model || exact || held && !x.exact() {
			continue
		}
		seen, of, exact, held = 0, len(x.states), x.exact(), true
		for _, s := range x.states {
			if sample.has(s.text) {
				seen++
			}
		}
	}
	return seen, of, exact, held
}
