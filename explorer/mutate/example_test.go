package mutate_test

import (
	"context"
	"fmt"

	"github.com/weakmem/litmus/explorer"
	"github.com/weakmem/litmus/explorer/mutate"
	"github.com/weakmem/litmus/primitives/atomic"
)

// mailbox holds one letter. Its orderings are the default, sequentially consistent: are they needed?
type mailbox struct {
	letter atomic.Cell[string]
	full   atomic.Bool
}

func (m *mailbox) put(letter string) {
	m.letter.Store(letter)
	m.full.Store(true)
}

func (m *mailbox) take() (string, bool) {
	if !m.full.Load() {
		return "", false
	}
	return m.letter.Load(), true
}

func deliver(x *explorer.T) {
	var m mailbox
	x.Go("sender", func() { m.put("hello") })
	x.Go("receiver", func() {
		if letter, ok := m.take(); ok && letter != "hello" {
			x.Errorf("the letter is %q", letter)
		}
	})
}

func ExampleCode_Weakest() {
	code, err := mutate.New(context.Background(), mutate.Config{
		Programs: []mutate.Program{{Name: "deliver", Body: deliver}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	weakest, err := code.Weakest(context.Background(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, a := range weakest.Minimal {
		instructions := weakest.Instructions(a, "arm64")
		for i, s := range weakest.Slots {
			fmt.Printf("%s: %s instead of %s, on arm64 %s\n", s.Name(), a.Orders[i], s.Written(), instructions[i].Instructions)
		}
	}
	// Output:
	// mailbox.put/full.Store: release instead of seq_cst, on arm64 STLR
	// mailbox.take/full.Load: acquire instead of seq_cst, on arm64 LDAPR
}

func ExampleCode_Try() {
	code, err := mutate.New(context.Background(), mutate.Config{
		Programs: []mutate.Program{{Name: "deliver", Body: deliver}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range code.Mutants() {
		v, err := code.Try(context.Background(), m)
		switch {
		case err != nil:
			fmt.Println(err)
		case v.Killed:
			fmt.Printf("%s: killed by %s: %s\n", m.Name, v.Program, v.Report.Failure.Failure.Kind)
		default:
			fmt.Printf("%s: survives\n", m.Name)
		}
	}
	// Output:
	// mailbox.put/full.Store=release: survives
	// mailbox.take/full.Load=acquire: survives
	// full=plain: killed by deliver: data race
}
