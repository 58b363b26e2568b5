package batch

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"
)

// Archive is a ZIP whose members were all checked by name and claimed size.
// Contents are checked while they are read.
type Archive struct {
	Manifest *zip.File
	lim      Limits
	members  map[string]*zip.File // by key
	also     map[string]*zip.File // by what the name may be in GB18030, where that is not sure
	folder   string               // in which the manifest lies: rows may name files from there
	named    map[*zip.File]bool   // by a row
}

// OpenArchive reads the directory of a ZIP. Its error is a Problem when the
// archive is at fault.
func OpenArchive(r io.ReaderAt, size int64, lim Limits) (*Archive, error) {
	if err := countEntries(r, size, lim); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are judged below
		return nil, problem("archive_broken", "压缩包无法打开，可能已损坏或不是 ZIP 格式，请重新打包后上传",
			"the archive cannot be opened: it is damaged or not a ZIP; pack it again")
	}
	a := &Archive{lim: lim, members: make(map[string]*zip.File, len(z.File)), also: map[string]*zip.File{}, named: map[*zip.File]bool{}}
	var total uint64
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		if err := a.add(f); err != nil {
			return nil, err
		}
		if total += f.UncompressedSize64; total > uint64(lim.TotalBytes) {
			return nil, problem("archive_too_large", "解压后的总大小超过上限 %d 字节，请分成多个批次",
				"the archive unpacks to more than %d bytes; split it into several batches", lim.TotalBytes)
		}
	}
	if a.Manifest == nil {
		return nil, problem("manifest_missing", "压缩包内没有 manifest.csv、manifest.xlsx 或 manifest.jsonl",
			"the archive has no manifest.csv, manifest.xlsx or manifest.jsonl")
	}
	return a, nil
}

// add checks one member by what the directory says of it.
func (a *Archive) add(f *zip.File) error {
	name, err := memberName(f, a.lim)
	if err != nil {
		return err
	}
	if ignorable(name) {
		return nil
	}
	if err := checkMember(f, name, a.lim); err != nil {
		return err
	}
	if strings.HasPrefix(strings.ToLower(path.Base(name)), "manifest.") {
		if a.Manifest != nil {
			return problem("manifest_twice", "压缩包内有多个清单文件，只能保留一个", "the archive has more than one manifest; keep one")
		}
		a.Manifest, a.folder = f, path.Dir(name)
		return nil
	}
	key := memberKey(name)
	if _, twin := a.members[key]; twin {
		return problem("member_twice", "压缩包内有同名文件（不区分大小写）：%s", "two files in the archive have the same name, case aside: %s", name)
	}
	a.members[key] = f
	if f.NonUTF8 && utf8.ValidString(f.Name) { // a few Chinese names in GB18030 look like UTF-8
		if other, err := simplifiedchinese.GB18030.NewDecoder().String(f.Name); err == nil {
			a.also[memberKey(other)] = f
		}
	}
	return nil
}

// memberKey is a name as members are found by it: without regard to case, and to
// whether an accent is a character of its own, as on Apple's disks.
func memberKey(name string) string { return strings.ToLower(norm.NFC.String(name)) }

// memberName returns the name in UTF-8. Archives made on Chinese Windows hold
// GB18030 names without saying so.
func memberName(f *zip.File, lim Limits) (string, error) {
	name := f.Name
	if len(name) > lim.NameBytes {
		return "", problem("member_name_long", "文件名超过 %d 字节", "a file name is longer than %d bytes", lim.NameBytes)
	}
	if !utf8.ValidString(name) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().String(name)
		if err != nil {
			return "", problem("member_name_encoding", "文件名的编码既不是 UTF-8 也不是 GB18030", "a file name is neither UTF-8 nor GB18030")
		}
		name = decoded
	}
	return safeName(name)
}

// safeName refuses every name that could lead out of the archive.
func safeName(name string) (string, error) {
	unsafe := problem("member_name_unsafe", "文件名不安全（含上级目录、绝对路径、盘符或控制字符），请重新打包",
		"a file name leads out of the archive (parent folder, absolute path, drive letter or control character); pack it again")
	clean := strings.ReplaceAll(name, `\`, "/")
	if clean == "" || strings.HasPrefix(clean, "/") || strings.ContainsFunc(clean, func(r rune) bool { return r < 0x20 || r == 0x7f || r == ':' || r == utf8.RuneError }) {
		return "", unsafe
	}
	for part := range strings.SplitSeq(clean, "/") {
		if part == ".." {
			return "", unsafe
		}
	}
	return path.Clean(clean), nil
}

// ignorable are files that operating systems add by themselves.
func ignorable(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || base == ".DS_Store" || strings.EqualFold(base, "Thumbs.db") || strings.EqualFold(base, "desktop.ini")
}

// The general purpose flag bit of an encrypted member.
const flagEncrypted = 1

func checkMember(f *zip.File, name string, lim Limits) error {
	switch {
	case f.Flags&flagEncrypted != 0:
		return problem("archive_encrypted", "压缩包设有密码，请去掉密码后重新打包", "the archive is protected by a password; pack it again without one")
	case f.Mode().Type() != 0:
		return problem("member_not_file", "%s 是链接或特殊文件，只能是普通文件", "%s is a link or special file; only plain files are read", name)
	case nested(name):
		return problem("archive_nested", "%s 是压缩包，请把其中的文件直接放进批次压缩包", "%s is an archive itself; put its files into the batch directly", name)
	case f.UncompressedSize64 > uint64(lim.MemberBytes):
		return problem("member_too_large", "%s 为 %d 字节，超过上限 %d 字节", "%s has %d bytes, more than %d", name, f.UncompressedSize64, lim.MemberBytes)
	case f.UncompressedSize64 > 1<<20 && f.UncompressedSize64 > f.CompressedSize64*uint64(lim.Ratio):
		return problem("member_ratio", "%s 的压缩比异常", "%s is packed beyond any real picture", name)
	}
	return nil
}

func nested(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".zst":
		return true
	}
	return false
}

// Open reads a member. Reading stops with a Problem when it holds more than its
// directory entry claims.
func (a *Archive) Open(name string) (io.ReadCloser, int64, error) {
	f, err := a.find(name)
	if err != nil {
		return nil, 0, err
	}
	r, err := f.Open()
	if err != nil {
		return nil, 0, fmt.Errorf("open member: %w", err)
	}
	return bounded(r, int64(f.UncompressedSize64)), int64(f.UncompressedSize64), nil
}

// find looks a name up as a row writes it: from the archive's root, or from the
// folder of the manifest.
func (a *Archive) find(name string) (*zip.File, error) {
	clean, err := safeName(strings.TrimSpace(name))
	if err != nil {
		return nil, err
	}
	for _, key := range []string{memberKey(clean), memberKey(path.Join(a.folder, clean))} {
		for _, members := range []map[string]*zip.File{a.members, a.also} {
			if f, ok := members[key]; ok {
				return f, nil
			}
		}
	}
	return nil, problem("file_missing", "压缩包内没有这个文件", "the archive has no such file")
}

// Name notes that a row names a member.
func (a *Archive) Name(name string) {
	if f, err := a.find(name); err == nil {
		a.named[f] = true
	}
}

// Unused counts the members that no row named.
func (a *Archive) Unused() int { return len(a.members) - len(a.named) }
