package x86

import (
	"strings"

	"github.com/weakmem/litmus/internal/source"
	"github.com/weakmem/litmus/litmus/ir"
)

// Dialect is one of the two syntaxes, an [ir.Dialect].
type Dialect struct {
	name      string
	registers registers
	word      uint8 // bytes of a whole register
	att       bool  // the destination comes last
}

var (
	// X86 is the 32-bit dialect.
	X86 = &Dialect{name: "X86", registers: registers32(), word: 4}
	// X86_64 is the 64-bit dialect.
	X86_64 = &Dialect{name: "X86_64", registers: registers64(), word: 8, att: true}
)

var tags = []string{"MFENCE", "SFENCE", "LFENCE", "X", "A", "NT"}

var (
	locked = ir.Bit(tags, "X") | ir.Bit(tags, "A")
	fences = map[string]ir.Tags{
		"mfence": ir.Bit(tags, "MFENCE"), "sfence": ir.Bit(tags, "SFENCE"), "lfence": ir.Bit(tags, "LFENCE"),
	}
)

// Name is the word that starts a test's header.
func (d *Dialect) Name() string { return d.name }

// Tags are the names of the event sets: fences, X and A for locked accesses, and NT (non-temporal), which
// no event is in.
func (d *Dialect) Tags() []string { return tags }

// Register returns the whole register that name is, or is part of; a symbolic one is its own.
func (d *Dialect) Register(name string) (string, bool) {
	v, ok := d.view(name)
	if !ok && d.att && strings.EqualFold(strings.TrimPrefix(name, "%"), "rip") {
		return "rip", true
	}
	return v.whole, ok
}

// view finds a register; %name is a symbolic one if the machine has none of that name.
func (d *Dialect) view(name string) (view, bool) {
	bare, percent := strings.CutPrefix(name, "%")
	if v, ok := d.registers[strings.ToLower(bare)]; ok {
		return v, true
	}
	if percent && isIdentifier(bare) && !strings.EqualFold(bare, "rip") && !segments[strings.ToLower(bare)] {
		return view{whole: name, name: bare}, true
	}
	return view{}, false
}

var segments = map[string]bool{"cs": true, "ds": true, "es": true, "fs": true, "gs": true, "ss": true}

// Parse reads one instruction.
func (d *Dialect) Parse(text string, pos source.Pos) (ir.Node, error) {
	p := &parser{Dialect: d, text: text, pos: pos}
	in, err := p.instruction()
	if err != nil {
		return nil, err
	}
	return in, nil
}
