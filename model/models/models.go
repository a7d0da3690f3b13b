// Package models holds the memory models that come with the tool, as cat files
// written from the papers and manuals that each of them cites.
package models

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/weakmem/litmus/model"
	"github.com/weakmem/litmus/model/cat"
)

//go:embed *.cat
var files embed.FS

// Info describes a model for people.
type Info struct {
	Name, Doc string
	// Dialects lists the dialects whose tests the model is for; nil for all.
	Dialects []string
}

// List is every model, from strong to weak, the dialect-specific ones last.
var List = []Info{
	{"sc", "sequential consistency: one interleaving of the threads", nil},
	{"tso", "total store order: x86-TSO, SPARC TSO", nil},
	{"pso", "partial store order: SPARC PSO, a store buffer a location", nil},
	{"ra", "release-acquire: every write releases, every read acquires", nil},
	{"rc11", "repaired C11 (Lahav et al., PLDI 2017)", []string{"C"}},
	{"c11", "C11 with partial sequential consistency (Batty et al., POPL 2016)", []string{"C"}},
	{"go", "the Go memory model of 2022: sequentially consistent atomics, races undefined", []string{"C"}},
	{"aarch64", "Arm A-profile application level, DDI 0487 section B2.3", []string{"AArch64"}},
	{"riscv", "RVWMO, the RISC-V weak memory order", []string{"RISCV"}},
}

// Names lists the models' names in the order of List.
func Names() []string {
	var names []string
	for _, m := range List {
		names = append(names, m.Name)
	}
	return names
}

// Default is the model that a dialect's tests run under when none is asked for.
func Default(dialect string) string {
	switch dialect {
	case "X86", "X86_64":
		return "tso"
	case "AArch64":
		return "aarch64"
	case "RISCV":
		return "riscv"
	case "C":
		return "rc11"
	}
	return "sc"
}

// Fits reports whether a model is meant for tests of a dialect.
func (m Info) Fits(dialect string) bool {
	return m.Dialects == nil || slices.Contains(m.Dialects, dialect)
}

var (
	mu     sync.Mutex
	loaded = map[string]*cat.Model{}
)

// Load returns the built-in model of that name, or the user's model if name is
// the path of a .cat file.
func Load(name string) (model.Model, error) {
	if strings.HasSuffix(name, ".cat") {
		return cat.Load(name)
	}
	mu.Lock()
	defer mu.Unlock()
	if m, ok := loaded[name]; ok {
		return m, nil
	}
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("unknown model %s: the models are %s, or the path of a .cat file", name, strings.Join(Names(), ", "))
	}
	text, err := files.ReadFile(name + ".cat")
	if err != nil {
		return nil, err
	}
	m, err := cat.Parse(name+".cat", string(text), func(file string) (string, string, bool) {
		text, err := files.ReadFile(file)
		return string(text), file, err == nil
	})
	if err != nil {
		return nil, err
	}
	loaded[name] = m
	return m, nil
}
