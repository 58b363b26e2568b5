package batch

import (
	"bytes"
	"encoding/csv"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	xunicode "golang.org/x/text/encoding/unicode"
)

const chinese = "域名,所有者类型,所有者名称,证件类型,证件号码,图片,颁发日期\nexample.cn,organisation,样本市示例科技有限公司,YYZZ,91440300MA5EXAMP0C,执照.jpg,2026年3月1日\n"

// gather reads a manifest whole.
func gather(name string, data []byte, lim Limits) (rows []Row, problems []Problem, err error) {
	err = ReadManifest(name, bytes.NewReader(data), lim, func(r Row, p []Problem) error {
		rows, problems = append(rows, r), append(problems, p...)
		return nil
	})
	return rows, problems, err
}

func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	book := excelize.NewFile()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = book.SetSheetRow("Sheet1", cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The same table comes out of every form that spreadsheet programs save.
func TestEveryFormOfAManifestGivesTheSameRow(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(chinese)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM).NewEncoder().String(chinese)
	if err != nil {
		t.Fatal(err)
	}
	sheet := workbook(t, []any{"域名", "所有者类型", "所有者名称", "证件类型", "证件号码", "图片"},
		[]any{"example.cn", "organisation", "样本市示例科技有限公司", "YYZZ", "91440300MA5EXAMP0C", "执照.jpg"})
	for rule, c := range map[string]struct {
		name string
		data []byte
	}{
		"UTF-8":            {"manifest.csv", []byte(chinese)},
		"UTF-8 with BOM":   {"manifest.csv", []byte("\ufeff" + chinese)},
		"GB18030":          {"manifest.csv", []byte(gb)},
		"UTF-16":           {"manifest.csv", []byte(utf16)},
		"CRLF":             {"manifest.csv", []byte(strings.ReplaceAll(chinese, "\n", "\r\n"))},
		"semicolons":       {"manifest.csv", []byte(strings.ReplaceAll(chinese, ",", ";"))},
		"tabs":             {"manifest.txt", []byte(strings.ReplaceAll(chinese, ",", "\t"))},
		"quoted":           {"manifest.csv", []byte(strings.ReplaceAll(chinese, "样本市示例科技有限公司", `"样本市示例科技有限公司"`))},
		"XLSX":             {"manifest.xlsx", sheet},
		"JSON lines":       {"manifest.jsonl", []byte(`{"domain":"example.cn","holder_type":"organisation","name":"样本市示例科技有限公司","type":"YYZZ","number":"91440300MA5EXAMP0C","file":"执照.jpg"}`)},
		"English headings": {"manifest.csv", []byte("Subject Ref,Holder Type,Holder Name,Credential Type,Credential No,File\nexample.cn,organisation,样本市示例科技有限公司,YYZZ,91440300MA5EXAMP0C,执照.jpg")},
	} {
		rows, problems, err := gather(c.name, c.data, DefaultLimits)
		if err != nil || len(problems) != 0 || len(rows) != 1 {
			t.Errorf("%s: %d rows, %v, %v", rule, len(rows), problems, err)
			continue
		}
		cells := rows[0].Cells
		if cells[SubjectRef] != "example.cn" || cells[HolderName] != "样本市示例科技有限公司" || cells[CredentialNo] != "91440300MA5EXAMP0C" || cells[File] != "执照.jpg" {
			t.Errorf("%s: %v", rule, cells)
		}
	}
}

// One bad row never sinks the others, and each problem names row and column.
func TestABadRowIsNamedAndTheOthersGoOn(t *testing.T) {
	head := "subject_ref,holder_type,holder_name,credential_type,credential_no,file,sha256\n"
	rows := []string{
		"a.cn,organisation,样本,YYZZ,91440300MA5EXAMP0C,a.jpg,",
		"b.cn,organisation,,YYZZ,91440300MA5EXAMP0C,b.jpg,",
		"c.cn,organisation,样本,YYZZ,9.144E+17,c.jpg,",
		"d.cn,organisation,样本,YYZZ,91440300MA5EXAMP0C,../d.jpg,",
		",,,,,,",
		"e.cn,organisation,样本,YYZZ,91440300MA5EXAMP0C,e.jpg,xyz",
		"f.cn,organisation,样本,YYZZ,91440300MA5EXAMP0C,f.jpg,",
	}
	got, problems, err := gather("manifest.csv", []byte(head+strings.Join(rows, "\n")), DefaultLimits)
	if err != nil || len(got) != 6 || got[5].Cells[SubjectRef] != "f.cn" || got[5].Number != 8 {
		t.Fatalf("%d rows (%v)", len(got), err)
	}
	want := []struct {
		row          int
		column, code string
	}{{3, "holder_name", "cell_empty"}, {4, "credential_no", "number_lost_digits"}, {5, "file", "file_name_unsafe"}, {7, "sha256", "sha256_form"}}
	if len(problems) != len(want) {
		t.Fatalf("problems %+v", problems)
	}
	for i, w := range want {
		if p := problems[i]; p.Row != w.row || p.Column != w.column || p.Code != w.code || p.ZH == "" || p.EN == "" {
			t.Errorf("problem %d: %+v, want %+v", i+1, p, w)
		}
	}
}

// A row that cannot be read at all costs only itself: a quote that is never
// closed, a line of a megabyte, a line that is no JSON.
func TestARowThatCannotBeReadCostsOnlyItself(t *testing.T) {
	lim := DefaultLimits
	lim.ManifestRow = 1 << 10
	head := "subject_ref,holder_type,holder_name,credential_type,credential_no,file\n"
	row := func(id string) string { return id + ".cn,organisation,样本,YYZZ,91440300MA5EXAMP0C,a.jpg\n" }
	object := func(id string) string {
		return `{"domain":"` + id + `.cn","holder_type":"organisation","name":"样本","type":"YYZZ","number":"91440300MA5EXAMP0C"}` + "\n"
	}
	long := strings.Repeat("x", 1<<20) + "\n"
	for rule, c := range map[string]struct {
		name, data, code string
		bad              int
	}{
		"a quote that is never closed":   {"manifest.csv", head + row("a") + strings.Replace(row("b"), "样本", `"样本`, 1) + row("c") + row("d"), "csv_broken", 3},
		"a quote closed by another cell": {"manifest.csv", head + row("a") + strings.Replace(row("b"), "样本", `"样本`, 1) + row("c") + strings.Replace(row("d"), "样本", `"样本"`, 1), "csv_broken", 3},
		"a long line":                    {"manifest.csv", head + row("a") + long + row("c") + row("d"), "row_long", 3},
		"no JSON":                        {"manifest.jsonl", object("a") + "hello\n" + object("c") + object("d"), "json_broken", 2},
		"a JSON line too long":           {"manifest.jsonl", object("a") + long + object("c") + object("d"), "row_long", 2},
		"one column by two keys":         {"manifest.jsonl", object("a") + strings.Replace(object("b"), `{`, `{"证件号码":"1",`, 1) + object("c") + object("d"), "json_key_twice", 2},
	} {
		rows, problems, err := gather(c.name, []byte(c.data), lim)
		if err != nil || len(rows) != 4 || len(problems) != 1 || problems[0].Code != c.code || problems[0].Row != c.bad {
			t.Errorf("%s: %d rows, %+v, %v", rule, len(rows), problems, err)
			continue
		}
		if rows[2].Cells[SubjectRef] != "c.cn" || rows[3].Cells[SubjectRef] != "d.cn" {
			t.Errorf("%s: the rows behind are %v", rule, rows[2:])
		}
	}
}

// A title and empty lines may stand above the headings, with fewer separators or
// none; rows count from the top all the same.
func TestATitleMayStandAboveTheHeadings(t *testing.T) {
	for _, text := range []string{chinese, strings.ReplaceAll(chinese, ",", ";")} {
		rows, problems, err := gather("manifest.csv", []byte("域名实名批量表, 2026\n\n"+text), DefaultLimits)
		if err != nil || len(problems) != 0 || len(rows) != 1 || rows[0].Number != 4 || rows[0].Cells[CredentialNo] != "91440300MA5EXAMP0C" {
			t.Errorf("%+v %+v %v", rows, problems, err)
		}
	}
}

// A cell with a line break is one cell, and the rows count as a spreadsheet
// counts them; a lone CR ends a line as well.
func TestALineBreakWithinACellIsNoRow(t *testing.T) {
	data := strings.Replace(chinese, "样本市示例科技有限公司", "\"样本市\r\n示例\"", 1) + strings.SplitAfter(chinese, "\n")[1]
	for _, end := range []string{"\n", "\r\n", "\r"} {
		rows, _, err := gather("manifest.csv", []byte(strings.ReplaceAll(strings.ReplaceAll(data, "\r\n", "\n"), "\n", end)), DefaultLimits)
		if err != nil || len(rows) != 2 || rows[0].Cells[HolderName] != "样本市\n示例" || rows[1].Number != 3 {
			t.Errorf("%q: %+v %v", end, rows, err)
		}
	}
}

// What spreadsheet programs make of dates and numbers comes through or is named.
func TestWhatAWorkbookDoesToDatesAndNumbers(t *testing.T) {
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	heading := []any{"域名", "所有者类型", "所有者名称", "证件类型", "证件号码", "颁发日期"}
	row := func(number, issued any) []any { return []any{"a.cn", "企业", "样本", "YYZZ", number, issued} }
	rows, problems, err := gather("manifest.xlsx", workbook(t, heading, row("91440300MA5EXAMP0C", day), row(float64(110105194912310021), "2026年3月1日"), row("12345678", day)), DefaultLimits)
	if err != nil || len(rows) != 3 || rows[0].Cells[IssueDate] != "46082" || rows[1].Cells[IssueDate] != "2026年3月1日" {
		t.Fatalf("%+v %v", rows, err)
	}
	if len(problems) != 1 || problems[0].Code != "number_lost_digits" || problems[0].Row != 3 {
		t.Errorf("%+v", problems)
	}
}

// Mac workbooks may count days from 1904; the manifest may stand behind a page of
// instructions.
func TestAWorkbookFromAMacWithInstructions(t *testing.T) {
	book := excelize.NewFile()
	since1904 := true
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}))
	must(book.SetSheetRow("Sheet1", "A1", &[]any{"填写说明"}))
	_, err := book.NewSheet("数据")
	must(err)
	must(book.SetSheetRow("数据", "A1", &[]any{"域名", "所有者类型", "所有者名称", "证件类型", "证件号码", "颁发日期"}))
	must(book.SetSheetRow("数据", "A2", &[]any{"a.cn", "企业", "样本", "YYZZ", "91440300MA5EXAMP0C", 44620}))
	var b bytes.Buffer
	must(book.Write(&b))
	rows, problems, err := gather("manifest.xlsx", b.Bytes(), DefaultLimits)
	if err != nil || len(rows) != 1 || len(problems) != 0 || rows[0].Cells[IssueDate] != "46082" {
		t.Errorf("%+v %+v %v", rows, problems, err)
	}
}

// What exports put around a number so that it stays a text is not typed by anybody.
func TestWhatKeepsANumberATextIsTakenOff(t *testing.T) {
	head := "subject_ref,holder_type,holder_name,credential_type,credential_no\n"
	for _, cell := range []string{`="110105194912310021"`, `"=""110105194912310021"""`, "110105194912310021\t", `"	110105194912310021"`} {
		rows, _, err := gather("manifest.csv", []byte(head+"a.cn,个人,'=样本,SFZ,"+cell+"\n"), DefaultLimits)
		if err != nil || len(rows) != 1 || rows[0].Cells[CredentialNo] != "110105194912310021" || rows[0].Cells[HolderName] != "=样本" {
			t.Errorf("%s: %+v %v", cell, rows, err)
		}
	}
}

// Each way in which a number can have lost its last digits is named; numbers that
// only look so are not.
func TestLostDigitsAreNamed(t *testing.T) {
	for number, lost := range map[string]bool{
		"9.144E+17": true, "1.10105194912310E+17": true, "1e+17": true, "9,144E+17": true, "1.1e17": true, " 9.144E+17 ": true,
		"110105194912310000": true, "91440300MA5EXAMP0C": false, "1E123": false, "9E1234567": false, "12345678": false, "44030110000000": false,
		idEndingInZeros: false,
	} {
		if lostDigits(number) != lost {
			t.Errorf("%q: %v", number, !lost)
		}
	}
}

// A resident number that really ends in 000.
const idEndingInZeros = "110105194912280000"

func TestManifestsThatCannotBeReadSayWhy(t *testing.T) {
	lim := DefaultLimits
	lim.ManifestRow, lim.Rows = 1<<10, 3
	head := "subject_ref,holder_type,holder_name,credential_type,credential_no\n"
	row := "a.cn,organisation,样本,YYZZ,91440300MA5EXAMP0C\n"
	for rule, c := range map[string]struct{ name, data, want string }{
		"empty":                 {"manifest.csv", "", "manifest_empty"},
		"another kind":          {"manifest.pdf", "x", "manifest_type"},
		"a heading is missing":  {"manifest.csv", "subject_ref,holder_type\n", "manifest_heading_missing"},
		"a heading twice":       {"manifest.csv", "domain,域名\n", "manifest_heading_twice"},
		"headings of others":    {"manifest.csv", "colour,taste\nred,sweet\n", "manifest_heading_missing"},
		"headings far below":    {"manifest.csv", strings.Repeat("title\n", 9) + head + row, "manifest_heading_missing"},
		"no row":                {"manifest.csv", "title\n\n" + head, "manifest_no_rows"},
		"too many rows":         {"manifest.csv", head + strings.Repeat(row, 4), "manifest_rows"},
		"a heading without end": {"manifest.csv", strings.Repeat("x", 1<<20), "row_long"},
		"a heading in quotes":   {"manifest.csv", `"` + head, "csv_broken"},
		"no workbook":           {"manifest.xlsx", "hello", "xlsx_broken"},
	} {
		if _, _, err := gather(c.name, []byte(c.data), lim); code(err) != c.want {
			t.Errorf("%s: %s, want %s", rule, code(err), c.want)
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add("manifest.csv", []byte(chinese))
	f.Add("manifest.jsonl", []byte(`{"name":null}`))
	f.Add("manifest.csv", []byte("\xff\xfea\x00"))
	f.Fuzz(func(_ *testing.T, name string, data []byte) {
		if !strings.HasSuffix(name, ".xlsx") {
			_, _, _ = gather(name, data, Limits{ManifestRow: 1 << 10, Rows: 100}) // must not panic
		}
	})
}

// A workbook is an archive of XML, read by others' code: neither may harm us.
func FuzzReadWorkbook(f *testing.F) {
	f.Add(workbook(f, []any{"域名", "证件号码"}, []any{"a.cn", 1.5}))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _, _ = gather("manifest.xlsx", data, Limits{ManifestRow: 1 << 10, Rows: 100})
	})
}

// Whatever encoding/csv takes as well formed, this reader takes for the same cells.
func FuzzSplit(f *testing.F) {
	for _, s := range []string{"a,b", `"a","b""c"`, `"a,b",c`, "\"a\nb\",c", `a"b,"c"d,`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, record string) {
		want, err := csv.NewReader(strings.NewReader(record)).Read()
		cells, whole, strict := split(record, ',')
		if err != nil || strings.ContainsAny(record, "\r") || strings.HasPrefix(record, "\n") || strings.HasSuffix(record, "\n") || !strict {
			return
		}
		if r := csv.NewReader(strings.NewReader(record)); true { // one record and no more
			_, _ = r.Read()
			if _, err := r.Read(); err != io.EOF {
				return
			}
		}
		if !whole || !slices.Equal(cells, want) {
			t.Errorf("%q: %q, want %q", record, cells, want)
		}
	})
}
