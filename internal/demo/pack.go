package demo

import (
	"archive/zip"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"runtime"

	"golang.org/x/text/encoding/simplifiedchinese"

	"realname/internal/review"
	"realname/internal/specimen"
)

// heading is what a Chinese registrar's spreadsheet has.
var heading = []string{"编号", "域名", "所有者类型", "所有者", "证件类型", "证件号码", "颁发日期", "有效期至", "邮箱", "语言", "文件", "国徽面", "代理"}

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
	for i, image := range drawn(items) {
		if err := packImage(z, items[i], image); err != nil {
			return fmt.Errorf("%s: %w", items[i].Name, err)
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
		d.IssueDate.String(), expires, d.Email, d.Language, i.fileOf(false), i.fileOf(true), i.Reseller}
}

// fileOf is the item's picture when it belongs in the column of that side.
func (i Item) fileOf(back bool) string {
	if (i.Specimen.Role == review.EmblemSide) != back {
		return ""
	}
	return i.file()
}

func (i Item) file() string { return "图片/" + i.Name + ".jpg" }

// picturing is a picture that is being drawn.
type picturing struct {
	data []byte
	err  error
}

// drawn draws the items' pictures on all cores and yields them in order, a few
// ahead of their use.
func drawn(items []Item) iter.Seq2[int, picturing] {
	return func(yield func(int, picturing) bool) {
		queue := make(chan chan picturing, runtime.NumCPU())
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			defer close(queue)
			for _, i := range items {
				one := make(chan picturing, 1)
				select {
				case queue <- one:
				case <-stop:
					return
				}
				go func() {
					data, err := specimen.Draw(i.Specimen)
					one <- picturing{data, err}
				}()
			}
		}()
		i := 0
		for one := range queue {
			if !yield(i, <-one) {
				return
			}
			i++
		}
	}
}

func packImage(z *zip.Writer, i Item, image picturing) error {
	if image.err != nil {
		return image.err
	}
	f, err := z.CreateHeader(&zip.FileHeader{Name: i.file(), Method: zip.Store}) // a JPEG does not get smaller
	if err == nil {
		_, err = f.Write(image.data)
	}
	return err
}
