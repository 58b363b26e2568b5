package demo

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"io"

	"golang.org/x/text/encoding/simplifiedchinese"

	"realname/internal/review"
	"realname/internal/specimen"
)

// heading is what a Chinese registrar's spreadsheet has.
var heading = []string{"编号", "域名", "所有者类型", "所有者", "证件类型", "证件号码", "颁发日期", "有效期至", "邮箱", "语言", "文件", "国徽面"}

// holderWords are what people write there.
var holderWords = map[review.HolderType]string{review.Individual: "个人", review.Organisation: "企业"}

// Pack writes items as a batch: a manifest as a Chinese spreadsheet program saves
// it, in GB18030, and a picture a row. The items' names are their ids.
func Pack(w io.Writer, items []Item) error {
	z := zip.NewWriter(w)
	manifest, err := z.Create("manifest.csv")
	if err != nil {
		return err
	}
	c := csv.NewWriter(simplifiedchinese.GB18030.NewEncoder().Writer(manifest))
	c.UseCRLF = true
	_ = c.Write(heading) // Flush tells
	for _, i := range items {
		_ = c.Write(line(i))
	}
	if c.Flush(); c.Error() != nil {
		return fmt.Errorf("write manifest: %w", c.Error())
	}
	for _, i := range items {
		if err := packImage(z, i); err != nil {
			return fmt.Errorf("%s: %w", i.Name, err)
		}
	}
	return z.Close()
}

func line(i Item) []string {
	d := i.Declared
	expires := d.ExpiryDate.String()
	if d.LongTerm {
		expires = "长期"
	}
	return []string{i.Name, i.Name + ".example", holderWords[d.HolderType], d.Name, string(d.CredentialType), d.Number,
		d.IssueDate.String(), expires, d.Email, d.Language, i.fileOf(false), i.fileOf(true)}
}

// fileOf is the item's picture when it belongs in the column of that side.
func (i Item) fileOf(back bool) string {
	if (i.Specimen.Role == review.EmblemSide) != back {
		return ""
	}
	return i.file()
}

func (i Item) file() string { return "图片/" + i.Name + ".jpg" }

func packImage(z *zip.Writer, i Item) error {
	image, err := specimen.Draw(i.Specimen)
	if err != nil {
		return err
	}
	f, err := z.CreateHeader(&zip.FileHeader{Name: i.file(), Method: zip.Store}) // a JPEG does not get smaller
	if err == nil {
		_, err = f.Write(image)
	}
	return err
}
