// Package blob keeps uploads in an S3-compatible bucket. It knows keys and
// bytes, not documents.
package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"realname/internal/review"
	"realname/internal/telemetry"
)

// Config reaches a bucket.
type Config struct {
	Endpoint, Bucket, AccessKey, SecretKey, Region string
	TLS                                            bool
	Silence                                        time.Duration // 0 for the usual
}

// Store is a bucket.
type Store struct {
	client  *minio.Client
	bucket  string
	region  string
	silence time.Duration
}

// New makes a store; it does not connect yet.
func New(c Config) (*Store, error) {
	if c.Silence == 0 {
		c.Silence = silence
	}
	client, err := minio.New(c.Endpoint, &minio.Options{
		Creds:     credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""),
		Secure:    c.TLS,
		Region:    c.Region,
		Transport: telemetry.Transport(transport(c.Silence)),
	})
	if err != nil {
		return nil, fmt.Errorf("use S3_ENDPOINT %q: %w", c.Endpoint, err)
	}
	return &Store{client: client, bucket: c.Bucket, region: c.Region, silence: c.Silence}, nil
}

func transport(silence time.Duration) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone() // always that type
	t.Proxy = nil                                        // documents do not pass a proxy of the environment
	t.MaxIdleConnsPerHost = 64
	t.ResponseHeaderTimeout = silence
	t.DialContext = dial(silence)
	return t
}

// EnsureBucket makes the bucket unless it is there.
func (s *Store) EnsureBucket(ctx context.Context) error {
	exists, err := s.client.BucketExists(ctx, s.bucket)
	if err == nil && !exists {
		err = s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: s.region})
		if minio.ToErrorResponse(err).Code == minio.BucketAlreadyOwnedByYou {
			err = nil // another process was faster
		}
	}
	if err != nil {
		return fmt.Errorf("make bucket %s: %w", s.bucket, err)
	}
	return nil
}

// Ping asks whether the bucket answers.
func (s *Store) Ping(ctx context.Context) error {
	if _, err := s.client.BucketExists(ctx, s.bucket); err != nil {
		return fmt.Errorf("reach bucket: %w", err)
	}
	return nil
}

// Put writes what r holds and returns its length. Size may be -1 when it is not
// known. Nothing stays behind when r fails.
func (s *Store) Put(ctx context.Context, key string, r io.Reader, size int64) (int64, error) {
	if size >= 0 {
		return s.put(ctx, key, r, size)
	}
	whole, err := receive(r)
	if err != nil {
		return 0, err
	}
	defer whole.close()
	return s.put(ctx, key, whole.body(), whole.size)
}

func (s *Store) put(ctx context.Context, key string, r io.Reader, size int64) (int64, error) {
	info, err := s.client.PutObject(ctx, s.bucket, key, r, size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
		DisableContentSha256: size == 0, // nothing to sign; a signed empty chunk would stay on the connection
	})
	if err != nil {
		return 0, fmt.Errorf("store document: %w", err)
	}
	return info.Size, nil
}

// Get reads an object. One that falls silent while it is read ends with an error.
func (s *Store) Get(ctx context.Context, key string) (io.ReadCloser, error) {
	w := watch(ctx, s.silence)
	body, _, _, err := minio.Core{Client: s.client}.GetObject(w.ctx, s.bucket, key, minio.GetObjectOptions{})
	if err = w.pause(err); err != nil {
		w.end(nil)
		if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
			return nil, fmt.Errorf("read document: %w", review.ErrNotFound)
		}
		return nil, fmt.Errorf("read document: %w", err)
	}
	w.ReadCloser = body
	return w, nil
}

// Delete removes objects; one that is gone already is no error.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	var failed error
	for _, key := range keys {
		failed = errors.Join(failed, s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}))
	}
	if failed != nil {
		return fmt.Errorf("delete documents: %w", failed)
	}
	return nil
}

// Each yields every object in the order of keys, with its stored size and when it
// was last written.
func (s *Store) Each(ctx context.Context, yield func(key string, size int64, changed time.Time) error) error {
	return s.EachUnder(ctx, "", yield)
}

// EachUnder is Each for the keys that begin so.
func (s *Store) EachUnder(ctx context.Context, prefix string, yield func(key string, size int64, changed time.Time) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing when yield fails
	for object := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Recursive: true, Prefix: prefix}) {
		if object.Err != nil {
			return fmt.Errorf("list documents: %w", object.Err)
		}
		if err := yield(object.Key, object.Size, object.LastModified); err != nil {
			return err
		}
	}
	return nil
}
