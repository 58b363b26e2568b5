package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"realname/internal/batch"
	"realname/internal/review"
)

// fetch copies the archive to a temporary file: a ZIP is read from its end. An
// archive that is not what was announced is refused; the error is a batch.Problem.
func (in *Intake) fetch(ctx context.Context, b review.Batch) (*os.File, error) {
	keys, err := in.keys(ctx, b)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "realname-batch-*.zip") // 0600
	if err != nil {
		return nil, fmt.Errorf("make room for batch %s: %w", b.ID, err)
	}
	hash := sha256.New()
	for _, key := range keys {
		if err = in.appendTo(ctx, io.MultiWriter(file, hash), key); err != nil {
			break
		}
	}
	switch {
	case errors.Is(err, review.ErrNotFound):
		err = batch.Problem{Code: "archive_gone", ZH: "压缩包的部分内容已过期清除，请重新上传", EN: "parts of the archive were kept too long and are gone; send it again"}
	case err == nil && hex.EncodeToString(hash.Sum(nil)) != b.SHA256:
		err = batch.Problem{Code: "archive_differs", ZH: "收到的压缩包与其 SHA-256 不符，请重新上传", EN: "what arrived is not the archive of this SHA-256; send it again"}
	case err != nil:
		err = fmt.Errorf("fetch batch %s: %w", b.ID, err)
	}
	if err != nil {
		_ = file.Close()
		_ = os.Remove(file.Name())
		return nil, err
	}
	return file, nil
}

// keys are the blobs that the archive is made of, in order.
func (in *Intake) keys(ctx context.Context, b review.Batch) ([]string, error) {
	if b.BlobKey != "" {
		return []string{b.BlobKey}, nil
	}
	parts, err := in.Store.Parts(ctx, b.Tenant, b.SHA256)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(parts))
	for i, p := range parts {
		keys[i] = p.BlobKey
	}
	return keys, nil
}

func (in *Intake) appendTo(ctx context.Context, w io.Writer, key string) error {
	r, err := in.Blobs.Get(ctx, key)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	_, err = io.Copy(w, r)
	return err
}
