package host

import (
	"path"
	"strings"
)

// signs are what may show that the process's machine code is not run by a processor. An emulator of user programs hides itself in
// some places and forgets others, so each sign counts by itself:
//
//   - What the processor says of itself: CPUID's brand string and hypervisor (QEMU's, Rosetta's, FEX's), and on arm64 an implementer of 0
//     in MIDR_EL1, which is reserved for software, and is QEMU's with its default processor "max".
//   - /proc/self/exe, which QEMU answers with the emulated program, while /proc/thread-self/exe is the kernel's answer: QEMU.
//   - /proc/sys/kernel/arch (since Linux 6.1), and /proc/cpuinfo, which have the fields of the machine's own architecture.
type signs struct {
	identity
	exe, threadExe string // where the links point, "" if not known
	architecture   string // the process's, Go's name
	kernel         string // of /proc/sys/kernel/arch: "x86_64", "aarch64", "" if not known
	cpuinfo        string // whose fields /proc/cpuinfo has, Go's name
}

// emulator is the name of the emulator: "" if there is no sign of one.
func (s signs) emulator() string {
	switch {
	case s.vendor == "TCGTCGTCGTCG", strings.HasPrefix(s.brand, "QEMU TCG"):
		return "QEMU"
	case s.vendor == "FEXIFEXIEMU":
		return "FEX"
	case strings.HasPrefix(s.brand, "VirtualApple"):
		return "Rosetta"
	}
	if s.exe != "" && s.threadExe != "" && s.exe != s.threadExe {
		return emulatorProgram(path.Base(s.threadExe))
	}
	if s.known && s.midr>>24&0xff == 0 {
		if s.midr>>4&0xfff == 0x051 {
			return "QEMU"
		}
		return "unknown"
	}
	kernel := map[string]string{"x86_64": "amd64", "aarch64": "arm64"}[s.kernel]
	if kernel != "" && kernel != s.architecture || s.cpuinfo != "" && s.cpuinfo != s.architecture {
		return "unknown"
	}
	return ""
}

// emulatorProgram names the emulator whose program has this file name.
func emulatorProgram(file string) string {
	switch {
	case strings.HasPrefix(file, "qemu-"):
		return "QEMU"
	case strings.HasPrefix(file, "FEX"):
		return "FEX"
	case file == "rosetta":
		return "Rosetta"
	}
	return file
}
