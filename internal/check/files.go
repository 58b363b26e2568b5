package check

import (
	"fmt"
	"slices"
	"strings"

	"realname/internal/review"
	"realname/internal/rules"
)

// files are FMT-01 to FMT-09, for each document by itself.
func files(s *subject) {
	for _, d := range s.Documents {
		s.fileKind(d)
		s.fileSize(d)
		if p := d.Picture; p != nil && min(p.Width, p.Height) < s.profile.Files.MinShortSide {
			s.add("FMT-08", "low_pixels", on(review.FieldDocument), at(d.Role, nil),
				measured(fmt.Sprintf("%d px", min(p.Width, p.Height)), fmt.Sprintf("%d px", s.profile.Files.MinShortSide)))
		}
		if slices.Contains(s.History.RefusedFiles, d.File.SHA256) && d.File.SHA256 != "" {
			s.add("FMT-09", "file_unchanged", on(review.FieldDocument), at(d.Role, nil))
		}
	}
}

// faults maps what is wrong with a file to its check.
var faults = map[review.FileFault]struct {
	id     review.CheckID
	detail review.Detail
}{
	review.FileEmpty:     {"FMT-01", "file_empty"},
	review.FileNotImage:  {"FMT-01", "file_not_jpeg"},
	review.FileBroken:    {"FMT-01", "file_not_jpeg"},
	review.FileTruncated: {"FMT-06", "file_truncated"},
}

func (s *subject) fileKind(d review.DocumentFacts) {
	f := d.File
	jpegName := slices.Contains(s.profile.Files.Extensions, f.Extension)
	switch {
	case f.Fault == review.FileBomb:
		s.add("FMT-07", "file_pixels", on(review.FieldDocument), at(d.Role, nil),
			measured(fmt.Sprintf("%d x %d", f.Width, f.Height), fmt.Sprintf("%d px", s.set.Limits.MaxPixels)))
	case f.Fault == review.FileOtherType && jpegName:
		s.add("FMT-02", "file_renamed", on(review.FieldDocument), at(d.Role, nil),
			param("extension", f.Extension), param("true_type", strings.ToUpper(f.Magic)))
	case f.Fault == review.FileOtherType:
		s.add("FMT-01", "file_not_jpeg", on(review.FieldDocument), at(d.Role, nil))
	case f.Fault != review.FileFine:
		x := faults[f.Fault]
		s.add(x.id, x.detail, on(review.FieldDocument), at(d.Role, nil))
	}
	if !jpegName && f.Fault != review.FileOtherType && f.Fault != review.FileEmpty {
		s.add("FMT-03", "file_extension", on(review.FieldDocument), at(d.Role, nil),
			param("extension", orNone(f.Extension)), param("limit", strings.Join(s.profile.Files.Extensions, ", ")))
	}
}

func orNone(extension string) string {
	if extension == "" {
		return "-"
	}
	return extension
}

// fileSize judges the size of what is a picture at all.
func (s *subject) fileSize(d review.DocumentFacts) {
	size, lim := d.File.Size, s.profile.Files
	soft := lim.SoftMinBytes
	if soft == 0 {
		soft = lim.MinBytes
	}
	switch {
	case d.File.Fault == review.FileEmpty:
	case size < soft:
		s.add("FMT-04", "file_too_small", on(review.FieldDocument), at(d.Role, nil), measured(byteCount(size), byteCount(lim.MinBytes)))
	case size < lim.MinBytes:
		s.add("FMT-04", "file_slightly_small", on(review.FieldDocument), at(d.Role, nil), measured(byteCount(size), byteCount(lim.MinBytes)))
	case size > lim.MaxBytes:
		s.add("FMT-05", "file_too_large", on(review.FieldDocument), at(d.Role, nil), measured(byteCount(size), byteCount(lim.MaxBytes)))
	}
}

// byteCount is a size as people read it.
func byteCount(n int64) string {
	if n >= 1<<20 {
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
}

// roleNames name the images to a person.
var roleNames = map[review.Role]rules.Text{
	review.Licence:      {ZH: "证件图片", EN: "picture of the document"},
	review.PortraitSide: {ZH: "人像面", EN: "portrait side"},
	review.EmblemSide:   {ZH: "国徽面", EN: "emblem side"},
	review.DataPage:     {ZH: "资料页", EN: "data page"},
	review.BackSide:     {ZH: "背面", EN: "back"},
	review.Supplement:   {ZH: "补充材料", EN: "supplement"},
}
