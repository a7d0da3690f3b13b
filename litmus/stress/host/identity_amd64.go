package host

import (
	"encoding/binary"
	"strings"
)

// cpuid is in cpuid_amd64.s.
func cpuid(leaf, subleaf uint32) (eax, ebx, ecx, edx uint32)

// identify asks CPUID: leaves 0x80000002 to 0x80000004 for the brand string (Intel's Software Developer's Manual, volume 2, CPUID;
// AMD's Architecture Programmer's Manual, volume 3, appendix E), bit 31 of ECX in leaf 1 for whether there is a hypervisor,
// and leaf 0x40000000 for its name, which no processor answers.
func identify() identity {
	var id identity
	if highest, _, _, _ := cpuid(0x80000000, 0); highest >= 0x80000004 {
		var brand []byte
		for leaf := uint32(0x80000002); leaf <= 0x80000004; leaf++ {
			a, b, c, d := cpuid(leaf, 0)
			brand = letters(brand, a, b, c, d)
		}
		id.brand = strings.Join(strings.Fields(strings.Trim(string(brand), "\x00")), " ")
	}
	_, _, c, _ := cpuid(1, 0)
	if id.guest = c>>31 == 1; id.guest {
		_, b, c, d := cpuid(0x40000000, 0)
		id.vendor = strings.TrimRight(string(letters(nil, b, c, d)), "\x00")
	}
	return id
}

func letters(to []byte, registers ...uint32) []byte {
	for _, r := range registers {
		to = binary.LittleEndian.AppendUint32(to, r)
	}
	return to
}
