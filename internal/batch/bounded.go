package batch

import "io"

// boundedReader fails once more than its limit comes.
type boundedReader struct {
	io.ReadCloser
	left int64
}

func bounded(r io.ReadCloser, limit int64) io.ReadCloser { return &boundedReader{r, limit} }

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, problem("member_lies", "文件的实际大小超过压缩包中的记录", "a file holds more than the archive's directory says")
	}
	return n, err
}
