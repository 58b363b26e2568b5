package batch

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// member is one file of an archive being made.
type member struct {
	name string
	data string
	mode os.FileMode
}

const manifest = "subject_ref,holder_type,holder_name,credential_type,credential_no,file\nexample.cn,organisation,样本市示例科技有限公司,YYZZ,91440300MA5EXAMP0C,a.jpg\n"

func pack(t testing.TB, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate, NonUTF8: m.name == ambiguous}
		if m.mode != 0 {
			h.SetMode(m.mode)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, m.data)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func openBytes(data []byte, lim Limits) (*Archive, error) {
	return OpenArchive(bytes.NewReader(data), int64(len(data)), lim)
}

func code(err error) string {
	var p Problem
	if errors.As(err, &p) {
		if p.ZH == "" || p.EN == "" {
			return "a text is missing"
		}
		return p.Code
	}
	return fmt.Sprint(err)
}

func TestAnArchiveIsReadMemberByMember(t *testing.T) {
	a, err := openBytes(pack(t, member{"manifest.csv", manifest, 0}, member{"Images/A.jpg", "bytes", 0}, member{"__MACOSX/._x", "x", 0}, member{"unused.jpg", "u", 0}), DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	r, size, err := a.Open("images/a.JPG") // names meet without regard to case
	if err != nil || size != 5 {
		t.Fatal(size, err)
	}
	if got, err := io.ReadAll(r); string(got) != "bytes" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	a.Name(" ./images/a.JPG")
	if got := a.Unused(); got != 1 {
		t.Errorf("%d unused", got)
	}
	if _, _, err := a.Open("none.jpg"); code(err) != "file_missing" {
		t.Errorf("missing: %v", err)
	}
	rows := 0
	if err := a.ReadManifest(func(Row, []Problem) error { rows++; return nil }); err != nil || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

// ambiguous is 小.jpg in GB18030, which could be UTF-8 as well: only the missing
// mark of the archive tells.
const ambiguous = "\xd0\xa1.jpg"

func TestNamesFromChineseWindowsAreRead(t *testing.T) {
	name, err := simplifiedchinese.GB18030.NewEncoder().String("证件/执照.jpg")
	if err != nil {
		t.Fatal(err)
	}
	a, err := openBytes(pack(t, member{"manifest.csv", manifest, 0}, member{name, "x", 0}, member{ambiguous, "x", 0}), DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"证件/执照.jpg", "小.jpg"} {
		if _, _, err := a.Open(want); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		a.Name(want)
	}
	if a.Unused() != 0 {
		t.Errorf("%d unused", a.Unused())
	}
}

// A folder that was packed as it is: rows name files from where the manifest lies.
// An accent may be a character of its own, as Apple's disks have it.
func TestFilesAreFoundFromTheFolderOfTheManifest(t *testing.T) {
	a, err := openBytes(pack(t, member{"批次/manifest.csv", manifest, 0}, member{"批次/图片/a.jpg", "x", 0}, member{"批次/e\u0301.jpg", "x", 0}), DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"图片/a.jpg", `图片\a.jpg`, "批次/图片/A.jpg", "\u00e9.jpg"} {
		if _, _, err := a.Open(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := a.Open("../批次/图片/a.jpg"); code(err) != "member_name_unsafe" {
		t.Errorf("%v", err)
	}
}

// random is text that does not compress.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b) // never fails
	return string(b)
}

func TestHostileArchivesAreRefused(t *testing.T) {
	good := member{"manifest.csv", manifest, 0}
	tight := Limits{Members: 3, MemberBytes: 2 << 20, TotalBytes: 3 << 20, Ratio: 50, ManifestRow: 1 << 10, Rows: 10, NameBytes: 64}
	big := strings.Repeat("0123456789abcdef", 1<<16)
	noise := random(1_800_000)
	encrypted := pack(t, good, member{"a.jpg", "x", 0})
	for i := 0; i+10 < len(encrypted); i++ {
		if binary.LittleEndian.Uint32(encrypted[i:]) == 0x02014b50 {
			encrypted[i+8] |= flagEncrypted
		}
	}
	cases := []struct {
		rule string
		data []byte
		want string
	}{
		{"zip slip", pack(t, good, member{"../../etc/passwd", "x", 0}), "member_name_unsafe"},
		{"zip slip with backslashes", pack(t, good, member{`..\..\x`, "x", 0}), "member_name_unsafe"},
		{"absolute path", pack(t, good, member{"/etc/passwd", "x", 0}), "member_name_unsafe"},
		{"drive letter", pack(t, good, member{`C:\x.jpg`, "x", 0}), "member_name_unsafe"},
		{"NUL in a name", pack(t, good, member{"a\x00.jpg", "x", 0}), "member_name_unsafe"},
		{"symbolic link", pack(t, good, member{"a.jpg", "/etc/passwd", os.ModeSymlink}), "member_not_file"},
		{"twins but for case", pack(t, good, member{"a.jpg", "x", 0}, member{"A.JPG", "y", 0}), "member_twice"},
		{"archive in the archive", pack(t, good, member{"more.zip", "PK", 0}), "archive_nested"},
		{"packed a thousand times", pack(t, good, member{"a.jpg", strings.Repeat("\x00", 2<<20), 0}), "member_ratio"},
		{"a member too large", pack(t, good, member{"a.jpg", big + big + big, 0}), "member_too_large"},
		{"too much together", pack(t, good, member{"a.jpg", noise, 0}, member{"b.jpg", noise, 0}), "archive_too_large"},
		{"too many members", pack(t, good, member{"a", "x", 0}, member{"b", "x", 0}, member{"c", "x", 0}), "archive_members"},
		{"a name too long", pack(t, good, member{strings.Repeat("n", 65), "x", 0}), "member_name_long"},
		{"no manifest", pack(t, member{"a.jpg", "x", 0}), "manifest_missing"},
		{"two manifests", pack(t, good, member{"manifest.jsonl", "{}", 0}), "manifest_twice"},
		{"a password", encrypted, "archive_encrypted"},
		{"no ZIP", []byte("hello"), "archive_broken"},
		{"nothing", nil, "archive_broken"},
		{"cut off", pack(t, good)[:40], "archive_broken"},
	}
	for _, c := range cases {
		if _, err := openBytes(c.data, tight); code(err) != c.want {
			t.Errorf("%s: %s, want %s", c.rule, code(err), c.want)
		}
	}
}

// A member that holds more than its entry says is stopped at the entry's size.
func TestALyingSizeIsStopped(t *testing.T) {
	r := bounded(io.NopCloser(strings.NewReader("0123456789")), 5)
	if _, err := io.ReadAll(r); code(err) != "member_lies" {
		t.Errorf("got %v", err)
	}
}

func FuzzOpenArchive(f *testing.F) {
	f.Add(pack(f, member{"manifest.csv", manifest, 0}, member{"a.jpg", "x", 0}))
	f.Add([]byte("PK\x05\x06"))
	lim := Limits{Members: 50, MemberBytes: 1 << 16, TotalBytes: 1 << 18, Ratio: 50, ManifestRow: 1 << 10, Rows: 20, NameBytes: 64}
	f.Fuzz(func(_ *testing.T, data []byte) {
		a, err := openBytes(data, lim)
		if err == nil {
			_ = a.ReadManifest(func(Row, []Problem) error { return nil }) // must not panic
		}
	})
}
