package atomic_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// What an operation costs natively rests on the compiler inlining it, for which each is just small enough.
func TestNativeOperationsAreInlined(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the compiler")
	}
	out, err := exec.Command("go", "build", "-gcflags=-m", ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, typ := range []string{"Int32", "Int64", "Uint32", "Uint64"} {
		for _, method := range []string{"Load", "Store", "Swap", "CompareAndSwap", "CompareAndSwapWeak", "Add", "And", "Or"} {
			require.Contains(t, string(out), "can inline (*"+typ+")."+method+"\n")
		}
	}
	for _, function := range []string{"(*Bool).Load", "Fence"} {
		require.Contains(t, string(out), "can inline "+function+"\n")
	}
}
