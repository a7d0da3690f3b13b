package catalog

import (
	"context"
	"fmt"

	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives"
)

// Code explores a protocol's programs under rc11, for its sites and mutants.
func (p Protocol) Code(ctx context.Context) (*mutate.Code, error) {
	config := mutate.Config{
		Packages: []string{"github.com/weakmem/litmus/primitives/" + p.Name},
		Source:   primitives.Source,
	}
	for _, program := range p.Programs {
		config.Programs = append(config.Programs, mutate.Program{Name: program.Name, Body: program.Body})
	}
	code, err := mutate.New(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	return code, nil
}

// Mutant returns the mutant of a name of a protocol.
func Mutant(ctx context.Context, protocol, name string) (mutate.Mutant, error) {
	p, ok := Named(protocol)
	if !ok {
		return mutate.Mutant{}, fmt.Errorf("no protocol is called %s", protocol)
	}
	code, err := p.Code(ctx)
	if err != nil {
		return mutate.Mutant{}, err
	}
	m, ok := code.Named(name)
	if !ok {
		return mutate.Mutant{}, fmt.Errorf("%s has no mutant %s", protocol, name)
	}
	return m, nil
}
