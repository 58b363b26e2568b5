package e2e

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"realname/internal/demo"
)

// opensInAnOffice opens both results with LibreOffice, as a registrar does, and
// asks that every cell comes through: the workbook saved as CSV, and the CSV
// saved as a workbook, hold what was sent.
func (s *batchStory) opensInAnOffice() {
	s.t.Helper()
	want := s.table("results.csv")
	s.office("csv:Text - txt - csv (StarCalc):44,34,76,1", "results.xlsx")
	s.sameTable("results.xlsx opened and saved", s.table("office/results.csv"), want)
	s.office("xlsx", "results.csv")
	book, err := excelize.OpenFile(filepath.Join(s.dir, "office", "results.xlsx"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	rows, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: false})
	if err != nil {
		s.t.Fatal(err)
	}
	s.sameTable("results.csv opened and saved", rows, want)
}

// Rule: a manifest with Chinese headings that a spreadsheet program saved in GB18030 is
// read without any option.
func TestAManifestThatAnOfficeSavedInGB18030IsRead(t *testing.T) {
	s := &batchStory{t: t, dir: t.TempDir()}
	items := demo.Items(time.Now())[:2]
	var packed bytes.Buffer
	if err := demo.Pack(&packed, items); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	if err != nil {
		t.Fatal(err)
	}
	const gb18030 = "85" // as LibreOffice numbers encodings
	out, err := os.Create(filepath.Join(s.dir, "batch.zip"))
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(out)
	for _, f := range z.File {
		if f.Name != "manifest.csv" {
			if err := w.Copy(f); err != nil {
				t.Fatal(err)
			}
			continue
		}
		s.unpack(f)
		s.convert("CSV:44,34,"+gb18030, "csv:Text - txt - csv (StarCalc):44,34,"+gb18030, f.Name)
		saved, err := os.ReadFile(filepath.Join(s.dir, "office", f.Name))
		if err != nil {
			t.Fatal(err)
		}
		if heading, _ := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("证件号码")); !bytes.Contains(saved, heading) {
			t.Fatal("LibreOffice saved no GB18030")
		}
		m, _ := w.Create(f.Name) // into a file that the test reads at once
		_, _ = m.Write(saved)
	}
	if err := errors.Join(w.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program("realname"), "submit", "--dry-run", out.Name())
	if said, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(said, []byte("2 rows, 0 of them")) {
		t.Errorf("%v\n%s", err, said)
	}
}

func (s *batchStory) unpack(f *zip.File) {
	s.t.Helper()
	r, err := f.Open()
	if err != nil {
		s.t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err := errors.Join(err, os.WriteFile(filepath.Join(s.dir, f.Name), data, 0o600)); err != nil {
		s.t.Fatal(err)
	}
}

// office converts a result in a LibreOffice without a window.
func (s *batchStory) office(format, name string) {
	s.t.Helper()
	in := ""
	if strings.HasSuffix(name, ".csv") {
		in = "CSV:44,34,76,1,,0,false,false"
	}
	s.convert(in, format, name)
}

// convert opens a file with a filter, the program's own choice when empty, and saves it.
func (s *batchStory) convert(in, format, name string) {
	s.t.Helper()
	args := []string{"-env:UserInstallation=file://" + s.t.TempDir(), "--headless"}
	if in != "" {
		args = append(args, "--infilter="+in)
	}
	args = append(args, "--convert-to", format, "--outdir", filepath.Join(s.dir, "office"), filepath.Join(s.dir, name))
	if out, err := exec.CommandContext(s.t.Context(), "soffice", args...).CombinedOutput(); err != nil {
		s.t.Fatalf("soffice (package libreoffice-calc-nogui): %v\n%s", err, out)
	}
}

func (s *batchStory) table(name string) [][]string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		s.t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff"))).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

// sameTable compares cells; what a spreadsheet leaves out at a row's end is empty.
func (s *batchStory) sameTable(what string, got, want [][]string) {
	s.t.Helper()
	if len(got) != len(want) {
		s.t.Errorf("%s: %d rows, want %d", what, len(got), len(want))
		return
	}
	wrong := 0
	for i := range want {
		for j, cell := range want[i] {
			have := ""
			if j < len(got[i]) {
				have = got[i][j]
			}
			if have != cell && wrong < 5 {
				wrong++
				s.t.Errorf("%s: row %d, column %s: %q, want %q", what, i+1, want[0][j], have, cell)
			}
		}
	}
}
