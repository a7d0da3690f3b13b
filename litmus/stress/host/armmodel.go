package host

import "fmt"

// armModel names a processor by the implementer and the part number of its Main ID Register. Implementers are listed in the Arm
// Architecture Reference Manual under MIDR_EL1, parts in each processor's own manual.
func armModel(implementer byte, part uint16) string {
	name, known := armImplementers[implementer]
	if !known {
		return fmt.Sprintf("implementer %#02x, part %#03x", implementer, part)
	}
	if model, known := armParts[uint32(implementer)<<16|uint32(part)]; known {
		return name + " " + model
	}
	return fmt.Sprintf("%s part %#03x", name, part)
}

var armImplementers = map[byte]string{
	0x41: "Arm",
	0x42: "Broadcom",
	0x43: "Cavium",
	0x46: "Fujitsu",
	0x48: "HiSilicon",
	0x4e: "NVIDIA",
	0x50: "Applied Micro",
	0x51: "Qualcomm",
	0x53: "Samsung",
	0x56: "Marvell",
	0x61: "Apple",
	0x69: "Intel",
	0x6d: "Microsoft",
	0x70: "Phytium",
	0xc0: "Ampere",
}

// armParts has the implementer in its keys' bits 16 to 23, the part number in the lower ones.
var armParts = map[uint32]string{
	0x410d03: "Cortex-A53",
	0x410d04: "Cortex-A35",
	0x410d05: "Cortex-A55",
	0x410d07: "Cortex-A57",
	0x410d08: "Cortex-A72",
	0x410d09: "Cortex-A73",
	0x410d0a: "Cortex-A75",
	0x410d0b: "Cortex-A76",
	0x410d0c: "Neoverse-N1",
	0x410d0d: "Cortex-A77",
	0x410d40: "Neoverse-V1",
	0x410d41: "Cortex-A78",
	0x410d44: "Cortex-X1",
	0x410d46: "Cortex-A510",
	0x410d47: "Cortex-A710",
	0x410d48: "Cortex-X2",
	0x410d49: "Neoverse-N2",
	0x410d4a: "Neoverse-E1",
	0x410d4d: "Cortex-A715",
	0x410d4e: "Cortex-X3",
	0x410d4f: "Neoverse-V2",
	0x410d80: "Cortex-A520",
	0x410d81: "Cortex-A720",
	0x410d82: "Cortex-X4",
	0x410d84: "Neoverse-V3",
	0x410d85: "Cortex-X925",
	0x410d8e: "Neoverse-N3",
	0x420516: "ThunderX2",
	0x4300a1: "ThunderX",
	0x4300af: "ThunderX2",
	0x460001: "A64FX",
	0x480d01: "TaiShan v110",
	0x4e0004: "Carmel",
	0x500000: "X-Gene",
	0x510001: "Oryon",
	0x610022: "M1 Icestorm",
	0x610023: "M1 Firestorm",
	0x610032: "M2 Blizzard",
	0x610033: "M2 Avalanche",
	0x6d0d49: "Azure Cobalt 100",
	0xc00ac3: "Ampere-1",
	0xc00ac4: "Ampere-1A",
}
