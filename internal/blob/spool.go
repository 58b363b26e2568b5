package blob

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// small is what of an upload is held in memory; the rest is in a file.
const small = 32 << 10

// heads have room for the 512 bytes more that a buffer wants to read ahead.
var heads = sync.Pool{New: func() any { return bytes.NewBuffer(make([]byte, 0, small+bytes.MinRead)) }}

// spool holds what a client sends until all of it is there and its length is known:
// hundreds of clients that take their time then cost next to no memory, and no
// connection to the bucket. What it is given is sealed already, so that a disk keeps
// nothing that can be read; the file has no name and ends with the process.
type spool struct {
	head *bytes.Buffer
	file *os.File // nil while all fits into head
	size int64
}

// receive reads r to its end.
func receive(r io.Reader) (*spool, error) {
	s := &spool{head: heads.Get().(*bytes.Buffer)} // the pool holds nothing else
	s.head.Reset()
	n, err := io.CopyN(s.head, r, small)
	s.size = n
	if errors.Is(err, io.EOF) {
		return s, nil
	}
	if err == nil {
		err = s.overflow(r)
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("receive document: %w", err)
	}
	return s, nil
}

// overflow moves what came so far, and what is still to come, into a file.
func (s *spool) overflow(r io.Reader) (err error) {
	if s.file, err = os.CreateTemp("", "realname-upload-"); err != nil {
		return err
	}
	if err = os.Remove(s.file.Name()); err != nil {
		return err
	}
	if _, err = s.file.Write(s.head.Bytes()); err != nil {
		return err
	}
	rest, err := io.CopyBuffer(struct{ io.Writer }{s.file}, r, s.head.Bytes()) // no more memory than that
	s.size += rest
	return err
}

// body reads all from its beginning.
func (s *spool) body() io.ReadSeeker {
	if s.file == nil {
		return bytes.NewReader(s.head.Bytes())
	}
	return io.NewSectionReader(s.file, 0, s.size)
}

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close() // nothing of it is needed any more
	}
	heads.Put(s.head)
}
