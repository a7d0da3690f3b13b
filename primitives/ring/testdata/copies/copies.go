// Package copies copies what must not be copied, for go vet to find.
package copies

import "github.com/weakmem/litmus/primitives/ring"

func producers(ring.Producer[int]) {}
func consumers(ring.Consumer[int]) {}
