package search

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weakmem/litmus/explorer/sim"
	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/models"
)

// judge decides whether a graph is consistent under a model that the search has
// no checks of its own for. It belongs to one worker.
type judge interface {
	// allows reports whether a graph is consistent, after an event got its place.
	allows(g *graph, id int32) bool
	// flags are the model's remarks on a graph, if it is consistent.
	flags(g *graph) []model.Flag
	// err is what kept the judge from judging, if anything did.
	err() error
}

// isCat reports whether a name is that of a model written in cat, rather than
// of one that the search has checks for.
func isCat(name string) bool {
	return strings.HasSuffix(name, ".cat") || slices.Contains(models.Names(), name)
}

// loadCat makes a model written in cat one that the search knows.
//
// What the search asks of a model (TruSt, section 2) a cat file cannot promise:
//
//   - A cycle of program order and reads-from is not consistent. Models that allow load buffering are refused.
//   - What is consistent stays so without events that no other event follows in program order or reads-from: graphs
//     are judged before their threads have ended. If it does not, executions are missed.
//   - What is consistent stays so with one more event that reads the newest write, or is the newest. A search that
//     meets a graph for which this is not so says that executions may be missed.
//
// Nothing else is taken for granted, not even coherence: every write to a location is tried. Only updates are atomic
// whatever the model says: the store of one comes just after what its load reads.
//
// Happens-before between accesses of plain memory, which are not events, is that of rc11.
func loadCat(name string) (*semantics, error) {
	m, err := models.Load(name)
	if err != nil {
		return nil, err
	}
	ch, err := m.NewChecker(vocabulary)
	if err != nil {
		return nil, err
	}
	for _, o := range []sim.Ordering{sim.Relaxed, sim.Plain} {
		x := loadBuffering(o)
		consistent := ch.Check(x, model.Skeleton) && ch.Check(x, model.Complete)
		if err := ch.Err(); err != nil {
			return nil, err
		}
		if consistent {
			return nil, fmt.Errorf("model %s cannot be explored: it allows load buffering, two threads that each load, %v, what the other "+
				"stores afterwards; the explorer executes loads after the stores that they read. Expected a model in which po and rf have no cycle",
				name, o)
		}
	}
	return &semantics{
		name: name, order: judgedOrder, views: true, coherence: noVector,
		newJudge: func() judge {
			ch, err := m.NewChecker(vocabulary)
			return &catJudge{checker: ch, failure: err}
		},
	}, nil
}

// loadBuffering is r0=x; y=1 ‖ r1=y; x=1, where each load reads the other
// thread's store.
func loadBuffering(o sim.Ordering) *model.Execution {
	x := &model.Execution{Vocabulary: vocabulary, Init: 2, Events: []model.Event{
		{Thread: -1, Kind: model.Write, Loc: 0},
		{Thread: -1, Kind: model.Write, Loc: 1},
		{Thread: 0, Index: 0, Kind: model.Read, Loc: 0, Tags: accessTags(o)},
		{Thread: 0, Index: 1, Kind: model.Write, Loc: 1, Tags: accessTags(o)},
		{Thread: 1, Index: 0, Kind: model.Read, Loc: 1, Tags: accessTags(o)},
		{Thread: 1, Index: 1, Kind: model.Write, Loc: 0, Tags: accessTags(o)},
	}}
	x.Po, x.Co, x.Rf = model.NewRelation(6), model.NewRelation(6), model.NewRelation(6)
	x.Po.Add(2, 3)
	x.Po.Add(4, 5)
	x.Co.Add(0, 5)
	x.Co.Add(1, 3)
	x.Rf.Add(3, 4)
	x.Rf.Add(5, 2)
	return x
}

// catJudge asks a checker about the execution that a graph stands for.
type catJudge struct {
	checker model.Checker
	failure error
	transcript
}

func (j *catJudge) err() error { return j.failure }

func (j *catJudge) allows(g *graph, _ int32) bool {
	if j.failure != nil {
		return false
	}
	x := j.write(g)
	ok := j.checker.Check(x, model.Skeleton) && j.checker.Check(x, model.Complete)
	if !ok {
		j.failure = j.checker.Err()
	}
	return ok
}

func (j *catJudge) flags(g *graph) []model.Flag {
	if !j.allows(g, none) {
		return nil
	}
	return j.checker.Flags()
}

// forWorker is the model as one worker has it, with a judge of its own.
func (m *semantics) forWorker() *semantics {
	if m.newJudge == nil {
		return m
	}
	own := *m
	own.judge = m.newJudge()
	return &own
}

// extended reports whether the graph is still consistent with the event that
// was added last. The search's own models need not be asked: for them the newest choice always is.
func (g *graph) extended() bool {
	id := int32(len(g.ev)) - 1
	e := &g.ev[id]
	newest := true
	switch e.kind {
	case load:
		newest = e.rf == g.locs[e.loc].last
	case store:
		newest = e.coNext < 0
	case fence:
	default:
		return true
	}
	if g.consistent(id) {
		return true
	}
	g.m.inextensible = g.m.inextensible || newest
	return false
}

// addVerdict adds what a worker's judge has to say at the end: an error if it
// could not judge, and that executions may be missing.
func (s *shared) addVerdict(m *semantics) {
	if m.judge == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := m.judge.err(); err != nil && s.err == nil {
		s.err = fmt.Errorf("model %s: %w", m.name, err)
	}
	if m.inextensible && s.result.Stopped == "" {
		s.result.Stopped = fmt.Sprintf("the model %s forbids going on with the newest write in some execution, so others may be missing", m.name)
	}
}

// Flags returns the remarks of the model on the execution, such as data races
// between plain accesses, if it is one written in cat; nil for the search's own.
func (v *View) Flags() []model.Flag {
	g := v.w.g
	if g.m.judge == nil {
		return nil
	}
	return g.m.judge.flags(g)
}
