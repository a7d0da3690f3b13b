// Package copies copies what must not be copied, for go vet to find.
package copies

import "github.com/weakmem/litmus/primitives/atomic"

func int32s(atomic.Int32)          {}
func int64s(atomic.Int64)          {}
func uint32s(atomic.Uint32)        {}
func uint64s(atomic.Uint64)        {}
func bools(atomic.Bool)            {}
func pointers(atomic.Pointer[int]) {}
func values(atomic.Value)          {}
func cells(atomic.Cell[int])       {}
