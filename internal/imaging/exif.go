package imaging

import (
	"bytes"
	"encoding/binary"
)

const (
	tagOrientation = 0x0112
	maxTags        = 512 // of the first directory; real ones have about 20
)

// exifOrientation reads tag 0x0112 of the first directory of an Exif segment
// (CIPA DC-008, 4.6.2); 1, upright, when there is none.
func exifOrientation(segment []byte) int {
	tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !ok || len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if tiff[0] == 'M' {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at > len(tiff)-2 {
		return 1
	}
	count := min(int(order.Uint16(tiff[at:])), maxTags)
	for i := range count {
		entry := at + 2 + i*12
		if entry+12 > len(tiff) {
			return 1
		}
		if order.Uint16(tiff[entry:]) != tagOrientation {
			continue
		}
		if v := int(order.Uint16(tiff[entry+8:])); v >= 1 && v <= 8 {
			return v
		}
		return 1
	}
	return 1
}
