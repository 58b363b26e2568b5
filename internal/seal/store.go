package seal

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"

	"realname/internal/review"
)

// Bucket is where sealed objects are stored; *blob.Store is one.
type Bucket interface {
	EnsureBucket(ctx context.Context) error
	Ping(ctx context.Context) error
	Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error)
	Get(ctx context.Context, key string) (io.ReadCloser, error)
	Delete(ctx context.Context, keys ...string) error
	EachUnder(ctx context.Context, prefix string, yield func(key string, size int64, changed time.Time) error) error
}

// Keys is where wrapped data keys are kept.
type Keys interface {
	KeepKey(ctx context.Context, tenant, object string, wrapped []byte) error
	// WrappedKey answers review.ErrNotFound for an object that was never sealed
	// or whose key was erased.
	WrappedKey(ctx context.Context, tenant, object string) ([]byte, error)
	DropKeys(ctx context.Context, tenant string, objects ...string) error
}

// Store seals what it puts and opens what it gets. The first part of an object's
// name is its tenant.
type Store struct {
	Bucket
	Keys Keys
	Key  Key
}

const (
	keySize     = 32
	segmentSize = 4 << 10 // what is authenticated, and held in memory, at a time
)

func cipher(dataKey []byte) (*subtle.AESGCMHKDF, error) {
	return subtle.NewAESGCMHKDF(dataKey, "SHA256", keySize, segmentSize, 0)
}

func tenantOf(object string) string {
	tenant, _, _ := strings.Cut(object, "/")
	return tenant
}

// Put seals what r holds and returns how long it was before. The size is not
// needed: it says how long the open object is, at most. The object's name is bound
// into the seal, so that no object can be put in another's place.
func (s *Store) Put(ctx context.Context, object string, r io.Reader, _ int64) (int64, error) {
	dataKey := make([]byte, keySize)
	_, _ = rand.Read(dataKey) // never fails
	wrapped, err := s.Key.Wrap(ctx, dataKey, []byte(object))
	if err != nil {
		return 0, fmt.Errorf("wrap data key: %w", err)
	}
	sealed, err := newSealing(dataKey, object, r)
	if err != nil {
		return 0, err
	}
	if err := s.Keys.KeepKey(ctx, tenantOf(object), object, wrapped); err != nil {
		return 0, err
	}
	_, err = s.Bucket.Put(ctx, object, sealed, -1)
	if err != nil && !sealed.done { // what was cut off is never stored
		after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return 0, errors.Join(err, s.Keys.DropKeys(after, tenantOf(object), object))
	}
	if err != nil { // it may be stored all the same: by its key the sweep finds it
		return 0, err
	}
	return sealed.count, nil
}

// Get opens an object. One that was stored before there were seals is returned
// as it is. What was changed in storage fails while it is read.
func (s *Store) Get(ctx context.Context, object string) (io.ReadCloser, error) {
	wrapped, err := s.Keys.WrappedKey(ctx, tenantOf(object), object)
	if errors.Is(err, review.ErrNotFound) {
		return s.plain(ctx, object)
	}
	if err != nil {
		return nil, err
	}
	dataKey, err := s.Key.Unwrap(ctx, wrapped, []byte(object))
	if err != nil {
		return nil, fmt.Errorf("unwrap data key: %w", err)
	}
	c, err := cipher(dataKey)
	if err != nil {
		return nil, fmt.Errorf("open document: %w", err)
	}
	stored, err := s.Bucket.Get(ctx, object)
	if err != nil {
		return nil, err
	}
	open, err := c.NewDecryptingReader(stored, []byte(object))
	if err != nil {
		_ = stored.Close()
		return nil, fmt.Errorf("open document: %w", err)
	}
	return opened{open, stored}, nil
}

// headerLength is how long the head of a sealed object is, whose first byte says so.
const headerLength = 1 + keySize + 7

// plain is an object from before there were seals. A sealed one whose key was
// erased is gone: its first byte gives it away, which no picture or archive begins with.
func (s *Store) plain(ctx context.Context, object string) (io.ReadCloser, error) {
	stored, err := s.Bucket.Get(ctx, object)
	if err != nil {
		return nil, err
	}
	var first [1]byte
	n, err := io.ReadFull(stored, first[:])
	if n == 1 && first[0] == headerLength || err != nil && !errors.Is(err, io.EOF) {
		_ = stored.Close()
		return nil, errors.Join(fmt.Errorf("read document: %w", review.ErrNotFound), err)
	}
	return opened{io.MultiReader(bytes.NewReader(first[:n]), stored), stored}, nil
}

// Delete erases the keys first: what cannot be deleted then is noise.
func (s *Store) Delete(ctx context.Context, objects ...string) error {
	byTenant := map[string][]string{}
	for _, o := range objects {
		byTenant[tenantOf(o)] = append(byTenant[tenantOf(o)], o)
	}
	for tenant, list := range byTenant {
		if err := s.Keys.DropKeys(ctx, tenant, list...); err != nil {
			return err
		}
	}
	return s.Bucket.Delete(ctx, objects...)
}

type opened struct {
	io.Reader
	io.Closer
}

// sealing is a reader of the sealed form of another.
type sealing struct {
	from   io.Reader
	writer io.WriteCloser
	ready  bytes.Buffer
	chunk  [8 << 10]byte
	count  int64
	done   bool
}

func newSealing(dataKey []byte, object string, from io.Reader) (*sealing, error) {
	c, err := cipher(dataKey)
	if err != nil {
		return nil, fmt.Errorf("seal document: %w", err)
	}
	s := &sealing{from: from}
	if s.writer, err = c.NewEncryptingWriter(&s.ready, []byte(object)); err != nil {
		return nil, fmt.Errorf("seal document: %w", err)
	}
	return s, nil
}

func (s *sealing) Read(p []byte) (int, error) {
	for s.ready.Len() == 0 && !s.done {
		if err := s.more(); err != nil {
			return 0, err
		}
	}
	return s.ready.Read(p)
}

func (s *sealing) more() error {
	n, err := s.from.Read(s.chunk[:])
	s.count += int64(n)
	if _, failed := s.writer.Write(s.chunk[:n]); failed != nil {
		return fmt.Errorf("seal document: %w", failed)
	}
	if errors.Is(err, io.EOF) {
		s.done = true
		return s.writer.Close()
	}
	return err
}
