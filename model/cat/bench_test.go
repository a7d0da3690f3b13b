package cat

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/model"
)

// iriw is independent reads of independent writes, with an acquire each: 10 events.
const iriw = `
i: init x
j: init y
a: P0 W x A
b: P1 R x A
c: P1 R y
d: P2 W y A
e: P3 R y A
f: P3 R x
rf a b, j c, d e, i f
co i a, j d
data b c, e f
`

// ring is store buffering among four threads with fences: 16 events.
const ring = `
i: init x
j: init y
k: init z
l: init w
a: P0 W x
b: P0 F B
c: P0 R y
d: P1 W y
e: P1 F B
f: P1 R z
g: P2 W z
h: P2 F B
m: P2 R w
n: P3 W w
o: P3 F B
p: P3 R x
rf d c, g f, n m, i p
co i a, j d, k g, l n
`

// benchmarkModels are models with what the tags A and B of the executions mean to them.
var benchmarkModels = []struct{ name, acquire, barrier string }{
	{"sc", "A", "MFENCE"},
	{"tso", "A", "MFENCE"},
	{"rc11", "ACQ", "SC"},
	{"c11", "ACQ", "SC"},
	{"aarch64", "A", "DMB.SY"},
	{"riscv", "Acq", "Fence.rw.rw"},
}

var otherTags = []string{
	"DMB.ISH", "DMB.OSH", "DMB.NSH", "DMB.LD", "DMB.ISHLD", "DMB.OSHLD", "DMB.NSHLD", "DMB.ST", "DMB.ISHST", "DMB.OSHST",
	"DMB.NSHST", "DSB.SY", "DSB.ISH", "DSB.OSH", "DSB.NSH", "DSB.LD", "DSB.ISHLD", "DSB.OSHLD", "DSB.NSHLD", "DSB.ST",
	"DSB.ISHST", "DSB.OSHST", "DSB.NSHST", "ISB", "L", "Q", "NoRet", "ACQ", "REL", "ACQ_REL", "SC", "RLX", "CON", "NA", "X", "Rel", "AcqRel", "EX", "A", "Acq", "MFENCE", "DMB.SY",
	"Fence.r.r", "Fence.r.w", "Fence.r.rw", "Fence.w.r", "Fence.w.w", "Fence.w.rw", "Fence.rw.r", "Fence.rw.w", "Fence.tso",
}

// benchmark runs f on a checker with the reads of an execution served in two ways by turns.
func benchmark(b *testing.B, f func(c model.Checker, x *model.Execution)) {
	for _, bm := range benchmarkModels {
		m, err := Load("../models/" + bm.name + ".cat")
		require.NoError(b, err)
		tags := []string{bm.acquire, bm.barrier}
		for _, tag := range otherTags {
			if tag != bm.acquire && tag != bm.barrier {
				tags = append(tags, tag)
			}
		}
		for _, test := range []struct{ name, text string }{{"IRIW", iriw}, {"SB4", ring}} {
			x, _ := readExecution(b, test.text, append([]string{"A", "B"}, tags[2:]...))
			x.Vocabulary.Tags = tags
			c, err := m.NewChecker(x.Vocabulary)
			require.NoError(b, err)
			c.Check(x, model.Skeleton)
			c.Check(x, model.Coherent)
			first, second := x.Rf, &model.Relation{}
			second.Copy(first)
			for r := range x.Events {
				if x.Events[r].IsRead() {
					for w := range x.Events {
						second.Remove(w, r)
						if x.Events[w].Thread < 0 && x.Events[w].Loc == x.Events[r].Loc {
							second.Add(w, r)
						}
					}
				}
			}
			b.Run(bm.name+"/"+test.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					x.Rf = first
					f(c, x)
					x.Rf = second
					f(c, x)
				}
			})
		}
	}
}

// BenchmarkCheckComplete is two calls on whole executions.
func BenchmarkCheckComplete(b *testing.B) {
	benchmark(b, func(c model.Checker, x *model.Execution) { c.Check(x, model.Complete) })
}

// BenchmarkCheckPartial is two calls while rf is partial.
func BenchmarkCheckPartial(b *testing.B) {
	benchmark(b, func(c model.Checker, x *model.Execution) { c.Check(x, model.Partial) })
}

// BenchmarkCheckAll is two searches from the skeleton on, the skeleton being new each time.
func BenchmarkCheckAll(b *testing.B) {
	benchmark(b, func(c model.Checker, x *model.Execution) {
		c.(*Checker).m.forget(partEvents)
		c.(*Checker).m.forget(partPo)
		for s := model.Skeleton; s <= model.Complete; s++ {
			c.Check(x, s)
		}
	})
}

// BenchmarkCompile is a model's way from its text to a checker.
func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		m, err := Load("../models/aarch64.cat")
		require.NoError(b, err)
		_, err = m.NewChecker(&model.Vocabulary{Arch: "AArch64", Tags: otherTags})
		require.NoError(b, err)
	}
}

// TestCheckAllocatesNothing holds the inner loop to allocating nothing.
func TestCheckAllocatesNothing(t *testing.T) {
	m, err := Load("../models/tso.cat")
	require.NoError(t, err)
	x, _ := readExecution(t, ring, []string{"A", "B"})
	c, err := m.NewChecker(x.Vocabulary)
	require.NoError(t, err)
	rf, none := x.Rf, model.NewRelation(len(x.Events))
	search := func() {
		c.Check(x, model.Skeleton)
		x.Rf = none
		c.Check(x, model.Coherent)
		c.Check(x, model.Partial)
		x.Rf = rf
		c.Check(x, model.Complete)
		c.Flags()
	}
	search()
	require.Zero(t, testing.AllocsPerRun(100, search))
}
