package host_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/weakmem/litmus/litmus/stress/host"
)

// underQEMU tells from what was really executed, which is none of the signs that the package goes by.
func underQEMU() bool {
	command, _ := os.ReadFile("/proc/thread-self/cmdline")
	program, _, _ := strings.Cut(string(command), "\x00")
	return strings.HasPrefix(filepath.Base(program), "qemu-")
}

func TestDescribe(t *testing.T) {
	h := host.Describe()
	require.Equal(t, runtime.GOARCH, h.Architecture)
	require.Equal(t, runtime.GOOS, h.System)
	require.NotEmpty(t, h.Processor)
	require.Positive(t, h.Usable)
	require.GreaterOrEqual(t, h.Processors, h.Usable)
	if underQEMU() {
		require.Equal(t, "QEMU", h.Emulated)
		require.Empty(t, h.Flags)
		require.Contains(t, h.String(), "emulated (QEMU)")
		return
	}
	require.Empty(t, h.Emulated)
	require.NotContains(t, h.String(), "emulated")
	if runtime.GOOS == "linux" {
		require.NotEmpty(t, h.Flags)
		require.Regexp(t, `^Linux \d`, h.Kernel)
	}
}

// The same tests of another architecture, run by QEMU.
func TestUnderQEMU(t *testing.T) {
	if testing.Short() || underQEMU() {
		t.Skip("compiles for another architecture")
	}
	for architecture, cpus := range map[string][]string{"arm64": {"max", "cortex-a72"}, "amd64": {"max", "EPYC"}} {
		qemu, err := exec.LookPath(map[string]string{"arm64": "qemu-aarch64-static", "amd64": "qemu-x86_64-static"}[architecture])
		if err != nil {
			t.Log(err)
			continue
		}
		binary := filepath.Join(t.TempDir(), "host.test")
		build := exec.Command("go", "test", "-c", "-o", binary, ".")
		build.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0", "GOARCH="+architecture)
		out, err := build.CombinedOutput()
		require.NoError(t, err, string(out))
		for _, cpu := range cpus {
			out, err := exec.Command(qemu, "-cpu", cpu, binary, "-test.v", "-test.run", "^TestDescribe$").CombinedOutput()
			require.NoError(t, err, string(out))
			require.Contains(t, string(out), "--- PASS: TestDescribe")
		}
	}
}

func TestString(t *testing.T) {
	h := host.Host{
		Architecture: "arm64", Processor: "Arm Cortex-A72", Board: "A Board", Kernel: "Linux 6.1 #1", Usable: 2, Processors: 4,
	}
	require.Equal(t, "arm64: Arm Cortex-A72 (A Board), 2 of 4 processors, Linux 6.1 #1", h.String())
	h.Hypervisor = "KVM"
	require.Contains(t, h.String(), "a virtual machine (KVM)")
}

func TestJSON(t *testing.T) {
	text, err := json.Marshal(host.Host{Architecture: "amd64", Flags: []string{}})
	require.NoError(t, err)
	require.JSONEq(t, `{"architecture":"amd64","operating_system":"","kernel":"","processor":"","flags":[],
		"processors_usable":0,"processors":0}`, string(text))
}
