package main

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/weakmem/litmus/litmus"
)

func TestListedDialectsAreThoseThatParse(t *testing.T) {
	var names []string
	for _, d := range dialects {
		names = append(names, d.name)
	}
	assert.ElementsMatch(t, litmus.Dialects(), names)
}
