package main

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// What an interrupt kept from being run is counted, and has an exit code of its own.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"run", "../../litmus/catalog/tests/c/SB.litmus"}, "litmus: interrupted: 1 of 1 tests not run\n"},
		{[]string{"check", "../../litmus/catalog/tests/c/SB.litmus"}, "litmus: interrupted: 1 of 1 tests not checked\n"},
		{[]string{"cross", "../../litmus/catalog/tests/c/SB.litmus"}, "litmus: interrupted: 1 of 1 tests not crossed; contradictions in 0\n"},
		{[]string{"explain", "../../litmus/catalog/tests/c/SB.litmus"}, "litmus: interrupted\n"},
		{[]string{"explore", "counter", "--program", "no-loss"}, "litmus: interrupted: 1 of 1 explorations not finished\n"},
		{[]string{"explore", "counter", "--mutants"}, "litmus: interrupted: the mutants of counter not tried\n"},
		{[]string{"weaken", "counter"}, "litmus: interrupted: there may be other assignments for counter\n"},
	} {
		var stdout, stderr bytes.Buffer
		assert.Equal(t, exitInterrupted, execute(ctx, c.args, nil, &stdout, &stderr))
		assert.Equal(t, c.says, stderr.String())
	}
}

// A full disk, or a closed pipe, is not success.
func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{
		{"run", "../../litmus/catalog/tests/c/SB.litmus"},
		{"check", "../../litmus/catalog/tests/c/SB.litmus"},
		{"cross", "--columns", "axiomatic,explorer", "../../litmus/catalog/tests/c/SB.litmus"},
		{"explain", "../../litmus/catalog/tests/c/SB.litmus"},
		{"explore"}, {"explore", "counter"}, {"explore", "counter", "--mutants"}, {"weaken", "counter"},
	} {
		var stderr bytes.Buffer
		code := execute(context.Background(), args, nil, full{}, &stderr)
		assert.Equal(t, exitBad, code, args)
		assert.Equal(t, "litmus: the disk is full\n", stderr.String(), args)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }
