package corpus

import (
	"math/rand/v2"
	"strings"

	"realname/internal/review"
	"realname/internal/specimen"
)

func details(list ...review.Detail) []review.Detail { return list }

func names(s subject) bool        { return len(s.others) == 0 } // prints name and number
func issued(s subject) bool       { return s.kind != "SFZ" }    // its age is judged by what is declared
func emblem(s subject) bool       { return s.organisation() && s.kind != "TYDM" }
func organisation(s subject) bool { return s.organisation() }

// checked reports whether the number printed has a check character.
func checked(s subject) bool {
	return names(s) && s.form == "" && s.kind != "HZ" && s.kind != "GAJMTX" && s.kind != "TWJMTX" || s.form == specimen.Form2014
}

// faults are the ways to spoil an upload. A fault that a good photo may have, too,
// must not keep it from being approved.
var faults = []fault{
	{name: "none"},
	{name: "soft", picture: specimen.Soft},
	{name: "rotate_90", picture: specimen.Rotate90},
	{name: "rotate_180", picture: specimen.Rotate180},
	{name: "tilt", picture: specimen.Tilt},

	{name: "blur", picture: specimen.Blur, details: details("blurred")},
	{name: "motion", picture: specimen.Motion, details: details("blurred")},
	{name: "dark", picture: specimen.Dark, details: details("too_dark")},
	{name: "glare", picture: specimen.Glare, details: details("glare", "glare_elsewhere", "name_unconfirmed", "field_unreadable")},
	{name: "mosaic", picture: specimen.Mosaic, details: details("covered", "name_unconfirmed", "number_unconfirmed", "field_unreadable"), only: names},
	{name: "bar", picture: specimen.Bar, details: details("covered")},
	{name: "watermark", picture: specimen.Watermark, details: details("watermark")},
	{name: "typed", picture: specimen.Typed, details: details("edited")},
	{name: "grey", picture: specimen.Grey, details: details("not_colour")},
	{name: "grey_stamp", picture: specimen.GreyStamp, details: details("not_colour", "grey_copy"), only: organisation},
	{name: "cut_border", picture: specimen.CutBorder, details: details("border_cut", "emblem_missing"), only: emblem},
	{name: "cut_emblem", picture: specimen.CutEmblem, details: details("emblem_cut"), only: emblem},
	{name: "cut_left", picture: specimen.CutLeft, details: details("border_cut", "border_near"), only: organisation},
	{name: "phone", picture: specimen.Phone, details: details("reshoot")},
	{name: "screen", picture: specimen.Screen, details: details("screen_pattern")},
	{name: "two", picture: specimen.Two, details: details("several_documents"), only: checked},

	{name: "tiny", picture: specimen.Tiny, details: details("low_pixels")},
	{name: "too_small", picture: specimen.TooSmall, details: details("file_too_small")},
	{name: "too_large", picture: specimen.TooLarge, details: details("file_too_large")},
	{name: "truncated", picture: specimen.Truncated, details: details("file_truncated")},
	{name: "png", picture: specimen.PNG, details: details("file_renamed")},

	{name: "other_number", edit: otherNumber, details: details("number_differs"), only: checked},
	{name: "other_plain_number", edit: otherNumber, details: details("number_differs", "number_unconfirmed", "field_unreadable"), only: func(s subject) bool {
		return names(s) && !checked(s) && s.form == ""
	}},
	{name: "number_slip", edit: slip, details: details("number_check_digit", "number_charset"), only: checked},
	{name: "other_name", edit: otherName, details: details("name_differs", "name_similar_char", "name_same_sound", "name_unconfirmed"), only: names},
	{name: "space", edit: func(c *Case, _ *rand.Rand) {
		r := []rune(c.Declared.Name)
		c.Declared.Name = string(r[:1]) + " " + string(r[1:])
	}, details: details("name_space")},
	{name: "too_new", edit: tooNew, details: details("too_new"), only: issued},
	{name: "expired", edit: expired, details: details("expired")},
	{name: "wrong_type", edit: wrongType, details: details("document_type_mismatch", "licence_vs_uscc_certificate", "holder_type_mismatch"), only: names},
}

func otherNumber(c *Case, rng *rand.Rand) {
	before := c.Declared.Number
	for c.Declared.Number == before {
		c.Declared.Number = specimen.NumberedCode(rng.IntN(specimen.NumberedCodes))
		if c.Declared.HolderType == review.Individual {
			c.Declared.Number = specimen.PersonNumber(rng, c.Kind)
		}
	}
}

// slip changes one figure, so that the check character is wrong.
func slip(c *Case, rng *rand.Rand) {
	n := []byte(c.Declared.Number)
	at := 8 + rng.IntN(6)
	n[at] = '0' + (n[at]-'0'+1+byte(rng.IntN(8)))%10
	if strings.ContainsRune("ABCDEFGHJKLMNPQRTUWXY", rune(c.Declared.Number[at])) {
		n[at] = '7'
	}
	c.Declared.Number = string(n)
}

func otherName(c *Case, _ *rand.Rand) {
	r := []rune(c.Declared.Name)
	r[len(r)/2] = '异'
	c.Declared.Name = string(r)
}

func tooNew(c *Case, rng *rand.Rand) {
	c.Declared.IssueDate = c.today.AddDays(-1 - rng.IntN(8))
	for i := range c.Images {
		c.Images[i].Spec.Printed.IssueDate = c.Declared.IssueDate
	}
}

func expired(c *Case, _ *rand.Rand) {
	c.Declared.LongTerm, c.Declared.ExpiryDate = false, c.today.AddDays(-30)
	for i := range c.Images {
		c.Images[i].Spec.Printed.LongTerm, c.Images[i].Spec.Printed.ExpiryDate = false, c.Declared.ExpiryDate
	}
}

// mistaken is as what a document is declared instead.
var mistaken = map[review.CredentialType]review.CredentialType{
	"YYZZ": "TYDM", "TYDM": "YYZZ", "SYDWFR": "YYZZ", "SHTTFR": "SYDWFR", "SFZ": "HZ", "HZ": "GAJMTX", "GAJMTX": "TWJMTX", "TWJMTX": "GAJMTX",
	"WJLSFZ": "GAJMTX", "GAJZZ": "TWJZZ", "TWJZZ": "GAJZZ",
}

func wrongType(c *Case, _ *rand.Rand) {
	c.Declared.CredentialType = mistaken[c.Kind]
	switch c.Declared.CredentialType {
	case "HZ":
		c.Images[0].Role = review.DataPage
	case "GAJMTX", "TWJMTX", "GAJZZ", "TWJZZ":
		c.Images[0].Role = review.PortraitSide
	}
}
