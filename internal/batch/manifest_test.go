package batch

import (
	"bytes"
	"strings"
	"testing"

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

func workbook(t *testing.T, rows ...[]any) []byte {
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
		"too many rows":         {"manifest.csv", head + strings.Repeat(row, 4), "manifest_rows"},
		"a line without an end": {"manifest.csv", head + strings.Repeat("x", 1<<20), "row_long"},
		"a JSON line too long":  {"manifest.jsonl", `{"name":"` + strings.Repeat("x", 1<<20) + `"}`, "row_long"},
		"no JSON":               {"manifest.jsonl", "hello\n", "json_broken"},
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
