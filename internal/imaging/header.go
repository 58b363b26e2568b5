package imaging

import (
	"bytes"
	"encoding/binary"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	markerSOF0 = 0xc0
	markerDHT  = 0xc4
	markerJPG  = 0xc8
	markerDAC  = 0xcc
	markerSOF  = 0xcf
	markerRST0 = 0xd0
	markerRST7 = 0xd7
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerAPP1 = 0xe1
	markerTEM  = 0x01
)

// header is what the markers of a JPEG say.
type header struct {
	width, height int
	components    int
	scans         int
	orientation   int  // EXIF tag 0x0112, 1 to 8; 1 when there is none
	sized         bool // a frame header was there
	ended         bool // the end marker was there
}

// walk reads the markers of a JPEG, stepping over the entropy-coded data. It
// holds no memory and is linear in the file. What a phone appends after the end
// marker (a second picture, padding) is normal.
func walk(data []byte) header {
	h := header{orientation: 1}
	for i := 2; i+1 < len(data); {
		if data[i] != 0xff {
			next := bytes.IndexByte(data[i:], 0xff)
			if next < 0 {
				return h
			}
			i += next
			continue
		}
		marker := data[i+1]
		switch {
		case marker == 0xff: // fill byte
			i++
			continue
		case marker == 0x00, marker == markerTEM, marker >= markerRST0 && marker <= markerSOI:
			i += 2
			continue
		case marker == markerEOI:
			h.ended = true
			return h
		}
		if i+4 > len(data) {
			return h
		}
		length := int(binary.BigEndian.Uint16(data[i+2:]))
		segment := data[i+4 : min(i+2+max(length, 2), len(data))]
		h.take(marker, segment)
		i += 2 + max(length, 2)
	}
	return h
}

func (h *header) take(marker byte, segment []byte) {
	frame := marker >= markerSOF0 && marker <= markerSOF && marker != markerDHT && marker != markerJPG && marker != markerDAC
	switch {
	case frame && !h.sized && len(segment) >= 6:
		h.sized = true
		h.height = int(binary.BigEndian.Uint16(segment[1:]))
		h.width = int(binary.BigEndian.Uint16(segment[3:]))
		h.components = int(segment[5])
	case marker == markerSOS:
		h.scans++
	case marker == markerAPP1 && h.orientation == 1:
		h.orientation = exifOrientation(segment)
	}
}
