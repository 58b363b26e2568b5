package eval

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"realname/internal/credential"
	"realname/internal/imaging"
	"realname/internal/reader"
	"realname/internal/review"
)

func TestMain(m *testing.M) {
	reader.RunChild()
	os.Exit(m.Run())
}

func TestReadLabels(t *testing.T) {
	in := "\ufefffile,bytes,number,name,establishment_date\na.jpg,1,91X,样本公司,2012年04月16日\n\"b.jpg\",2,,,\"2018年3月17日， 2021年4月14日\"\nc.jpg,3\n"
	got, err := ReadLabels(strings.NewReader(in))
	if err != nil || len(got) != 3 {
		t.Fatalf("%d labels, %v", len(got), err)
	}
	if got[0].File != "a.jpg" || got[0].Number != "91X" || got[0].Name != "样本公司" || len(got[0].Dates) != 1 || got[0].Dates[0].String() != "2012-04-16" {
		t.Errorf("first label %+v", got[0])
	}
	if len(got[1].Dates) != 2 || got[1].Dates[1].String() != "2021-04-14" {
		t.Errorf("second label %+v", got[1])
	}
	if _, err := ReadLabels(strings.NewReader("name,number\nx,y\n")); err == nil {
		t.Error("labels without a file column were taken")
	}
}

func fake(body string) string {
	if len(body) != 17 {
		return ""
	}
	return body + "X"
}

func TestSlipsAreNewRepeatableAndOfEveryClass(t *testing.T) {
	const number, name = "91350000MA0TPEC12K", "样本科技有限公司"
	for label, made := range map[string][2][]Mutation{
		number: {Numbers(number, "a.jpg", 40, fake), Numbers(number, "a.jpg", 40, fake)},
		name:   {Names(name, "a.jpg", 30), Names(name, "a.jpg", 30)},
	} {
		classes, seen := map[string]bool{}, map[string]bool{}
		for i, m := range made[0] {
			if m != made[1][i] {
				t.Fatalf("%s: slip %d differs between two runs", label, i)
			}
			if m.Value == label || m.Value == "" || seen[m.Value] {
				t.Errorf("%s: %q is no new slip", label, m.Value)
			}
			classes[m.Class], seen[m.Value] = true, true
		}
		for _, c := range []string{"look_alike", "swap", "left_out", "doubled"} {
			if !classes[c] {
				t.Errorf("%s: no slip of class %s", label, c)
			}
		}
	}
}

func TestShareInterval(t *testing.T) {
	s := NewShare(0, 300)
	if s.Low > 1e-9 || s.High < 0.009 || s.High > 0.014 {
		t.Errorf("0 of 300: %v to %v; Wilson's upper end is 1.3 %%", s.Low, s.High)
	}
	if NewShare(3, 0) != (Share{}) {
		t.Error("a share of nothing")
	}
}

func TestCompareAndRowsRoundTrip(t *testing.T) {
	rows := []Row{{File: "a.jpg", Number: review.Confirmed, Name: review.Unreadable, Type: "right", Date: "unread"}, {File: "b.jpg", Type: "wrong"}}
	var b bytes.Buffer
	if err := WriteRows(&b, rows); err != nil {
		t.Fatal(err)
	}
	back, err := ReadRows(&b)
	if err != nil || len(back) != 2 || back[0].Name != review.Unreadable {
		t.Fatalf("%+v, %v", back, err)
	}
	rows[1].Number = review.Contradicted
	var out bytes.Buffer
	if n := Compare(&out, back, rows); n != 1 || !strings.Contains(out.String(), "b.jpg") {
		t.Errorf("%d differences: %s", n, out.String())
	}
}

// page draws a number on paper.
func page(t *testing.T, text string) *imaging.Image {
	t.Helper()
	f, err := opentype.Parse(gomono.TTF)
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 34, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(image.Rect(0, 0, 900, 1200))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	(&font.Drawer{Dst: g, Src: image.Black, Face: face, Dot: fixed.P(120, 300)}).DrawString(text)
	return &imaging.Image{Width: 900, Height: 1200, R: g, G: g, B: g}
}

func TestCommandMeasuresAndIsRepeatable(t *testing.T) {
	dir := t.TempDir()
	labels := filepath.Join(dir, "labels.csv")
	if err := os.WriteFile(labels, []byte("file,number,name\na.jpg,91350000MA0TPEC12K,\nbroken.jpg,1,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	setup := func() (Options, error) {
		return Options{
			Open: func(_ context.Context, path string) (*imaging.Image, error) {
				if strings.Contains(path, "broken") {
					return nil, errors.New("not a picture")
				}
				return page(t, "91350000MA0TPEC12K"), nil
			},
			Type:     func(string) review.CredentialType { return "YYZZ" },
			Complete: fake,
		}, nil
	}
	var first string
	for range 2 {
		out := filepath.Join(dir, "rows.csv")
		var stdout, stderr bytes.Buffer
		code := Command(t.Context(), []string{"--labels", labels, "--numbers", "10", "--names", "0", "--out", out, dir}, &stdout, &stderr, setup)
		if code != exitDone {
			t.Fatalf("exit %d: %s", code, stderr.String())
		}
		rows, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(rows)
		}
		if string(rows) != first {
			t.Error("two runs gave different rows")
		}
		if !strings.Contains(string(rows), "broken.jpg") || !strings.Contains(stdout.String(), "skipped 1") {
			t.Errorf("the broken picture is not reported: %s", stdout.String())
		}
	}
	if code := Command(t.Context(), nil, &bytes.Buffer{}, &bytes.Buffer{}, setup); code != exitUsage {
		t.Errorf("without labels: exit %d, want %d", code, exitUsage)
	}
}

func FuzzReadLabels(f *testing.F) {
	f.Add("file,kind,number,name,issue_date\na,b,c,d,2020-01-02\n")
	f.Add("\ufefffile\n\"")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ReadLabels(strings.NewReader(s))
		if err != nil {
			return
		}
		for _, l := range got {
			Numbers(l.Number, l.File, 5, fake)
			Names(l.Name, l.File, 4)
		}
	})
}

func TestReviewsAreCountedByWhatThePictureIs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"labels.csv": "file,kind,number,name,checksum_ok,class\ngood.jpg,,91A,甲,yes,\npainted.jpg,,91B,乙,no,\npass.jpg,passport,E1,A,,b\n",
		"good.jpg":   "good", "painted.jpg": "painted", "pass.jpg": "pass",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	declared := map[string][]review.CredentialType{}
	setup := func() (Options, error) {
		return Options{
			Complete: fake,
			Open:     func(context.Context, string) (*imaging.Image, error) { return page(t, "91A"), nil },
			Review: func(_ context.Context, u Upload) (review.Outcome, error) {
				declared[string(u.Data)] = append(declared[string(u.Data)], u.Declared.CredentialType)
				switch {
				case string(u.Data) == "good":
					return review.Outcome{Kind: review.Rejected, Primary: review.MaterialUnclear, Findings: []review.Finding{
						{Check: "CLR-01", Stage: review.StageClarity, Detail: "blurred", Severity: review.Fail}}}, nil
				case u.Declared.Name == madeUpName:
					return review.Outcome{Kind: review.ManualReview}, nil
				}
				return review.Outcome{Kind: review.Approved}, nil
			},
		}, nil
	}
	var stdout, stderr bytes.Buffer
	if code := Command(t.Context(), []string{"--numbers", "0", "--names", "0", "--quiet", dir}, &stdout, &stderr, setup); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	if len(declared["good"]) != 1 || len(declared["painted"]) != 2 || len(declared["pass"]) != 3 {
		t.Errorf("declarations: %v", declared)
	}
	for rule, want := range map[string]string{
		"a genuine picture refused is named":   "wrong    genuine good.jpg: rejected [blurred]",
		"an altered one that passes is named":  "wrong    altered painted.jpg: approved []",
		"so is another document that passes":   "wrong    foreign pass.jpg: approved []",
		"an outcome without reason is counted": "1/2 50.0%",
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%s: %s", rule, stdout.String())
		}
	}
}

// The made-up number once failed by its inner organisation code, so that a person was
// asked about every picture declared with it, whatever the picture was.
func TestTheMadeUpNumberChecks(t *testing.T) {
	n := Options{Complete: complete}.madeUp()
	if faults := credential.Validate(credential.USCC, n); len(faults) != 0 {
		t.Errorf("%s: %v", n, faults)
	}
}
