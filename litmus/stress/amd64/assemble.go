package amd64

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Assembler collects the instructions and labels of a program, in order. The zero value is an empty program.
type Assembler struct {
	lines  []line
	labels map[Label]int // by name, the number of lines before it
	err    error         // the first
}

// line is an instruction on its way to bytes.
type line struct {
	in   Instruction
	code encoding
	end  int // the offset of what follows
}

// Add appends an instruction. [Assembler.Assemble] says if it is wrong.
func (a *Assembler) Add(in Instruction) {
	code, err := in.encode()
	if err != nil && a.err == nil {
		a.err = err
	}
	if err == nil && in.branches() {
		code = in.branch(false)
	}
	a.lines = append(a.lines, line{in: in, code: code})
}

// Label names the place of the next instruction.
func (a *Assembler) Label(name string) {
	if a.labels == nil {
		a.labels = map[Label]int{}
	}
	label := Label(name)
	if _, ok := a.labels[label]; a.err == nil && (ok || name == "") {
		a.err = fmt.Errorf("label %q: expected a name that no other label has", name)
	}
	a.labels[label] = len(a.lines)
}

// Assemble returns the program's bytes, which run wherever they are put. Branches are as short as they can be: all are
// short at first, and those that do not reach grow until all do.
func (a *Assembler) Assemble() ([]byte, error) {
	if a.err != nil {
		return nil, a.err
	}
	for _, l := range a.lines {
		if _, ok := a.labels[l.code.label]; l.code.label != "" && !ok {
			return nil, fmt.Errorf("%s: there is no label %s", l.in, l.code.label)
		}
	}
	for a.grow() {
	}
	var program []byte
	for _, l := range a.lines {
		at := len(program) + l.code.at
		program = append(program, l.code.bytes...)
		if l.code.label == "" {
			continue
		}
		distance := int64(a.distance(l))
		if l.short() {
			program[at] = byte(distance)
			continue
		}
		field := program[at : at+4]
		distance += int64(int32(binary.LittleEndian.Uint32(field)))
		if distance != int64(int32(distance)) {
			return nil, fmt.Errorf("%s: %s is %d bytes away, expected at most %d", l.in, l.code.label, distance, math.MaxInt32)
		}
		binary.LittleEndian.PutUint32(field, uint32(distance))
	}
	return program, nil
}

// Len is the number of instructions so far.
func (a *Assembler) Len() int { return len(a.lines) }

// Offset is where in the assembled program its instruction n starts, from 0 on, or ends if there are n.
func (a *Assembler) Offset(n int) int {
	if n == 0 {
		return 0
	}
	return a.lines[n-1].end
}

// grow lays the lines out, and makes the short branches that do not reach near ones. It tells whether there were any.
func (a *Assembler) grow() bool {
	offset := 0
	for i := range a.lines {
		offset += len(a.lines[i].code.bytes)
		a.lines[i].end = offset
	}
	grown := false
	for i := range a.lines {
		l := &a.lines[i]
		if distance := a.distance(*l); l.short() && distance != int(int8(distance)) {
			l.code = l.in.branch(true)
			grown = true
		}
	}
	return grown
}

// short tells whether the line is a branch of one byte's distance.
func (l line) short() bool { return l.in.branches() && len(l.code.bytes) == 2 }

// distance is that from the line's end to the label that it refers to.
func (a *Assembler) distance(l line) int {
	target := a.labels[l.code.label]
	if target == 0 {
		return -l.end
	}
	return a.lines[target-1].end - l.end
}

// branches tells whether the instruction is a branch to a label.
func (in Instruction) branches() bool {
	_, ok := in.Dst.(Label)
	return ok
}
