package search

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/weakmem/litmus/explorer/sim"
)

// Every execution has a script, which survives being written down, and which
// leads to that execution and no other.
func TestScripts(t *testing.T) {
	for _, model := range Models() {
		t.Run(model, rapid.MakeCheck(func(t *rapid.T) {
			body := waitBody(drawWaits(t), chainLock, func(cond func() bool) { sim.Current().Await(cond) })
			want := map[string]uint64{}
			_, err := Explore(context.Background(), Config{Model: model, KeepGoing: true, Older: true, Complete: func(v *View) {
				s := v.w.script(&Failure{Kind: MemoryLeak, Thread: none})
				want[s.String()] = v.Hash()
			}}, body)
			require.NoError(t, err)
			for text, hash := range want {
				s, err := ParseScript(text)
				require.NoError(t, err)
				require.Equal(t, text, s.String())
				require.Equal(t, hash, follow(t, model, s, body))
			}
		}))
	}
}

func follow(t require.TestingT, model string, s Script, body func(sim.Thread)) (hash uint64) {
	m, err := semanticsOf(model)
	require.NoError(t, err)
	w := newWorker(newShared(Config{Model: model}, body, true), m.forWorker())
	w.o.script = &s
	apart(func() {
		w.on(body, func() {
			w.run()
			require.Nil(t, w.failure)
			hash = (&View{w}).Hash()
		})
	})
	return hash
}

func FuzzParseScript(f *testing.F) {
	f.Add("AQMAAwADAQEAAQECAQUABA")
	f.Add("")
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseScript(text)
		if err != nil {
			return
		}
		again, err := ParseScript(s.String())
		require.NoError(t, err)
		assert.Equal(t, s, again)
	})
}
