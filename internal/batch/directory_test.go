package batch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"testing"
)

// apart is an archive behind so many zero bytes that nobody stores.
type apart struct {
	hole int64
	data []byte
}

func (a apart) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for ; n < len(p) && off+int64(n) < a.hole; n++ {
		p[n] = 0
	}
	if n == len(p) {
		return n, nil
	}
	m, err := bytes.NewReader(a.data).ReadAt(p[n:], off+int64(n)-a.hole)
	return n + m, err
}

// An archive above 4 GiB gives its directory's size and place in a record of its
// own, and leaves all ones in the old one. It is not one of too many files.
func TestALargeArchiveIsRead(t *testing.T) {
	const hole = 5 << 30
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.SetOffset(hole)
	for name, text := range map[string]string{"manifest.csv": manifest, "a.jpg": "x"} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := OpenArchive(apart{hole, b.Bytes()}, hole+int64(b.Len()), DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	if err := a.ReadManifest(func(Row, []Problem) error { rows++; return nil }); err != nil || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
	if _, _, err := a.Open("a.jpg"); err != nil {
		t.Error(err)
	}
}

// many is a directory of n entries whose end record claims one entry of one
// entry's size: a reader that starts where the record points reads them all.
func many(n int, claim func(end []byte, entries int)) []byte {
	entry := make([]byte, minEntry+8)
	binary.LittleEndian.PutUint32(entry, entrySignature)
	binary.LittleEndian.PutUint16(entry[lengthsAt:], 8)
	var b bytes.Buffer
	for i := range n {
		copy(entry[minEntry:], fmt.Sprintf("%08d", i))
		b.Write(entry)
	}
	end := make([]byte, eocdSize)
	binary.LittleEndian.PutUint32(end, eocdSignature)
	claim(end, n)
	b.Write(end)
	return b.Bytes()
}

// However an archive's end lies about it, more entries than allowed are refused
// before they take memory.
func TestAMillionEntriesAreRefusedWhateverIsClaimed(t *testing.T) {
	lim := DefaultLimits
	for rule, claim := range map[string]func(end []byte, entries int){
		"the truth": func(end []byte, n int) {
			binary.LittleEndian.PutUint16(end[10:], uint16(n))
			binary.LittleEndian.PutUint32(end[directoryAt:], uint32(n*(minEntry+8)))
		},
		"one entry of one entry's size": func(end []byte, n int) {
			binary.LittleEndian.PutUint16(end[10:], uint16(n))
			binary.LittleEndian.PutUint32(end[directoryAt:], minEntry+8)
		},
		"all ones": func(end []byte, _ int) {
			binary.LittleEndian.PutUint16(end[10:], 0xffff)
			binary.LittleEndian.PutUint32(end[directoryAt:], 0xffffffff)
		},
	} {
		data := many(lim.Members+1, claim)
		allocated := testing.AllocsPerRun(1, func() {
			if _, err := openBytes(data, lim); code(err) != "archive_members" {
				t.Errorf("%s: %v", rule, err)
			}
		})
		if allocated > 100 {
			t.Errorf("%s: %v allocations", rule, allocated)
		}
	}
}
