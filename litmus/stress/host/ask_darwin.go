package host

import (
	"strings"

	"golang.org/x/sys/unix"
)

// ask fills in what macOS knows.
func (h *Host) ask(id identity) {
	h.Kernel = strings.Join([]string{"Darwin", sysctl("kern.osrelease"), sysctl("kern.version")}, " ")
	if brand := sysctl("machdep.cpu.brand_string"); brand != "" {
		h.Processor = brand
	}
	h.Flags = append(h.Flags, strings.Fields(sysctl("machdep.cpu.features"))...)
	for _, feature := range []string{"FEAT_LSE", "FEAT_LSE2", "FEAT_LRCPC", "FEAT_LRCPC2"} {
		if is("hw.optional.arm." + feature) {
			h.Flags = append(h.Flags, feature)
		}
	}
	if n, err := unix.SysctlUint32("hw.ncpu"); err == nil && n > 0 {
		h.Processors = int(n)
	}
	if h.Hypervisor == "" && is("kern.hv_vmm_present") {
		h.Hypervisor = "unknown"
	}
	h.Emulated = signs{identity: id, architecture: h.Architecture}.emulator()
	if h.Emulated == "" && is("sysctl.proc_translated") {
		h.Emulated = "Rosetta"
	}
}

func sysctl(name string) string {
	value, err := unix.Sysctl(name)
	if err != nil {
		return ""
	}
	return value
}

func is(name string) bool {
	n, err := unix.SysctlUint32(name)
	return err == nil && n == 1
}
