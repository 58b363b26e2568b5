package register

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/text/encoding/simplifiedchinese"

	"realname/internal/authority"
	"realname/internal/review"
	"realname/internal/text"
)

const invented = "样本市示例国际贸易有限公司"

// Whatever one character does, one key stays.
func TestOneSlipLeavesAKeyWhole(t *testing.T) {
	stored := KeysOf(invented)
	rng := rand.New(rand.NewPCG(1, 1))
	for class, mutate := range Mutations {
		for range 200 {
			name, ok := mutate(rng, []rune(invented))
			if !ok {
				break
			}
			near := Near(string(name))
			if !slices.ContainsFunc(stored[:], func(k int64) bool {
				return slices.ContainsFunc(near[:], func(list []int64) bool { return slices.Contains(list, k) })
			}) {
				t.Fatalf("%s: no key is left", class)
			}
		}
	}
	other := Near("范例县模拟机械设备有限公司")
	for i, k := range stored {
		if slices.Contains(other[i], k) {
			t.Errorf("key %d says that two names are near", i)
		}
	}
}

// The same of names of every length, with a slip at every place.
func TestOneSlipAnywhereLeavesAKeyWhole(t *testing.T) {
	const other = '癸'
	letters := []rune("天地玄黄宇宙洪荒日月盈昃辰宿列张")
	for n := 1; n <= len(letters); n++ {
		name := letters[:n]
		stored := KeysOf(string(name) + "有限公司")
		slips := [][]rune{slices.Insert(slices.Clone(name), n, other)}
		for i := range name {
			slips = append(slips, slices.Insert(slices.Clone(name), i, other), slices.Delete(slices.Clone(name), i, i+1),
				slices.Concat(name[:i], []rune{other}, name[i+1:]))
		}
		for _, slip := range slips {
			near, found := Near(string(slip)+"有限公司"), false
			for place, k := range stored {
				found = found || slices.Contains(near[place], k)
			}
			if !found && len(slip) > 0 {
				t.Errorf("%s is not near %s", string(slip), string(name))
			}
		}
	}
}

// few is a register of one organisation with a former name, and one that is gone.
type few struct{ asOf review.Date }

var entries = []Found{
	{"91440300MA5EXB017B", invented, false, "存续"},
	{"91440300MA5EXB017B", "样本市旧名贸易有限公司", true, "存续"},
	{"91440300MA5EXB0256", "样本市（甲）有限公司", false, "存续（在营、开业、在册）"},
	{"91440300MA5EXB041U", "样本市消失有限公司", false, "吊销，未注销"},
	{"91440300MA5EXB068M", "样本市再生有限公司", false, "注销"}, // a stale row beside a live one
	{"91440300MA5EXB068M", "样本市再生有限公司", false, "存续"},
	{"92440300MA5EXB0686", "样本市老样小吃店", false, "存续"}, // two shops of one name
	{"92440300MA5EXB0694", "样本市老样小吃店", false, "存续"},
	{"91440300MA5EXB0718", "样本市两用有限公司", false, "存续"}, // a name that another code bore
	{"91440300MA5EXB0726", "样本市两用有限公司", true, "存续"},
	{"91440300MA5EXB0734", "样本市半明有限公司", false, "存续"}, // and one that another may bear
	{"91440300MA5EXB0742", "样本市半明有限公司", false, "正在注销"},
}

func (f few) Version(context.Context) (Version, error) { return Version{ID: 1, AsOf: f.asOf}, nil }

func (few) ByCode(_ context.Context, code string) (list []Found, _ error) {
	for _, e := range entries {
		if e.Code == code {
			list = append(list, e)
		}
	}
	return list, nil
}

func (few) ByKeys(_ context.Context, keys Wanted, _ int) (list []Found, _ error) {
	for _, e := range entries {
		k := KeysOf(e.Name)
		for i := range k {
			if slices.Contains(keys[i], k[i]) {
				list = append(list, e)
				break
			}
		}
	}
	return list, nil
}

func TestWhatTheRegisterAnswers(t *testing.T) {
	s := Source{few{review.Date{Year: 2026, Month: 11, Day: 1}}}
	old, young, never := review.Date{Year: 2020, Month: 1, Day: 2}, review.Date{Year: 2026, Month: 11, Day: 9}, review.Date{}
	for rule, c := range map[string]struct {
		code, name string
		issued     review.Date
		want       review.AuthorityResult
		field      review.Field
		hint       review.AuthorityHint
	}{
		"the same":                                    {"91440300MA5EXB017B", invented, old, review.AuthorityMatch, "", ""},
		"the width of brackets is no other name":      {"91440300MA5EXB0256", "样本市(甲)有限公司", old, review.AuthorityMatch, "", ""},
		"a look-alike is another name":                {"91440300MA5EXB017B", "样本市示例囯际贸易有限公司", old, review.AuthorityMismatch, review.FieldName, ""},
		"a traditional form is another name":          {"91440300MA5EXB017B", "样本市示例國际贸易有限公司", old, review.AuthorityMismatch, review.FieldName, ""},
		"a former name":                               {"91440300MA5EXB017B", "样本市旧名贸易有限公司", old, review.AuthorityMismatch, review.FieldName, review.HintFormerName},
		"a document that is younger than our data":    {"91440300MA5EXB017B", "样本市新名贸易有限公司", young, review.AuthorityNotFound, "", ""},
		"it may confirm, though":                      {"91440300MA5EXB017B", invented, young, review.AuthorityMatch, "", ""},
		"gone, though not struck off":                 {"91440300MA5EXB041U", "样本市消失有限公司", old, review.AuthorityRevoked, "", ""},
		"gone before a younger document was issued":   {"91440300MA5EXB041U", "样本市消失有限公司", young, review.AuthorityNotFound, "", ""},
		"a stale row refuses nobody":                  {"91440300MA5EXB068M", "样本市再生有限公司", old, review.AuthorityMatch, "", ""},
		"no record":                                   {"91440300MA5EXB0331", "样本市无名有限公司", old, review.AuthorityNotFound, "", ""},
		"the name is another code's":                  {"91440300MA5EXB0331", invented, old, review.AuthorityMismatch, review.FieldNumber, review.HintOtherCode},
		"a namesake of another region proves nothing": {"91110105MA5EXB0331", invented, old, review.AuthorityNotFound, "", ""},
		"nor one of a number of another kind":         {"军字第12号", invented, old, review.AuthorityNotFound, "", review.HintNotCovered},
		"the name of many codes proves nothing":       {"92440300MA5EXB0707", "样本市老样小吃店", old, review.AuthorityNotFound, "", ""},
		"nor does one of a code that is gone":         {"91440300MA5EXB0331", "样本市消失有限公司", old, review.AuthorityNotFound, "", ""},
		"nor a former name of another code":           {"91440300MA5EXB0331", "样本市旧名贸易有限公司", old, review.AuthorityNotFound, "", ""},
		"a near name of another code proves nothing":  {"91440300MA5EXB0331", "样本市示例囯际贸易有限公司", old, review.AuthorityNotFound, "", ""},
		"nor one that another code bore":              {"91440300MA5EXB0331", "样本市两用有限公司", old, review.AuthorityNotFound, "", ""},
		"nor one that another code may bear":          {"91440300MA5EXB0331", "样本市半明有限公司", old, review.AuthorityNotFound, "", ""},
		"without a date it may be younger":            {"91440300MA5EXB017B", "样本市新名贸易有限公司", never, review.AuthorityNotFound, "", ""},
		"a former name is one whatever the date":      {"91440300MA5EXB017B", "样本市旧名贸易有限公司", never, review.AuthorityMismatch, review.FieldName, review.HintFormerName},
		"the beginning of a name is another name":     {"91440300MA5EXB017B", "样本市示例国际贸易", old, review.AuthorityMismatch, review.FieldName, ""},
		"a number of eighteen is no code by that":     {"11010519000101001x", invented, old, review.AuthorityNotFound, "", review.HintNotCovered},
	} {
		a := s.Ask(t.Context(), authority.Question{Holder: review.Organisation, Number: c.code, Name: c.name, Issued: c.issued})
		if a.Result != c.want || a.Field != c.field || a.Hint != c.hint {
			t.Errorf("%s: %+v, want %s %s %s", rule, a, c.want, c.field, c.hint)
		}
	}
}

// Rule: whatever is done to a name, it matches only while it is the same name.
func TestNoDifferingNameEverMatches(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	s := Source{few{review.Date{Year: 2026, Month: 11, Day: 1}}}
	for _, e := range entries {
		for class, mutate := range Mutations {
			for range 100 {
				name, ok := mutate(rng, []rune(e.Name))
				if !ok {
					break
				}
				a := s.Ask(t.Context(), authority.Question{Number: e.Code, Name: string(name)})
				if a.Result == review.AuthorityMatch && text.FoldName(string(name)) != text.FoldName(e.Name) {
					t.Fatalf("%s: a differing name matches", class)
				}
			}
		}
	}
}

// Rule: a quote that is not closed costs a clear error, not the rows behind it.
func TestAQuoteOutOfPlaceIsNamed(t *testing.T) {
	rest := strings.Repeat("91440300MA5EXB017B,"+invented+"\n", 30_000)
	for rule, c := range map[string]struct{ data, want string }{
		"never closed":       {"code,name\n91440300MA5EXB041U,\"样本\n" + rest, "not closed"},
		"never closed, last": {"code,name\n91440300MA5EXB041U,\"样本\n", "line"},
		"within a value":     {"code,name\n91440300MA5EXB041U,样\"本\n", "line 2"},
	} {
		n := 0
		err := ReadCSV(strings.NewReader(c.data), new(Count), func(Organisation, error) bool { n++; return true })
		if err == nil || !strings.Contains(err.Error(), c.want) || n != 0 {
			t.Errorf("%s: %d rows, %v", rule, n, err)
		}
	}
}

// Rule: every row of a file is taken or refused by its line, whatever its encoding,
// and no row is read whose values may stand in others' columns.
func TestEveryRowIsTakenOrNamed(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("统一社会信用代码,企业名称\n91440300MA5EXB017B," + invented + "\n")
	if err != nil {
		t.Fatal(err)
	}
	for rule, c := range map[string]struct {
		data  string
		taken int
		first []Fault
		left  map[string]int
	}{
		"a torn row, and a comma too many": {"code,name,status\n1,甲\n2,乙,存续\n3,丙,丁,存续\n", 1, []Fault{{2, othersRow}, {4, othersRow}}, nil},
		"without name or code":             {"code,name\n,甲\n2,\n3,丙\n", 1, []Fault{{2, noCode}, {3, noName}}, nil},
		"no name is so long":               {"code,name\n1," + strings.Repeat("长", maxCell+1) + "\n", 0, []Fault{{2, tooLong}}, nil},
		"cells of several lines":           {"code,name,status\n1,甲,\"存\n续\"\n2,,\n", 1, []Fault{{4, noName}}, nil},
		"GB18030":                          {gb, 1, nil, nil},
		"neither":                          {"code,name\n" + strings.Repeat("1,甲\n", 20_000) + "2,\xff\n", 20_000, []Fault{{20_002, notText}}, nil},
		"values that cannot be read":       {"code,name,established,former\n1,甲,gestern,乙;" + strings.Repeat("长", maxCell+1) + "\n", 1, nil, map[string]int{"dates": 1, "former names": 1}},
	} {
		var n Count
		got := 0
		err := ReadCSV(strings.NewReader(c.data), &n, func(o Organisation, _ error) bool { got++; return true })
		if err != nil || got != c.taken || n.Taken != c.taken || n.Read != c.taken+len(c.first) || !slices.Equal(n.First, c.first) || !maps.Equal(n.LeftOut, c.left) {
			t.Errorf("%s: %d rows, %+v, %v", rule, got, n, err)
		}
	}
}

// Rule: a torn Parquet file costs no more memory than it has bytes.
func TestATornParquetFileIsRefused(t *testing.T) {
	for _, data := range []string{"PAR1", "PAR1PAR1", "PAR1\xf0\xff\xff\x7fPAR1", "PAR1\x01\x00\x00\x00PAR1"} {
		path := filepath.Join(t.TempDir(), "r.parquet")
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var failed error
		for _, err := range Read(path, new(Count)) {
			failed = errors.Join(failed, err)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; failed == nil || used > 1<<20 {
			t.Errorf("%q: %v, with %d bytes", data, failed, used)
		}
	}
}

// Rule: of many candidates the nearest is shown first, a likely slip before another.
func TestTheNearestComesFirst(t *testing.T) {
	crowd := crowded{}
	for _, r := range "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥" {
		crowd = append(crowd, Found{"92440300MA5EXB0" + string(r), "样本市天" + string(r) + "科技有限公司", false, ""})
	}
	meant := Found{"91440300MA5EXB017B", "样本市天末科技有限公司", false, ""} // 未, a look-alike of 末, stands there too
	list, err := Lookup(t.Context(), append(crowd, meant), "样本市天木科技有限公司")
	if err != nil || len(list) != nearest || list[0] != meant && list[1] != meant {
		t.Errorf("%d names, %v", len(list), err)
	}
	if list, _ := Lookup(t.Context(), append(crowd, meant, meant), meant.Name); list[0] != meant || list[1] == meant {
		t.Errorf("the same one is not first, or comes twice")
	}
}

// crowded brings everything for every key.
type crowded []Found

func (crowded) Version(context.Context) (Version, error)        { return Version{}, nil }
func (crowded) ByCode(context.Context, string) ([]Found, error) { return nil, nil }
func (c crowded) ByKeys(context.Context, Wanted, int) ([]Found, error) {
	return c, nil
}

func TestNearWantsNoMoreKeysThanAreAskedFor(t *testing.T) {
	for _, name := range []string{"", "公", "公司", "有限公司", "限公司", "份有限公司", invented, "样本股份有限公司", "样本市股份有限责任公司", "样本有限责任公司分公司"} {
		for place, keys := range Near(name) {
			if most := map[bool]int{true: MostWhole, false: MostParts}[place == 0]; len(keys) == 0 || len(keys) > most {
				t.Errorf("%s: %d keys at %d", name, len(keys), place)
			}
		}
	}
}

func TestStatusesThatMeanTheEnd(t *testing.T) {
	for status, want := range map[string]bool{"存续": false, "在业": false, "": false, "吊销，未注销": true, "吊销未注销": true, "已注销": true, "Dissolved": true,
		"未注销": false, "正在注销": false, "拟注销": false, "撤销注销": false, "注销备案中": false} {
		if Ended(status) != want {
			t.Errorf("%q: %v", status, !want)
		}
	}
}

// Rule: only a status that is known to mean life speaks for a registrant.
func TestOnlyAKnownStatusSpeaksForAnybody(t *testing.T) {
	for status, want := range map[string]bool{"存续": true, "存续（在营、开业、在册）": true, "Active": true, "": true,
		"注销企业": false, "吊销已注销": false, "吊销后注销": false, "依法吊销": false, "註銷": false, "struck off": false, "正在注销": false, "注销": false} {
		if Alive(status) != want {
			t.Errorf("%q: %v", status, !want)
		}
	}
	odd := []Found{{Code: "91440300MA5EXB017B", Name: invented, Status: "吊销已注销"}}
	if a := judge(authority.Question{Name: invented}, odd); a.Result != review.AuthorityNotFound {
		t.Errorf("an unknown status answers %+v", a)
	}
}

func read(t *testing.T, path string) []Organisation {
	t.Helper()
	var list []Organisation
	for o, err := range Read(path, new(Count)) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, o)
	}
	return list
}

func TestCSVAndParquetSayTheSame(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "r.csv")
	rows := "\ufeff统一社会信用代码,企业名称,曾用名,登记状态,成立日期,备注\n91440300MA5EXB017B," + invented + ",样本市旧名有限公司；样本市更旧有限公司,存续,2020-01-02,x\n,无号,,,,\n"
	if err := os.WriteFile(text, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	type row struct {
		Code   string `parquet:"code"`
		Name   string `parquet:"name"`
		Former string `parquet:"former_names"`
		Status string `parquet:"status"`
		Since  string `parquet:"established"`
	}
	columnar := filepath.Join(dir, "r.parquet")
	if err := parquet.WriteFile(columnar, []row{{"91440300MA5EXB017B", invented, "样本市旧名有限公司；样本市更旧有限公司", "存续", "2020-01-02"}, {"", "无号", "", "", ""}}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, columnar} {
		list := read(t, path)
		if len(list) != 1 || len(list[0].Former) != 2 || list[0].Name != invented || list[0].Established.Year != 2020 {
			t.Errorf("%s: %+v", filepath.Ext(path), list)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("code,name\n1,a\n")
	f.Add("code,name\n\"1,a\n\x00,\xff\n")
	f.Add("name\n")
	f.Add("code,name,established\n1,a,x\n2\n,b,\n3,,\n\xd6\xd0,c,\n")
	f.Fuzz(func(t *testing.T, s string) {
		var n Count
		taken := 0
		_ = ReadCSV(strings.NewReader(s), &n, func(o Organisation, err error) bool {
			if taken++; o.Code == "" || o.Name == "" || !text.Whole(o.Name) {
				t.Errorf("%+v", o)
			}
			return true
		})
		refused := 0
		for _, k := range n.Refused {
			refused += k
		}
		if n.Taken != taken || n.Read != taken+refused {
			t.Errorf("%d taken: %+v", taken, n)
		}
	})
}

// parquetFile is a register of one row.
func parquetFile(t testing.TB, name string) []byte {
	t.Helper()
	type row struct {
		Code   string `parquet:"code"`
		Name   string `parquet:"name"`
		Former string `parquet:"former_names"`
	}
	var b bytes.Buffer
	if err := parquet.Write(&b, []row{{"91440300MA5EXB017B", name, "样本市旧名有限公司"}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Rule: a value that cannot be a name ends the loading before it is copied.
func TestAParquetValueIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.parquet")
	if err := os.WriteFile(path, parquetFile(t, strings.Repeat("x", maxRecord+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	var failed error
	for _, err := range Read(path, new(Count)) {
		failed = errors.Join(failed, err)
	}
	if failed == nil || !strings.Contains(failed.Error(), fmt.Sprint(maxRecord)) {
		t.Errorf("%v, want the bound named", failed)
	}
}

func FuzzParquet(f *testing.F) {
	f.Add([]byte("PAR1PAR1"))
	f.Add([]byte("\x00\x00\x00\x00\x04\x00\x00\x00PAR1"))
	f.Add(parquetFile(f, "样本")[4:])
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, append([]byte("PAR1"), data...), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, err := range Read(path, new(Count)) {
			if err != nil && errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
		}
	})
}
