package check

import (
	"realname/internal/review"
)

// example is one case of a row of the check table.
type example struct {
	check  review.CheckID
	detail review.Detail
	rule   string
	facts  review.Facts
	want   bool // whether the finding must be there
}

type edit = func(*review.Facts)

// pic edits the first picture, read the first reading, file the first file.
func pic(e func(*review.Picture)) edit { return func(f *review.Facts) { e(f.Documents[0].Picture) } }
func reading(e func(*review.Reading)) edit {
	return func(f *review.Facts) { e(f.Documents[0].Reading) }
}
func file(e func(*review.File)) edit { return func(f *review.Facts) { e(&f.Documents[0].File) } }
func declared(e func(*review.Declared)) edit {
	return func(f *review.Facts) { e(&f.Declared) }
}

// undecodable is a file fault: no picture and no reading follow.
func undecodable(fault review.FileFault, magic string) edit {
	return func(f *review.Facts) {
		f.Documents[0].File.Fault, f.Documents[0].File.Magic = fault, magic
		f.Documents[0].Picture, f.Documents[0].Reading = nil, nil
	}
}

func number(n string) edit { return declared(func(d *review.Declared) { d.Number = n }) }
func name(n string) edit   { return declared(func(d *review.Declared) { d.Name = n }) }
func issued(d review.Date) edit {
	return func(f *review.Facts) {
		f.Declared.IssueDate = d
		f.Documents[0].Reading.Issued, f.Documents[0].Reading.Established = review.Date{}, review.Date{}
	}
}

// contradict lets the document print another name or number.
func contradictName(n string) edit {
	return reading(func(r *review.Reading) { r.Name = review.FieldReading{Verdict: review.Contradicted, Read: n} })
}
func contradictNumber(n string) edit {
	return reading(func(r *review.Reading) { r.Number = review.FieldReading{Verdict: review.Contradicted, Read: n} })
}

func unread(f *review.Facts) {
	f.Documents[0].Reading.Name = review.FieldReading{Verdict: review.Unreadable}
	f.Documents[0].Reading.Number = review.FieldReading{Verdict: review.Unreadable}
}

// nameAt says where the name was looked for.
func nameAt(x, y int) edit {
	return reading(func(r *review.Reading) { r.Name.Box = &review.Box{X: x, Y: y, W: 200, H: 30} })
}

func both(a, b edit) edit { return func(f *review.Facts) { a(f); b(f) } }

// yes and no are a triggering case and a near miss on the licence.
func yes(check review.CheckID, detail review.Detail, rule string, e edit) example {
	return example{check, detail, rule, change(licence(), e), true}
}
func no(check review.CheckID, detail review.Detail, rule string, e edit) example {
	return example{check, detail, rule, change(licence(), e), false}
}
func yesID(check review.CheckID, detail review.Detail, rule string, e edit) example {
	return example{check, detail, rule, change(idCard(), e), true}
}
func noID(check review.CheckID, detail review.Detail, rule string, e edit) example {
	return example{check, detail, rule, change(idCard(), e), false}
}

func nothing(*review.Facts) {}

var fileExamples = []example{
	yes("FMT-01", "file_not_jpeg", "random bytes", undecodable(review.FileNotImage, "")),
	yes("FMT-01", "file_empty", "no bytes", undecodable(review.FileEmpty, "")),
	no("FMT-01", "file_not_jpeg", "a JPEG", nothing),
	yes("FMT-02", "file_renamed", "PNG called .jpg", undecodable(review.FileOtherType, "png")),
	no("FMT-02", "file_renamed", "PNG called .png", both(undecodable(review.FileOtherType, "png"), file(func(f *review.File) { f.Extension = "png" }))),
	yes("FMT-03", "file_extension", "JPEG called .jfif", file(func(f *review.File) { f.Extension = "jfif" })),
	no("FMT-03", "file_extension", "JPEG called .jpeg", file(func(f *review.File) { f.Extension = "jpeg" })),
	yes("FMT-04", "file_too_small", "54,999 bytes", file(func(f *review.File) { f.Size = 54_999 })),
	no("FMT-04", "file_too_small", "55,000 bytes only warn", file(func(f *review.File) { f.Size = 55_000 })),
	yes("FMT-04", "file_slightly_small", "55,000 bytes", file(func(f *review.File) { f.Size = 55_000 })),
	no("FMT-04", "file_slightly_small", "56,320 bytes are 55 KiB", file(func(f *review.File) { f.Size = 56_320 })),
	yes("FMT-05", "file_too_large", "1 MiB and a byte", file(func(f *review.File) { f.Size = 1<<20 + 1 })),
	no("FMT-05", "file_too_large", "1 MiB", file(func(f *review.File) { f.Size = 1 << 20 })),
	yes("FMT-06", "file_truncated", "ends early", undecodable(review.FileTruncated, "jpeg")),
	no("FMT-06", "file_truncated", "whole", nothing),
	yes("FMT-07", "file_pixels", "65,500 x 65,500", both(undecodable(review.FileBomb, "jpeg"), file(func(f *review.File) { f.Width, f.Height = 65500, 65500 }))),
	no("FMT-07", "file_pixels", "an ordinary photo", nothing),
	yes("FMT-08", "low_pixels", "499 px", pic(func(p *review.Picture) { p.Height = 499 })),
	no("FMT-08", "low_pixels", "500 px", pic(func(p *review.Picture) { p.Height = 500 })),
	yes("FMT-09", "file_unchanged", "refused before", func(f *review.Facts) { f.History.RefusedFiles = []string{"aa"} }),
	no("FMT-09", "file_unchanged", "another file was refused", func(f *review.Facts) { f.History.RefusedFiles = []string{"bb"} }),
}

// typedOver are the facts of a licence with print typed over it, after an edit.
func typedOver(edit func(*review.Typed)) func(*review.Facts) {
	return pic(func(p *review.Picture) {
		p.Typed = &review.Typed{Box: review.Box{X: 10, Y: 10, W: 400, H: 300}, Glyphs: 80, Rest: 0.5, Between: 0.1, Sharper: 1.15}
		edit(p.Typed)
	})
}

var clarityExamples = []example{
	yes("CLR-01", "blurred", "blurred and unread", both(pic(func(p *review.Picture) { p.EdgeRatio = 0.20 }), unread)),
	no("CLR-01", "blurred", "blurred by the measure but read", pic(func(p *review.Picture) { p.EdgeRatio = 0.25 })),
	no("CLR-01", "blurred", "unread but sharp", unread),
	yes("CLR-01", "soft", "above the limit but read", pic(func(p *review.Picture) { p.EdgeRatio = 0.14 })),
	no("CLR-01", "soft", "no print found is not blurred", pic(func(p *review.Picture) { p.EdgeRatio = -1 })),
	yes("CLR-02", "glare", "glare over the name, which is unread", both(pic(func(p *review.Picture) { p.Glare, p.GlareShare = &review.Box{X: 100, Y: 100, W: 90, H: 90}, 0.02 }), both(unread, nameAt(150, 150)))),
	no("CLR-02", "glare", "glare beside the name, which is unread", both(pic(func(p *review.Picture) { p.Glare, p.GlareShare = &review.Box{X: 100, Y: 700, W: 90, H: 90}, 0.02 }), both(unread, nameAt(150, 150)))),
	no("CLR-02", "glare", "glare beside what was read", pic(func(p *review.Picture) { p.Glare, p.GlareShare = &review.Box{}, 0.02 })),
	yes("CLR-02", "glare_elsewhere", "glare beside what was read", pic(func(p *review.Picture) { p.Glare, p.GlareShare = &review.Box{}, 0.02 })),
	no("CLR-02", "glare_elsewhere", "a tiny blob", pic(func(p *review.Picture) { p.Glare, p.GlareShare = &review.Box{}, 0.005 })),
	yes("CLR-03", "too_dark", "brightest 119", pic(func(p *review.Picture) { p.BrightLuma = 119 })),
	no("CLR-03", "too_dark", "brightest 120", pic(func(p *review.Picture) { p.BrightLuma = 120 })),
	yes("CLR-03", "too_bright", "mean 249", pic(func(p *review.Picture) { p.MeanLuma = 249 })),
	no("CLR-03", "too_bright", "mean 248", pic(func(p *review.Picture) { p.MeanLuma = 248 })),
	yes("CLR-03", "low_contrast", "spread 49", pic(func(p *review.Picture) { p.DarkLuma = 191 })),
	no("CLR-03", "low_contrast", "spread 50", pic(func(p *review.Picture) { p.DarkLuma = 190 })),
	yes("CLR-03", "uneven_light", "ratio 5.1", pic(func(p *review.Picture) { p.LightRatio = 5.1 })),
	no("CLR-03", "uneven_light", "ratio 5", pic(func(p *review.Picture) { p.LightRatio = 5 })),
	yes("CLR-04", "name_unconfirmed", "sharp but unread goes to a person", unread),
	yes("CLR-04", "name_unconfirmed", "another document, sent as a supplement, proves nothing", func(f *review.Facts) {
		f.Declared.CredentialType, f.Documents[0].Role = "QT", review.Supplement
	}),
	no("CLR-04", "name_unconfirmed", "a pre-check that reads nothing", func(f *review.Facts) { f.Documents[0].Reading = nil }),
	no("CLR-04", "name_unconfirmed", "confirmed", nothing),
	yes("CLR-04", "number_unconfirmed", "sharp but unread goes to a person", unread),
	no("CLR-04", "number_unconfirmed", "contradicted says it already", contradictNumber(otherCode)),
	yes("CLR-04", "field_unreadable", "too dark to read", both(pic(func(p *review.Picture) { p.BrightLuma, p.MeanLuma = 60, 30 }), unread)),
	no("CLR-04", "field_unreadable", "dark but read", pic(func(p *review.Picture) { p.BrightLuma, p.MeanLuma = 60, 30 })),
	yes("CLR-05", "watermark", "仅供 in the text", reading(func(r *review.Reading) { r.Words = []string{"仅供"} })),
	no("CLR-05", "watermark", "no such words", nothing),
	yes("CLR-08", "edited", "black and sharp among softer print", typedOver(func(*review.Typed) {})),
	no("CLR-08", "edited", "a few black specks", typedOver(func(t *review.Typed) { t.Glyphs = 11 })),
	no("CLR-08", "edited", "all of the page is black", typedOver(func(t *review.Typed) { t.Rest = 0.1 })),
	no("CLR-08", "edited", "print of every grey, as a stretched scan has", typedOver(func(t *review.Typed) { t.Between = 0.5 })),
	no("CLR-08", "edited", "equally sharp, as an exported document is", typedOver(func(t *review.Typed) { t.Sharper = 1.0 })),
	no("CLR-08", "edited", "nothing black", nothing),
	yes("CLR-09", "not_colour", "no chroma", pic(func(p *review.Picture) { p.Colour = review.No })),
	yes("CLR-09", "not_colour", "one component", file(func(f *review.File) { f.Colours = 1 })),
	no("CLR-09", "not_colour", "hardly any chroma is nobody's fault", pic(func(p *review.Picture) { p.Colour = review.Unknown })),
	yes("CPL-01", "border_cut", "a side cut and one frame side left", pic(func(p *review.Picture) { p.CutSides, p.Sides = []string{"top"}, 1 })),
	yes("CPL-01", "border_cut", "the top cut, and no emblem", pic(func(p *review.Picture) { p.CutSides, p.Emblem = []string{"top"}, review.No })),
	yes("CPL-06", "several_documents", "another valid number", reading(func(r *review.Reading) { r.Second = &review.Box{X: 1, Y: 1, W: 9, H: 9} })),
	no("CPL-06", "several_documents", "one number", nothing),
	yes("CLR-07", "reshoot", "bars of a telephone", pic(func(p *review.Picture) { p.Screen = review.Yes })),
	no("CLR-07", "reshoot", "no bars", nothing),
	yes("CLR-07", "screen_pattern", "one frequency stands out", pic(func(p *review.Picture) { p.Moire = 4.5 })),
	no("CLR-07", "screen_pattern", "a printed pattern", pic(func(p *review.Picture) { p.Moire = 3.8 })),
	no("CPL-01", "border_cut", "a side at the edge, the frame is there", pic(func(p *review.Picture) { p.CutSides, p.Sides = []string{"top"}, 3 })),
	yes("CPL-01", "border_near", "a side at the edge, the frame is there", pic(func(p *review.Picture) { p.CutSides, p.Sides = []string{"top", "left"}, 3 })),
	no("CPL-01", "border_near", "no side at the edge", nothing),
	yes("CPL-02", "emblem_missing", "not found", pic(func(p *review.Picture) { p.Emblem = review.No })),
	no("CPL-02", "emblem_missing", "not measured", pic(func(p *review.Picture) { p.Emblem = review.Unmeasured })),
	yes("CPL-02", "emblem_cut", "half of its width at the edge", pic(func(p *review.Picture) { p.EmblemCut = 0.5 })),
	yes("CPL-02", "emblem_cut", "pale and cut", pic(func(p *review.Picture) { p.Emblem, p.EmblemCut = review.Unknown, 0.9 })),
	no("CPL-02", "emblem_cut", "its rim comes close to the edge", pic(func(p *review.Picture) { p.EmblemCut = 0.45 })),
	no("CPL-02", "emblem_cut", "that none was found says it already", pic(func(p *review.Picture) { p.Emblem, p.EmblemCut = review.No, 0.9 })),
	yes("CPL-03", "seal_missing", "not found", pic(func(p *review.Picture) { p.Seal = review.No })),
	no("CPL-03", "seal_missing", "unknown, as on electronic licences", pic(func(p *review.Picture) { p.Seal = review.Unknown })),
	yesID("CPL-04", "wrong_side", "emblem side alone", func(f *review.Facts) { f.Documents[0].Role = review.EmblemSide }),
	noID("CPL-04", "wrong_side", "portrait side", nothing),
	yes("CPL-05", "page_missing", "only a supplement", func(f *review.Facts) { f.Documents[0].Role = review.Supplement }),
	no("CPL-05", "page_missing", "the licence", nothing),
}

var kindExamples = []example{
	yes("TYP-01", "holder_type_mismatch", "a person with a licence", declared(func(d *review.Declared) { d.HolderType = review.Individual })),
	no("TYP-01", "holder_type_mismatch", "an organisation with a licence", nothing),
	yes("TYP-02", "document_type_mismatch", "another certificate on the picture", reading(func(r *review.Reading) { r.Type = "SYDWFR" })),
	yes("TYP-02", "title_unconfirmed", "name and number on a sheet without a title", reading(func(r *review.Reading) { r.Type = "" })),
	no("TYP-02", "title_unconfirmed", "nothing was read at all: CLR-04 says it", both(unread, reading(func(r *review.Reading) { r.Type = "" }))),
	no("TYP-02", "document_type_mismatch", "no title was read", reading(func(r *review.Reading) { r.Type = "" })),
	yes("TYP-03", "licence_vs_uscc_certificate", "licence declared as code certificate", declared(func(d *review.Declared) { d.CredentialType = "TYDM" })),
	no("TYP-03", "licence_vs_uscc_certificate", "licence declared as licence", nothing),
	yes("TYP-04", "uscc_missing", "organisation code alone", both(declared(func(d *review.Declared) { d.CredentialType = "ORG" }), number("12345678-8"))),
	no("TYP-04", "uscc_missing", "organisation certificate with a credit code", declared(func(d *review.Declared) { d.CredentialType = "ORG" })),
	yes("TYP-05", "type_not_accepted", "no such type", declared(func(d *review.Declared) { d.CredentialType = "DRIVING" })),
	no("TYP-05", "type_not_accepted", "a licence", nothing),
	yesID("TYP-06", "residence_mismatch", "an ID card from Hong Kong", declared(func(d *review.Declared) { d.Country = "HK" })),
	noID("TYP-06", "residence_mismatch", "an ID card from the mainland", declared(func(d *review.Declared) { d.Country = "CN" })),
}
