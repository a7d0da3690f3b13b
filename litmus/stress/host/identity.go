package host

// identity is what the processor says of itself.
type identity struct {
	brand  string // amd64: CPUID's brand string
	vendor string // amd64: the hypervisor's 12 letters, from CPUID
	guest  bool   // amd64: CPUID says that there is a hypervisor
	midr   uint64 // arm64: the Main ID Register
	known  bool   // arm64: whether midr could be read
}

func (id identity) model() string {
	if id.known {
		return armModel(byte(id.midr>>24), uint16(id.midr>>4&0xfff))
	}
	return id.brand
}

// hypervisorNames has the names of hypervisors by what CPUID answers for leaf 0x40000000.
var hypervisorNames = map[string]string{
	"KVMKVMKVM":    "KVM",
	"Linux KVM Hv": "KVM", // presenting itself as Hyper-V
	"Microsoft Hv": "Hyper-V",
	"VMwareVMware": "VMware",
	"XenVMMXenVMM": "Xen",
	"VBoxVBoxVBox": "VirtualBox",
	"bhyve bhyve ": "bhyve",
	" prl hyperv ": "Parallels",
	"ACRNACRNACRN": "ACRN",
}
