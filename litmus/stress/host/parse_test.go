package host

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseCPUInfo(t *testing.T) {
	const amd64 = `processor	: 0
vendor_id	: AnyVendor
model		: 7
model name	: A Processor 123
flags		: fpu tsc sse2

processor	: 1
vendor_id	: AnyVendor
model name	: A Processor 123
flags		: fpu tsc sse2
`
	const arm64 = `processor	: 0
Features	: fp asimd atomics lrcpc
CPU implementer	: 0x41
CPU architecture: 8
CPU part	: 0xd05

processor	: 1
Features	: fp asimd
CPU implementer	: 0x41
CPU part	: 0xd0b
`
	for name, test := range map[string]struct {
		text string
		want cpuinfo
	}{
		"amd64":           {amd64, cpuinfo{"amd64", "A Processor 123", []string{"fpu", "tsc", "sse2"}}},
		"arm64":           {arm64, cpuinfo{"arm64", "Arm Cortex-A55 + Arm Cortex-A76", []string{"fp", "asimd", "atomics", "lrcpc"}}},
		"part unknown":    {"CPU implementer : 0x41\nCPU part : 0xfff\n", cpuinfo{"arm64", "Arm part 0xfff", nil}},
		"part not number": {"CPU implementer : 0x41\nCPU part : many\n", cpuinfo{"arm64", "", nil}},
		"other":           {"hart : 0\nisa : rv64gc\n", cpuinfo{}},
		"nothing":         {"", cpuinfo{}},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, test.want, parseCPUInfo(test.text)) })
	}
}

func TestCountList(t *testing.T) {
	for list, want := range map[string]int{"0": 1, "0-3\n": 4, "0-1,4,6-7": 5, "": 0, "3-1": 0, "x": 0, "0-": 0} {
		require.Equal(t, want, countList(list), "%q", list)
	}
}

func TestArmModel(t *testing.T) {
	require.Equal(t, "Arm Neoverse-N1", armModel(0x41, 0xd0c))
	require.Equal(t, "Ampere part 0x001", armModel(0xc0, 1))
	require.Equal(t, "implementer 0x00, part 0x051", armModel(0, 0x51))
}

func TestEmulator(t *testing.T) {
	native := signs{
		identity: identity{brand: "A Processor", vendor: "KVMKVMKVM", guest: true},
		exe:      "/bin/litmus", threadExe: "/bin/litmus",
		architecture: "amd64", kernel: "x86_64", cpuinfo: "amd64",
	}
	require.Empty(t, native.emulator())
	require.Empty(t, signs{architecture: "arm64"}.emulator(), "nothing is known")
	require.Empty(t, signs{architecture: "arm64", identity: identity{midr: 0x410fd0c1, known: true}}.emulator())
	for name, test := range map[string]struct {
		change func(*signs)
		want   string
	}{
		"hypervisor":         {func(s *signs) { s.vendor = "TCGTCGTCGTCG" }, "QEMU"},
		"brand":              {func(s *signs) { s.brand = "QEMU TCG CPU version 2.5+" }, "QEMU"},
		"FEX":                {func(s *signs) { s.vendor = "FEXIFEXIEMU" }, "FEX"},
		"Rosetta":            {func(s *signs) { s.brand = "VirtualApple @ 2.50GHz" }, "Rosetta"},
		"program":            {func(s *signs) { s.threadExe = "/usr/bin/qemu-x86_64-static" }, "QEMU"},
		"Rosetta's program":  {func(s *signs) { s.threadExe = "/run/rosetta/rosetta" }, "Rosetta"},
		"FEX's program":      {func(s *signs) { s.threadExe = "/usr/bin/FEXInterpreter" }, "FEX"},
		"some program":       {func(s *signs) { s.threadExe = "/opt/translate" }, "translate"},
		"MIDR of QEMU":       {func(s *signs) { s.midr, s.known = 0x000f0510, true }, "QEMU"},
		"MIDR of software":   {func(s *signs) { s.midr, s.known = 0x000f1230, true }, "unknown"},
		"kernel":             {func(s *signs) { s.kernel = "aarch64" }, "unknown"},
		"cpuinfo":            {func(s *signs) { s.cpuinfo = "arm64" }, "unknown"},
		"program not hidden": {func(s *signs) { s.exe, s.threadExe = "", "/usr/bin/qemu-x86_64-static" }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := native
			test.change(&s)
			require.Equal(t, test.want, s.emulator())
		})
	}
}

func TestGuestOf(t *testing.T) {
	for _, test := range []struct{ board, product, want string }{
		{"", "Amazon EC2 c7g.large", "KVM"},
		{"", "Amazon EC2 c7g.metal", ""},
		{"", "Microsoft Corporation Virtual Machine", "Hyper-V"},
		{"", "Google Google Compute Engine", "KVM"},
		{"", "QEMU KVM Virtual Machine", "KVM"},
		{"", "QEMU QEMU Virtual Machine", "unknown"},
		{"linux,dummy-virt", " ", "unknown"},
		{"", "Apple Inc. Apple Virtualization Generic Platform", "Apple Virtualization"},
		{"", "VMware, Inc. VMware20,1", "VMware"},
		{"", "Parallels International GmbH. Parallels ARM Virtual Machine", "Parallels"},
		{"Raspberry Pi 4 Model B", " ", ""},
	} {
		require.Equal(t, test.want, guestOf(test.board, test.product), test)
	}
}
