package httpapi

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"time"
)

// steady is a body whose client must send something now and then: every read
// pushes the connection's deadline ahead, so that a slow upload may take long
// and a silent one may not.
type steady struct {
	io.ReadCloser
	control  *http.ResponseController
	patience time.Duration
}

func (b *steady) Read(p []byte) (int, error) {
	_ = b.control.SetReadDeadline(time.Now().Add(b.patience)) // a writer without deadlines is a test's
	return b.ReadCloser.Read(p)
}

// multipartReader reads the body's parts, or says that it has none.
func multipartReader(r *http.Request) (*multipart.Reader, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, notMultipart.plain()
	}
	return multipart.NewReader(r.Body, params["boundary"]), nil
}
