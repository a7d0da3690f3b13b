package host

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// ask fills in what Linux knows.
func (h *Host) ask(id identity) {
	h.Kernel = kernel()
	info := parseCPUInfo(read("/proc/cpuinfo"))
	if info.architecture == h.Architecture {
		h.Flags = append(h.Flags, info.flags...)
		if info.model != "" {
			h.Processor = info.model
		}
	}
	if n := countList(read("/sys/devices/system/cpu/online")); n > 0 {
		h.Processors = n
	}
	exe, _ := os.Readlink("/proc/self/exe")
	threadExe, _ := os.Readlink("/proc/thread-self/exe")
	h.Emulated = signs{
		identity:     id,
		exe:          exe,
		threadExe:    threadExe,
		architecture: h.Architecture,
		kernel:       strings.TrimSpace(read("/proc/sys/kernel/arch")),
		cpuinfo:      info.architecture,
	}.emulator()
	if h.Emulated != "" {
		h.Processor = id.model()
		return
	}
	h.Board = strings.TrimRight(read("/proc/device-tree/model"), "\x00\n")
	if h.Hypervisor == "" {
		vendor, product := read("/sys/class/dmi/id/sys_vendor"), read("/sys/class/dmi/id/product_name")
		h.Hypervisor = guestOf(h.Board, strings.TrimSpace(vendor)+" "+strings.TrimSpace(product))
	}
}

// read returns a file's text, "" if it cannot be read.
func read(file string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(text)
}

func kernel() string {
	var name unix.Utsname
	if unix.Uname(&name) != nil {
		return ""
	}
	return strings.Join([]string{
		unix.ByteSliceToString(name.Sysname[:]), unix.ByteSliceToString(name.Release[:]), unix.ByteSliceToString(name.Version[:]),
	}, " ")
}
