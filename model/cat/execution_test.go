package cat

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/model"
)

// readExecution reads an execution for tests, an event or a pair of a relation a line:
//
//	a: init x
//	b: P0 W x REL        an event of thread 0, with tags; RW is both, F a fence
//	c: P0 R y | …        events after | belong to the same instruction
//	rf a c, b d
//
// Program order is the order of the lines.
func readExecution(t testing.TB, text string, tags []string) (*model.Execution, []string) {
	t.Helper()
	var names []string
	locs := map[string]int{}
	x := &model.Execution{Vocabulary: &model.Vocabulary{Arch: "Test", Tags: tags}}
	var pairs [][]string
	indices := map[int]int{}
	event := func(name string, f []string) {
		e := model.Event{Thread: -1, Loc: -1}
		names = append(names, name)
		if f[0] == "init" {
			e.Kind = model.Write
			f = append([]string{"", "W"}, f[1:]...)
			x.Init++
		} else {
			_, err := fmt.Sscanf(f[0], "P%d", &e.Thread)
			require.NoError(t, err)
			e.Index = indices[e.Thread]
		}
		for _, c := range f[1] {
			e.Kind |= map[rune]model.Kind{'R': model.Read, 'W': model.Write, 'F': model.FenceEvent}[c]
		}
		f = f[2:]
		if e.Kind&model.FenceEvent == 0 {
			if _, ok := locs[f[0]]; !ok {
				locs[f[0]] = len(locs)
			}
			e.Loc = locs[f[0]]
			f = f[1:]
		}
		for _, tag := range f {
			i := slices.Index(tags, tag)
			require.GreaterOrEqual(t, i, 0, "tag %s", tag)
			e.Tags |= 1 << i
		}
		x.Events = append(x.Events, e)
	}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if name, rest, ok := strings.Cut(line, ":"); ok {
			alternatives := strings.Split(rest, "|")
			for i, part := range alternatives {
				if i > 0 {
					name, part, _ = strings.Cut(part, ":")
				}
				event(strings.TrimSpace(name), strings.Fields(part))
			}
			indices[x.Events[len(x.Events)-1].Thread]++
			continue
		}
		pairs = append(pairs, strings.Fields(strings.ReplaceAll(line, ",", " ")))
	}
	n := len(x.Events)
	relations := map[string]**model.Relation{
		"addr": &x.Addr, "data": &x.Data, "ctrl": &x.Ctrl, "rmw": &x.Rmw, "amo": &x.Amo, "pick-basic-dep": &x.PickBasic,
		"pick-addr-dep": &x.PickAddr, "pick-data-dep": &x.PickData, "pick-ctrl-dep": &x.PickCtrl, "co": &x.Co, "rf": &x.Rf,
	}
	for _, r := range relations {
		*r = model.NewRelation(n)
	}
	x.Po = model.NewRelation(n)
	for i, e := range x.Events {
		for j, f := range x.Events {
			if e.Thread >= 0 && e.Thread == f.Thread && e.Index < f.Index {
				x.Po.Add(i, j)
			}
		}
	}
	for _, f := range pairs {
		r := relations[f[0]]
		require.NotNil(t, r, "relation %s", f[0])
		for i := 1; i+1 < len(f); i += 2 {
			a, b := slices.Index(names, f[i]), slices.Index(names, f[i+1])
			require.True(t, a >= 0 && b >= 0, "%s %s %s", f[0], f[i], f[i+1])
			(*r).Add(a, b)
		}
	}
	return x, names
}

// pairText lists the pairs of a relation: "a-b c-d".
func pairText(r *model.Relation, names []string) string {
	var out []string
	for i := range r.Len() {
		for j := r.Next(i, 0); j >= 0; j = r.Next(i, j+1) {
			out = append(out, names[i]+"-"+names[j])
		}
	}
	return strings.Join(out, " ")
}

// cycleText writes a cycle: "a po b rfe c".
func cycleText(cycle []model.Edge, names []string) string {
	var out []string
	for i, e := range cycle {
		if i == 0 || cycle[i-1].To != e.From {
			if i > 0 {
				out[len(out)-1] += ","
			}
			out = append(out, names[e.From])
		}
		out = append(out, e.Name, names[e.To])
	}
	return strings.Join(out, " ")
}

// judge runs the stages of the search on an execution, serving the reads one
// by one, and checks that no stage rejects what the last one accepts.
func judge(t require.TestingT, c model.Checker, x *model.Execution) bool {
	rf := x.Rf
	defer func() { x.Rf = rf }()
	early := c.Check(x, model.Skeleton)
	x.Rf = model.NewRelation(len(x.Events))
	early = c.Check(x, model.Coherent) && early
	for r := range x.Events {
		for w := range x.Events {
			if rf.Has(w, r) {
				x.Rf.Add(w, r)
				early = c.Check(x, model.Partial) && early
			}
		}
	}
	x.Rf = rf
	accepted := c.Check(x, model.Complete)
	if accepted {
		require.True(t, early, "an earlier stage rejects a consistent execution")
	}
	return accepted
}
