package batch

import (
	"bufio"
	"encoding/binary"
	"io"
)

// The records at the end of a ZIP (APPNOTE 4.3.12 to 4.3.16).
const (
	entrySignature     = 0x02014b50
	eocdSignature      = 0x06054b50
	locator64Signature = 0x07064b50
	eocd64Signature    = 0x06064b50

	minEntry    = 46 // bytes of the shortest directory entry
	eocdSize    = 22
	locator64   = 20
	eocd64Size  = 56
	maxComment  = 1<<16 - 1
	lengthsAt   = 28 // in an entry: of name, extra field and comment, two bytes each
	directoryAt = 12 // in the end record: size and offset, four bytes each
	directory64 = 40 // in the ZIP64 end record: the same, eight bytes each
)

// countEntries refuses an archive with more entries than the limit before its
// directory is held: every entry costs memory, and the count that an archive
// claims is not what its reader goes by. So the entries themselves are counted,
// at each place where the directory may be read from.
func countEntries(r io.ReaderAt, size int64, lim Limits) error {
	starts, err := directoryStarts(r, size)
	if err != nil {
		return err
	}
	for _, start := range starts {
		n, err := entriesFrom(r, start, size, lim.Members)
		if err != nil {
			return err
		}
		if n > lim.Members {
			return problem("archive_members", "压缩包内文件超过上限 %d 个，请分成多个批次",
				"the archive has more than %d files; split it into several batches", lim.Members)
		}
	}
	return nil
}

// directoryStarts are the offsets at which a reader may look for the directory:
// the one that is claimed, and the one that follows from its claimed size, by the
// plain and by the ZIP64 record.
func directoryStarts(r io.ReaderAt, size int64) ([]int64, error) {
	tail, err := bytesAt(r, size, size-min(size, eocdSize+maxComment), int(min(size, eocdSize+maxComment)))
	if err != nil {
		return nil, err
	}
	for i := len(tail) - eocdSize; i >= 0; i-- {
		if binary.LittleEndian.Uint32(tail[i:]) != eocdSignature {
			continue
		}
		end := size - int64(len(tail)) + int64(i)
		length := int64(binary.LittleEndian.Uint32(tail[i+directoryAt:]))
		offset := int64(binary.LittleEndian.Uint32(tail[i+directoryAt+4:]))
		more, err := starts64(r, size, end)
		return append(more, offset, end-length), err
	}
	return nil, nil // not a ZIP: opening it says so
}

func starts64(r io.ReaderAt, size, end int64) ([]int64, error) {
	locator, err := bytesAt(r, size, end-locator64, locator64)
	if err != nil || len(locator) < locator64 || binary.LittleEndian.Uint32(locator) != locator64Signature {
		return nil, err
	}
	at := int64(binary.LittleEndian.Uint64(locator[8:]))
	record, err := bytesAt(r, size, at, eocd64Size)
	if err != nil || len(record) < eocd64Size || binary.LittleEndian.Uint32(record) != eocd64Signature {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint64(record[directory64:]))
	offset := int64(binary.LittleEndian.Uint64(record[directory64+8:]))
	return []int64{offset, at - length}, nil
}

// bytesAt reads n bytes at an offset; none when they lie outside.
func bytesAt(r io.ReaderAt, size, offset int64, n int) ([]byte, error) {
	if offset < 0 || offset > size-int64(n) {
		return nil, nil
	}
	b := make([]byte, n)
	if _, err := r.ReadAt(b, offset); err != nil && err != io.EOF {
		return nil, err
	}
	return b, nil
}

// entriesFrom counts the directory entries that follow an offset, up to one more
// than the limit.
func entriesFrom(r io.ReaderAt, start, size int64, limit int) (int, error) {
	if start < 0 || start >= size {
		return 0, nil
	}
	b := bufio.NewReader(io.NewSectionReader(r, start, size-start))
	for n := 0; ; n++ {
		entry, err := b.Peek(minEntry)
		switch {
		case err != nil && err != io.EOF:
			return n, err
		case n > limit || len(entry) < minEntry || binary.LittleEndian.Uint32(entry) != entrySignature:
			return n, nil
		}
		rest := minEntry
		for i := range 3 {
			rest += int(binary.LittleEndian.Uint16(entry[lengthsAt+2*i:]))
		}
		if _, err := b.Discard(rest); err != nil && err != io.EOF {
			return n, err
		}
	}
}
