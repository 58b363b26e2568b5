package e2e

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
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

// office converts a result in a LibreOffice without a window.
func (s *batchStory) office(format, name string) {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), "soffice", "-env:UserInstallation=file://"+s.t.TempDir(), "--headless",
		"--infilter=CSV:44,34,76,1,,0,false,false", "--convert-to", format, "--outdir", filepath.Join(s.dir, "office"), filepath.Join(s.dir, name))
	if !strings.HasSuffix(name, ".csv") {
		cmd.Args = slices.DeleteFunc(cmd.Args, func(a string) bool { return strings.HasPrefix(a, "--infilter") })
	}
	if out, err := cmd.CombinedOutput(); err != nil {
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
