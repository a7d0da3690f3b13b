// Package copies copies what must not be copied, for go vet to find.
package copies

import "github.com/weakmem/litmus/primitives/sync"

func mutexes(sync.Mutex)        {}
func rwMutexes(sync.RWMutex)    {}
func waitGroups(sync.WaitGroup) {}
func onces(sync.Once)           {}
func conds(sync.Cond)           {}
