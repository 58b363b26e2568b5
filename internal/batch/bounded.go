package batch

import (
	"encoding/binary"
	"io"
)

// boundedReader fails once more than its limit comes.
type boundedReader struct {
	io.ReadCloser
	left int64
}

func bounded(r io.ReadCloser, limit int64) io.ReadCloser { return &boundedReader{r, limit} }

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, problem("member_lies", "文件的实际大小超过压缩包中的记录", "a file holds more than the archive's directory says")
	}
	return n, err
}

// The end of central directory record of a ZIP (APPNOTE 4.3.16) and where its
// count of entries stands. The directory itself is only read when the count is
// within the limit, since every entry costs memory.
const (
	eocdSignature = 0x06054b50
	eocdSize      = 22
	eocdCount     = 10
	maxComment    = 1<<16 - 1
	countIn64     = 0xffff // the true count is in the ZIP64 record
	minEntry      = 46     // bytes of the shortest directory entry
)

// countEntries refuses an archive with more entries than the limit before its
// directory is read. A ZIP64 count is bounded by what the size could hold.
func countEntries(r io.ReaderAt, size int64, lim Limits) error {
	tail := make([]byte, min(size, eocdSize+maxComment))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return err
	}
	tooMany := problem("archive_members", "压缩包内文件超过上限 %d 个，请分成多个批次",
		"the archive has more than %d files; split it into several batches", lim.Members)
	for i := len(tail) - eocdSize; i >= 0; i-- {
		if binary.LittleEndian.Uint32(tail[i:]) != eocdSignature {
			continue
		}
		count := int64(binary.LittleEndian.Uint16(tail[i+eocdCount:]))
		directory := int64(binary.LittleEndian.Uint32(tail[i+12:]))
		if count == countIn64 && directory/minEntry > int64(lim.Members) || count > int64(lim.Members) && count != countIn64 {
			return tooMany
		}
		if directory > int64(lim.Members)*int64(minEntry+lim.NameBytes) {
			return tooMany
		}
		return nil
	}
	return nil // not a ZIP: opening it says so
}
