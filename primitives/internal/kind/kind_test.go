package kind

import (
	"sync"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"github.com/weakmem/litmus/explorer/sim"
)

type node struct{ n int }

// A kind is one for each name and type, whoever asks first.
func TestKindsAreInterned(t *testing.T) {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			assert.Same(t, Pointer[node]("test.Pointer"), Pointer[node]("test.Pointer"))
		})
	}
	wg.Wait()
	assert.NotSame(t, Pointer[node]("test.Pointer"), Pointer[int]("test.Pointer"))
	assert.NotSame(t, Pointer[node]("test.Pointer"), Pointer[node]("test.Other"))
	assert.Equal(t, "test.Pointer", Pointer[node]("test.Pointer").Name)
}

func TestFormats(t *testing.T) {
	v := node{7}
	assert.Equal(t, "nil", Pointer[node]("test.Pointer").Format(sim.Word{}))
	assert.Contains(t, Pointer[node]("test.Pointer").Format(sim.Pointer(unsafe.Pointer(&v))), "node")

}
