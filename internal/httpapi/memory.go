package httpapi

import (
	"context"
	"io"
)

// memory is the Blobs of a pre-check: it keeps uploads for the length of the
// request. The intake bounds each file and their sum.
type memory struct {
	bytes map[string][]byte
	files []Upload
}

func (m *memory) Put(_ context.Context, key string, r io.Reader, _ int64) (int64, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return 0, err
	}
	if m.bytes == nil {
		m.bytes = map[string][]byte{}
	}
	m.bytes[key] = data
	return int64(len(data)), nil
}

func (m *memory) Delete(context.Context, ...string) error { return nil }
