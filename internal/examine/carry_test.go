package examine

import (
	"testing"

	"realname/internal/review"
	"realname/internal/specimen"
)

func TestOnlyWhatWouldBeFoundAgainIsTakenOver(t *testing.T) {
	e := newExaminer(t)
	d, data := licence(t, specimen.Tiny)
	facts, err := e.Examine(t.Context(), d, document, data)
	if err != nil {
		t.Fatal(err)
	}
	doc := document
	doc.SHA256 = facts.File.SHA256
	for rule, c := range map[string]struct {
		edit func(*review.Facts, *review.Declared, *review.Document)
		want bool
	}{
		"nothing has changed": {func(*review.Facts, *review.Declared, *review.Document) {}, true},
		"a space is gone from the name": {func(f *review.Facts, _ *review.Declared, _ *review.Document) {
			f.Declared.Name = "样本市 示例科技有限公司"
		}, true},
		"the mail address is another one": {func(_ *review.Facts, d *review.Declared, _ *review.Document) { d.Email = "b@example.com" }, true},
		"another name": {func(_ *review.Facts, d *review.Declared, _ *review.Document) {
			d.Name = "样本市范本文化有限公司"
		}, false},
		"another number":                    {func(_ *review.Facts, d *review.Declared, _ *review.Document) { d.Number = "91100000MA5EXAMP08" }, false},
		"another type":                      {func(_ *review.Facts, d *review.Declared, _ *review.Document) { d.CredentialType = "TYDM" }, false},
		"another date":                      {func(_ *review.Facts, d *review.Declared, _ *review.Document) { d.IssueDate = d.IssueDate.AddDays(1) }, false},
		"another image":                     {func(_ *review.Facts, _ *review.Declared, x *review.Document) { x.SHA256 = "x" }, false},
		"the same image in another place":   {func(_ *review.Facts, _ *review.Declared, x *review.Document) { x.Role = review.Supplement }, false},
		"the same image under another name": {func(_ *review.Facts, _ *review.Declared, x *review.Document) { x.Extension = "png" }, false},
		"another program looked":            {func(f *review.Facts, _ *review.Declared, _ *review.Document) { f.Documents[0].Examiner = "older" }, false},
	} {
		before := review.Facts{Declared: d, Documents: []review.DocumentFacts{facts}}
		now, image := d, doc
		c.edit(&before, &now, &image)
		if _, got := e.Carry(before, now, image); got != c.want {
			t.Errorf("%s: %v", rule, got)
		}
	}
}
