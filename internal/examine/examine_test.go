package examine

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"testing"

	"realname/internal/reader"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/specimen"
)

func TestMain(m *testing.M) {
	reader.RunChild()
	os.Exit(m.Run())
}

func newExaminer(t *testing.T) *Examiner {
	t.Helper()
	e, err := New(rules.Default(), 1, 256<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

func licence(t *testing.T, faults ...specimen.Fault) (review.Declared, []byte) {
	t.Helper()
	d := review.Declared{HolderType: review.Organisation, Name: "样本市示例科技有限公司", CredentialType: "YYZZ",
		Number: "91440300MA5EXAMP0C", IssueDate: review.Date{Year: 2021, Month: 3, Day: 14}}
	data, err := specimen.Draw(specimen.Spec{Type: "YYZZ", Role: review.Licence, Printed: d, LegalPerson: "样本丁", Faults: faults})
	if err != nil {
		t.Fatal(err)
	}
	return d, data
}

var document = review.Document{Role: review.Licence, Extension: "jpg"}

func TestALicenceIsConfirmedInAllItsFields(t *testing.T) {
	d, data := licence(t)
	f, err := newExaminer(t).Examine(t.Context(), d, document, data)
	if err != nil || f.Reading == nil || f.Picture == nil {
		t.Fatal(err)
	}
	r := f.Reading
	if r.Number.Verdict != review.Confirmed || r.Name.Verdict != review.Confirmed || r.Type != "YYZZ" || r.Issued != d.IssueDate {
		t.Errorf("number %s, name %s, type %s, issued %s", r.Number.Verdict, r.Name.Verdict, r.Type, r.Issued)
	}
}

// Rule: where a covered name stands is not known, and no other line is shown for it.
func TestACoveredNameHasNoPlace(t *testing.T) {
	d, data := licence(t, specimen.Mosaic)
	facts, err := newExaminer(t).Examine(t.Context(), d, review.Document{Role: review.Licence, Extension: "jpg"}, data)
	if err != nil {
		t.Fatal(err)
	}
	if n := facts.Reading.Name; n.Verdict != review.Unreadable || n.Box != nil || n.Read != "" {
		t.Errorf("%+v", n)
	}
}

// How a value was typed is for the checks: the reader looks for what is meant.
func TestTypingSlipsDoNotHideTheValue(t *testing.T) {
	d, data := licence(t)
	d.Name, d.Number = "样本市 示例科技有限公司", "９1440300MA5EXAMP0C (1-1)"
	f, err := newExaminer(t).Examine(t.Context(), d, document, data)
	if err != nil || f.Reading.Number.Verdict != review.Confirmed || f.Reading.Name.Verdict != review.Confirmed {
		t.Errorf("%+v %v", f.Reading, err)
	}
}

func TestAFileThatCannotBeDecodedIsAFactAndNoError(t *testing.T) {
	e := newExaminer(t)
	d, data := licence(t, specimen.Truncated)
	for rule, bytes := range map[string][]byte{"truncated": data, "empty": nil, "noise": []byte("noise")} {
		f, err := e.Examine(t.Context(), d, document, bytes)
		if err != nil || f.File.Fault == review.FileFine || f.Picture != nil || f.Reading != nil {
			t.Errorf("%s: %+v %v", rule, f.File, err)
		}
	}
}

func TestWaitingForAReaderEndsWithItsContext(t *testing.T) {
	e := newExaminer(t)
	r, err := e.readers.take(t.Context()) // somebody else reads
	if err != nil {
		t.Fatal(err)
	}
	defer e.readers.giveBack(r)
	d, data := licence(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.Examine(ctx, d, document, data); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// A picture of a few pixels is refused by the checks, never by an error.
func TestAPictureOfAFewPixelsIsAFact(t *testing.T) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4)), nil); err != nil {
		t.Fatal(err)
	}
	d, _ := licence(t)
	f, err := newExaminer(t).Examine(t.Context(), d, document, b.Bytes())
	if err != nil || f.Picture == nil || f.Reading == nil || f.Reading.Number.Verdict != review.Unreadable {
		t.Errorf("%+v %v", f, err)
	}
}
