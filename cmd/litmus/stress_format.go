package main

import (
	"fmt"
	"io"

	"github.com/weakmem/litmus/litmus/stress"
	"github.com/weakmem/litmus/litmus/stress/host"
)

// stressFormat shows what was run: test by test, then whatever it kept for the end.
type stressFormat interface {
	begin(w io.Writer, h host.Host, o stress.Options) error
	test(w io.Writer, r *stressed) error
	refused(w io.Writer, file string, err error) error // what stderr tells people
	end(w io.Writer, total *tally, inputs int) error
}

func newStressFormat(name string, suite bool, w io.Writer) (stressFormat, error) {
	switch name {
	case "table":
		if suite {
			return &stressSuite{table: stressTable{colours: isTerminal(w)}}, nil
		}
		return &stressTable{colours: isTerminal(w)}, nil
	case "herd":
		return stressLog{}, nil
	case "json":
		return &stressLines{}, nil
	}
	return nil, fmt.Errorf("--format %s: expected table, herd or json", name)
}
