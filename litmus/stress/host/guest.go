package host

import "strings"

// guestOf names the hypervisor of a machine by its device tree's model and the vendor and product of its firmware: "" if neither is
// that of a virtual machine. It is for arm64, where no instruction tells.
func guestOf(board, product string) string {
	switch {
	case strings.Contains(product, ".metal"): // Amazon EC2 without a hypervisor
		return ""
	case strings.HasPrefix(product, "Microsoft Corporation Virtual Machine"):
		return "Hyper-V"
	case strings.HasPrefix(product, "Amazon EC2"), strings.Contains(product, "Google Compute Engine"), strings.Contains(product, "KVM"):
		return "KVM"
	case strings.Contains(product, "Apple Virtualization"):
		return "Apple Virtualization"
	case strings.HasPrefix(product, "VMware"):
		return "VMware"
	case strings.HasPrefix(product, "Parallels"):
		return "Parallels"
	case strings.HasPrefix(product, "QEMU"), board == "linux,dummy-virt":
		return "unknown" // KVM, or QEMU's emulation of a whole machine
	}
	return ""
}
