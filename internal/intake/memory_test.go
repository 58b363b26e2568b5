package intake

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"realname/internal/batch"
	"realname/internal/review"
	"realname/internal/rules"
)

// The largest batch that is taken: 20,000 rows with 8 GB of pictures.
const (
	mostRows     = 20_000
	pictureBytes = 400 << 10
	localHeader  = 30
	nameBytes    = 9 // of 00000.jpg
	memberBytes  = localHeader + nameBytes + pictureBytes
)

// vast is an archive of so many pictures of zeros that nobody stores: its headers
// and its directory are written when they are asked for. It is read from its end,
// so it has the manifest and the directory behind the pictures.
type vast struct {
	rows int64
	crc  uint32
	tail []byte
}

func newVast(rows int) *vast {
	v := &vast{rows: int64(rows), crc: crc32.ChecksumIEEE(make([]byte, pictureBytes))}
	var manifest strings.Builder
	manifest.WriteString("external_id,domain,holder_type,name,type,number,issued,file\n")
	for i := range rows {
		fmt.Fprintf(&manifest, "e%05d,e%05d.example,企业,样本市第%05d号示例科技有限公司,YYZZ,91440300MA5EXAMP0C,2020-03-01,%05d.jpg\n", i, i, i, i)
	}
	text := []byte(manifest.String())
	start := v.rows * memberBytes
	v.tail = append(header(0x04034b50, "manifest.csv", crc32.ChecksumIEEE(text), len(text), 0), text...)
	directory := start + int64(len(v.tail))
	for i := range rows {
		v.tail = append(v.tail, header(0x02014b50, fmt.Sprintf("%05d.jpg", i), v.crc, pictureBytes, int64(i)*memberBytes)...)
	}
	v.tail = append(v.tail, header(0x02014b50, "manifest.csv", crc32.ChecksumIEEE(text), len(text), start)...)
	v.tail = append(v.tail, ending(start+int64(len(v.tail)), directory, rows+1)...)
	return v
}

// header is a local header or a directory entry of a stored member; in a directory
// its place stands in a ZIP64 field.
func header(signature uint32, name string, crc uint32, size int, offset int64) []byte {
	le := binary.LittleEndian
	central := signature == 0x02014b50
	b := le.AppendUint32(nil, signature)
	if central {
		b = le.AppendUint16(b, 45)
	}
	b = append(b, 45, 0, 0, 8, 0, 0, 0, 0, 0, 0) // version, names are UTF-8, stored, no time
	b = le.AppendUint32(b, crc)
	b = le.AppendUint32(le.AppendUint32(b, uint32(size)), uint32(size))
	b = le.AppendUint16(b, uint16(len(name)))
	if !central {
		return append(append(b, 0, 0), name...)
	}
	b = append(b, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) // extra field of 12 bytes, no comment
	b = le.AppendUint32(b, 0xffffffff)
	b = append(append(b, name...), 1, 0, 8, 0)
	return le.AppendUint64(b, uint64(offset))
}

// ending is the ZIP64 end record at an offset, its locator and the old end record.
func ending(at, directory int64, entries int) []byte {
	le := binary.LittleEndian
	b := le.AppendUint64(le.AppendUint32(nil, 0x06064b50), 44)
	b = append(b, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = le.AppendUint64(le.AppendUint64(b, uint64(entries)), uint64(entries))
	b = le.AppendUint64(le.AppendUint64(b, uint64(at-directory)), uint64(directory))
	b = le.AppendUint64(append(le.AppendUint32(b, 0x07064b50), 0, 0, 0, 0), uint64(at))
	b = append(le.AppendUint32(b, 1), 'P', 'K', 5, 6, 0, 0, 0, 0)
	return append(b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0)
}

func (v *vast) size() int64 { return v.rows*memberBytes + int64(len(v.tail)) }

func (v *vast) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		at := off + int64(n)
		if at >= v.size() {
			return n, io.EOF
		}
		if at >= v.rows*memberBytes {
			n += copy(p[n:], v.tail[at-v.rows*memberBytes:])
			continue
		}
		within := at % memberBytes
		if within < memberBytes-pictureBytes {
			head := header(0x04034b50, fmt.Sprintf("%05d.jpg", at/memberBytes), v.crc, pictureBytes, 0)
			n += copy(p[n:], head[within:])
			continue
		}
		m := int(min(int64(len(p)-n), memberBytes-within))
		clear(p[n : n+m])
		n += m
	}
	return n, nil
}

// sink takes everything and keeps nothing.
type sink struct {
	Store
	Blobs
	rows, bytes int64
}

func (s *sink) SavedRows(context.Context, string) (map[int]bool, error) { return nil, nil }
func (s *sink) SubmissionByExternalID(context.Context, string, string) (review.Submission, error) {
	return review.Submission{}, review.ErrNotFound
}
func (s *sink) Submit(_ context.Context, _, _ string, _ [32]byte, sub review.Submission) (review.Submission, bool, error) {
	return sub, false, nil
}
func (s *sink) SaveItem(_ context.Context, _ review.Batch, i review.BatchItem, _ time.Duration) error {
	if len(i.Faults) == 0 {
		s.rows++
	}
	return nil
}
func (s *sink) Put(_ context.Context, _ string, r io.Reader, _ int64) (int64, error) {
	n, err := io.Copy(io.Discard, r)
	s.bytes += n
	return n, err
}

// The largest batch is read with the memory of its directory and no more: a row
// and a picture pass through. The most that the heap ever held is printed.
func BenchmarkTheLargestBatch(b *testing.B) {
	for _, rows := range []int{mostRows / 10, mostRows} {
		b.Run(fmt.Sprintf("%d rows", rows), func(b *testing.B) {
			archive := newVast(rows)
			for b.Loop() {
				s := &sink{}
				in := Intake{Store: s, Blobs: s, Catalogue: rules.Default(), Limits: batch.DefaultLimits, Now: time.Now, Log: zerolog.Nop()}
				stop := make(chan struct{})
				peak := watch(stop)
				err := in.rows(b.Context(), &review.Batch{ID: "0198c5a0-0000-7000-8000-000000000000", Tenant: "acme", Profile: "default"}, archive, archive.size())
				close(stop)
				most := <-peak
				if err != nil || s.rows != int64(rows) || s.bytes != int64(rows)*pictureBytes {
					b.Fatalf("%d rows, %d bytes: %v", s.rows, s.bytes, err)
				}
				if most > 128<<20 {
					b.Errorf("the heap held %d MiB, the bound is 128", most>>20)
				}
				b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
			}
			b.SetBytes(archive.size())
		})
	}
}

// watch tells the most that the heap held, live and dead, once it is stopped.
func watch(stop <-chan struct{}) <-chan uint64 {
	told := make(chan uint64, 1)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		var most uint64
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-stop:
				told <- most
				return
			case <-tick.C:
			}
		}
	}()
	return told
}

// Whatever stands in a row's cells, it becomes declared data or faults that name
// row and column and repeat no cell.
func FuzzParseRow(f *testing.F) {
	f.Add("企业", "样本公司", "YYZZ", "91440300MA5EXAMP0C", "2026年3月1日", "长期", "CN")
	f.Add("e", "x", "营业执照", "1", "46082", "2026-03-01 00:00:00", "zz")
	in := Intake{Catalogue: rules.Default()}
	f.Fuzz(func(t *testing.T, holder, name, kind, number, issued, expires, country string) {
		r := batch.Row{Number: 2, Cells: map[batch.Column]string{batch.HolderType: holder, batch.HolderName: name, batch.CredentialType: kind,
			batch.CredentialNo: number, batch.IssueDate: issued, batch.ExpiryDate: expires, batch.Country: country}}
		p, faults := in.parse(review.Batch{Profile: "default"}, r)
		for _, x := range faults {
			if x.Row != 2 || x.Column == "" || x.ZH == "" || x.EN == "" {
				t.Errorf("%+v", x)
			}
		}
		if len(faults) == 0 && (p.declared.Name != name || p.declared.Number != number) {
			t.Errorf("what was typed was changed: %q %q", p.declared.Name, p.declared.Number)
		}
	})
}
