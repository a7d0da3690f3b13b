package search

import (
	"fmt"
	"sort"
	"strings"

	"github.com/weakmem/litmus/explorer/sim"
)

// semantics is a memory model as the search knows it.
type semantics struct {
	name  string
	order ordering // which acyclicity it asks for beyond coherence
	// views: synchronisation depends on orderings, as in C11; otherwise every load synchronises with the store that
	// it reads (atomicSync: unless one of them is plain).
	views          bool
	atomicSync     bool
	loadsAcquire   bool // with views: every atomic load acquires
	updatesRelease bool // with views: every update releases
	// coherence is kept along this vector: a load reads nothing older than what its prefix wrote or read.
	coherence int
	fullSC    bool // every order is SeqCst

	newJudge     func() judge
	judge        judge // of the worker whose copy this is
	inextensible bool  // the judge has forbidden a newest choice
}

// strength is the ordering that an operation has under the model.
func (m *semantics) strength(o sim.Ordering) sim.Ordering {
	if m.fullSC && o != sim.Plain && o&sim.Silent == 0 {
		return sim.SeqCst
	}
	return o
}

// ordering is a family of acyclicity axioms.
type ordering uint8

const (
	noOrder        ordering = iota // ra: coherence, and full fences
	totalOrder                     // sc, go
	storeOrder                     // tso
	partialStores                  // pso
	partialSeqCsts                 // rc11
	judgedOrder                    // what the judge says
)

var known = []semantics{
	{name: "sc", order: totalOrder, coherence: porfVector},
	{name: "tso", order: storeOrder, coherence: porfVector},
	{name: "pso", order: partialStores, views: true, loadsAcquire: true, updatesRelease: true, coherence: hbVector},
	{name: "ra", order: noOrder, coherence: hbVector},
	{name: "rc11", order: partialSeqCsts, views: true, coherence: hbVector},
	{name: "go", order: totalOrder, atomicSync: true, coherence: porfVector, fullSC: true},
}

// Models returns the names of the models that the search has checks of its own
// for.
func Models() []string {
	var names []string
	for i := range known {
		names = append(names, known[i].name)
	}
	return names
}

// Check reports an error unless the search can explore under the model of that
// name: one of Models, another of package model/models, or one in a file whose path ends in .cat.
func Check(model string) error {
	_, err := semanticsOf(model)
	return err
}

func semanticsOf(name string) (*semantics, error) {
	for i := range known {
		if known[i].name == name {
			return &known[i], nil
		}
	}
	if isCat(name) {
		return loadCat(name)
	}
	names := Models()
	sort.Strings(names)
	return nil, fmt.Errorf("no model %q to explore under: have %s, and the paths of .cat files", name, strings.Join(names, ", "))
}
