// Package copies copies what must not be copied, for go vet to find.
package copies

import "github.com/weakmem/litmus/primitives/sequencer"

func producers(sequencer.Producer[int]) {}
func consumers(sequencer.Consumer[int]) {}
