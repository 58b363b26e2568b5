package examine

import (
	"bytes"
	"image"
	"image/color"
	paint "image/draw"
	"image/jpeg"
	"testing"

	"realname/internal/review"
)

// ornate paints rows of upright bars, as high as print, along the upper and lower edge,
// and the place of the issue date over.
func ornate(t *testing.T, data []byte, issued review.Box) []byte {
	t.Helper()
	from, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	page := image.NewRGBA(from.Bounds())
	paint.Draw(page, page.Rect, from, image.Point{}, paint.Src)
	w, h := page.Rect.Dx(), page.Rect.Dy()
	for _, y := range []int{4, h - 72, h - 36} {
		for x := 20; x+w/8 < w; x += w / 6 {
			for bar := range 10 {
				at := x + bar*w/90
				paint.Draw(page, image.Rect(at, y, at+7, y+26), image.NewUniform(color.Gray{60}), image.Point{}, paint.Src)
			}
		}
	}
	hole := image.Rect(issued.X-issued.W, issued.Y-issued.H, issued.X+2*issued.W, issued.Y+2*issued.H)
	paint.Draw(page, hole, image.NewUniform(color.Gray{235}), image.Point{}, paint.Src)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, page, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Rule: an ornate border, whose pieces pass for figures, does not hide the founding
// date, which its label gives away.
func TestAnOrnateBorderHidesNoFoundingDate(t *testing.T) {
	d, data := licence(t)
	e := newExaminer(t)
	plain, err := e.Examine(t.Context(), d, document, data)
	if err != nil || plain.Reading.IssueDate.Box == nil || plain.Reading.Established.IsZero() {
		t.Fatal("the plain page has no dates", err)
	}
	f, err := e.Examine(t.Context(), d, document, ornate(t, data, *plain.Reading.IssueDate.Box))
	if err != nil {
		t.Fatal(err)
	}
	if want := plain.Reading.Established; f.Reading.Established != want {
		t.Errorf("established %s, want %s", f.Reading.Established, want)
	}
}
