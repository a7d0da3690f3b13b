package x86

import (
	"fmt"
	"strings"
)

// view is a register operand: a part of a whole register.
type view struct {
	whole string // the register that it is part of, named as results print it
	size  uint8  // in bytes; 0 for a symbolic register, which takes the instruction's
	high  bool   // bits 8 to 15
	name  string // canonical spelling of this part, without %
}

// registers are the parts of registers by lower-case name.
type registers map[string]view

// registers32 are those of X86.
func registers32() registers {
	r := registers{}
	for _, n := range []string{"a", "b", "c", "d"} {
		r.add("E"+strings.ToUpper(n)+"X", map[string]uint8{"E" + n + "x": 4, n + "x": 2, n + "l": 1})
		r.high(n+"h", "E"+strings.ToUpper(n)+"X")
	}
	for _, n := range []string{"si", "di", "sp", "bp"} {
		r.add("E"+strings.ToUpper(n), map[string]uint8{"e" + n: 4, n: 2})
	}
	for name, v := range r {
		v.name = strings.ToUpper(name)
		r[name] = v
	}
	return r
}

// registers64 are those of X86_64.
func registers64() registers {
	r := registers{}
	for _, n := range []string{"a", "b", "c", "d"} {
		r.add("r"+n+"x", map[string]uint8{"r" + n + "x": 8, "e" + n + "x": 4, n + "x": 2, n + "l": 1})
		r.high(n+"h", "r"+n+"x")
	}
	for _, n := range []string{"si", "di", "sp", "bp"} {
		r.add("r"+n, map[string]uint8{"r" + n: 8, "e" + n: 4, n: 2, n + "l": 1})
	}
	for i := 8; i < 16; i++ {
		n := fmt.Sprintf("r%d", i)
		r.add(n, map[string]uint8{n: 8, n + "d": 4, n + "w": 2, n + "b": 1})
	}
	for name, v := range r {
		v.name = name
		r[name] = v
	}
	return r
}

func (r registers) add(whole string, parts map[string]uint8) {
	for name, size := range parts {
		r[strings.ToLower(name)] = view{whole: whole, size: size}
	}
}

func (r registers) high(name, whole string) {
	r[name] = view{whole: whole, size: 1, high: true}
}
