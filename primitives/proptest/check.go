package proptest

import (
	"context"

	"github.com/weakmem/litmus/explorer"
	"pgregory.net/rapid"
)

// Check fails t if a client of s, in an execution that the model allows, gets results that the specification does not
// explain, or fails otherwise. It draws clients as rapid draws: what failed is kept in testdata/rapid, and tried
// first from then on.
func Check[I, S any](t rapid.TB, s Subject[I, S], options ...Option) {
	t.Helper()
	c, e := prepare(t, &s, explored(), options)
	defer func() { t.Logf("proptest: %s", e) }()
	draw := clients(s.operations(), c)
	failed := false // rapid looks for a smaller client
	rapid.Check(t, func(t *rapid.T) {
		if enough := e.spent() || c.clients > 0 && e.clients >= c.clients; enough && !failed {
			return
		}
		found, err := e.client(draw.Draw(t, "client"))
		if err != nil {
			t.Fatalf("proptest: %v", err)
		}
		if found != nil {
			failed = true
			t.Logf("%s%s", found, explorer.WriteFiles(found.Execution))
			t.Fatalf("proptest: %s under %s", found.Message, found.Model)
		}
	})
}

// prepare checks what the caller has given.
func prepare[I, S any](t rapid.TB, s *Subject[I, S], defaults config, options []Option) (config, *exploration[I, S]) {
	t.Helper()
	c, err := configure(defaults, options)
	if err == nil {
		err = s.validate()
	}
	if err == nil {
		_, err = explorer.RunEach(context.Background(), func(*explorer.T) {}, c.explore...)
	}
	if err != nil {
		t.Fatalf("proptest: %v", err)
	}
	return c, &exploration[I, S]{
		name: t.Name(), subject: s, options: c.explore, limit: uint64(c.executions), found: map[string]*Counterexample{},
	}
}
