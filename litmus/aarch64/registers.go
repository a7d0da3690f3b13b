package aarch64

import (
	"regexp"
	"strings"
)

// register is a general-purpose register as an operand: a canonical name and
// the width through which the instruction sees it.
type register struct {
	name string // X0 … X30, SP, XZR, or %name for a symbolic register
	size uint8  // bytes: 8 as X0, 4 as W0
}

const (
	stackPointer = "SP"
	zeroRegister = "XZR"
	linkRegister = "X30"
)

func (r register) String() string {
	wide := r.size == 8
	switch {
	case r.name == stackPointer && wide:
		return "SP"
	case r.name == stackPointer:
		return "WSP"
	case strings.HasPrefix(r.name, "%") && wide:
		return "X" + r.name
	case strings.HasPrefix(r.name, "%"):
		return "W" + r.name
	case wide:
		return r.name
	}
	return "W" + r.name[1:]
}

var (
	numbered = regexp.MustCompile(`^[XW](0|[1-9][0-9]?)$`)
	symbolic = regexp.MustCompile(`^[XxWw]?%[A-Za-z_][A-Za-z0-9_/.$]*$`)
	vector   = regexp.MustCompile(`^([BHSDQVZP](0|[1-9][0-9]?)|ZA[0-9]*[HV]?)([./].*|\[.*)?$`)
	capa     = regexp.MustCompile(`^(C(0|[1-9][0-9]?)|CSP|CZR)$`)
)

// parseRegister reads a general-purpose register in either width, in either
// case. The names of symbolic registers keep their case.
func parseRegister(text string) (register, bool) {
	if symbolic.MatchString(text) {
		at := strings.IndexByte(text, '%')
		r := register{name: text[at:], size: 8}
		if at == 1 && (text[0] == 'W' || text[0] == 'w') {
			r.size = 4
		}
		return r, true
	}
	upper := strings.ToUpper(text)
	switch upper {
	case "SP":
		return register{stackPointer, 8}, true
	case "WSP":
		return register{stackPointer, 4}, true
	case "XZR":
		return register{zeroRegister, 8}, true
	case "WZR":
		return register{zeroRegister, 4}, true
	}
	if !numbered.MatchString(upper) || len(upper) == 3 && upper[1:] > "30" {
		return register{}, false
	}
	r := register{name: "X" + upper[1:], size: 8}
	if upper[0] == 'W' {
		r.size = 4
	}
	return r, true
}

// isVector reports whether text names a register of the vector and matrix extensions.
func isVector(text string) bool { return vector.MatchString(strings.ToUpper(text)) }

// isCapability reports whether text names a capability register of the Morello architecture.
func isCapability(text string) bool { return capa.MatchString(strings.ToUpper(text)) }

// systemRegister is a register that MRS and MSR name.
type systemRegister string

const (
	systemNZCV systemRegister = "NZCV"
	systemVNCR systemRegister = "VNCR_EL2"
)

func (s systemRegister) String() string { return string(s) }

func parseSystemRegister(text string) (systemRegister, bool) {
	switch s := systemRegister(strings.ToUpper(text)); s {
	case systemNZCV, systemVNCR:
		return s, true
	}
	return "", false
}
