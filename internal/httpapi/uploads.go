package httpapi

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/failpoint"
	"realname/internal/review"
)

// roles are the part names that carry images.
var roles = []review.Role{review.Licence, review.PortraitSide, review.EmblemSide, review.DataPage, review.BackSide, review.Supplement}

// intake is one multipart request being read: the JSON part and the images,
// which are streamed to storage while they are hashed and counted.
type intake struct {
	s         *Server
	tenant    string
	id        string // of the attempt, for the blob keys
	json      *submissionJSON
	documents []review.Document
	total     int64
}

// receive reads the whole request. When it fails, what was stored is deleted.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, tenant string) (*intake, error) {
	leave, ok := s.Uploads.Take(tenant)
	if !ok {
		p := tooFast.with("%s", "uploads at once")
		p.retryAfter = retryAfter
		return nil, p
	}
	defer leave()
	r.Body = &steady{ReadCloser: r.Body, control: http.NewResponseController(w), patience: s.Limits.Progress}
	parts, err := multipartReader(r)
	if err != nil {
		return nil, err
	}
	in := &intake{s: s, tenant: tenant, id: newAttemptID(r.Context())}
	if err := in.readAll(r.Context(), parts); err != nil {
		in.discard(r.Context())
		return nil, err
	}
	return in, nil
}

// newAttemptID is the id of the one attempt that a request makes. It is the
// request's own, so that logs and traces of both are found by either.
func newAttemptID(ctx context.Context) string {
	return cmp.Or(requestID(ctx), newID())
}

func newID() string { return uuid.Must(uuid.NewV7()).String() } // fails only without a source of randomness

func (in *intake) readAll(ctx context.Context, parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF { // the closing boundary; a torn body wraps io.EOF
			return in.complete()
		}
		if err != nil {
			return torn(err)
		}
		if err := in.take(ctx, part); err != nil {
			return err
		}
	}
}

// complete checks what every request must have.
func (in *intake) complete() error {
	switch {
	case in.json == nil:
		return partMissing.plain()
	}
	return nil
}

func (in *intake) take(ctx context.Context, part *multipart.Part) error {
	name := part.FormName()
	if name == "submission" {
		if in.json != nil {
			return partTwice.with("submission")
		}
		in.json = &submissionJSON{}
		return decodeJSON(part, in.s.Limits.JSONBytes, in.json)
	}
	role := review.Role(name)
	switch {
	case !slices.Contains(roles, role):
		return roleUnknown.with("%q", shorten(name))
	case len(in.documents) >= in.s.Limits.Files:
		return tooManyParts.with("%d", in.s.Limits.Files)
	case role != review.Supplement && slices.ContainsFunc(in.documents, func(d review.Document) bool { return d.Role == role }):
		return partTwice.with("%s", role)
	}
	return in.store(ctx, role, part)
}

// store streams one image to storage. Of its file name only the extension is kept.
func (in *intake) store(ctx context.Context, role review.Role, part *multipart.Part) error {
	doc := review.Document{ID: newID(), Role: role, Extension: extension(part.FileName())}
	doc.BlobKey = path.Join(in.tenant, in.id, doc.ID)
	limit := min(in.s.Limits.FileBytes, in.s.Limits.TotalBytes-in.total)
	m := &meter{r: part, hash: sha256.New(), left: limit}
	in.documents = append(in.documents, doc) // before it is stored, so that discard finds it
	failpoint.Hit("ingest-before-put")
	_, err := in.s.Blobs.Put(ctx, doc.BlobKey, m, -1)
	failpoint.Hit("ingest-after-put")
	switch {
	case m.left < 0:
		return fileLarge.with("%s, %d bytes", role, limit)
	case m.failed != nil:
		return torn(m.failed)
	case err != nil:
		return err
	}
	last := &in.documents[len(in.documents)-1]
	last.Size, last.SHA256 = m.count, hex.EncodeToString(m.hash.Sum(nil))
	in.total += m.count
	return nil
}

// discard deletes what was stored for a request that is not accepted. What
// cannot be deleted now has no row and is swept later.
func (in *intake) discard(ctx context.Context) {
	if len(in.documents) == 0 {
		return
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	keys := make([]string, len(in.documents))
	for i, d := range in.documents {
		keys[i] = d.BlobKey
	}
	if err := in.s.Blobs.Delete(after, keys...); err != nil {
		in.s.Log.Warn().Err(err).Msg("uploads of a refused request could not be deleted")
	}
}

// extension is the last part of a file name, lower case, if it is short and plain.
func extension(name string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(strings.ReplaceAll(name, `\`, "/")), "."))
	if len(ext) > 8 || strings.ContainsFunc(ext, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
		return ""
	}
	return ext
}

// torn is a request that stopped half-way, unless it says that it was too large.
func torn(err error) error {
	var p problem
	if errors.As(err, &p) {
		return p
	}
	return bodyTorn.with("%v", err)
}

// meter counts and hashes what passes and ends the stream above its limit.
type meter struct {
	r      io.Reader
	hash   hash.Hash
	count  int64
	left   int64
	failed error // of the client's side
}

var errTooLarge = errors.New("larger than the limit")

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.count += int64(n)
	if m.left -= int64(n); m.left < 0 {
		return 0, errTooLarge
	}
	_, _ = m.hash.Write(p[:n]) // never fails
	if err != nil && !errors.Is(err, io.EOF) {
		m.failed = err
	}
	return n, err
}

// discardUnlessUnsure deletes uploads when the store surely kept no row of
// them. When it cannot be known whether the commit went through, deleting could
// lose an accepted document, so they stay and an orphan is swept later.
func (in *intake) discardUnlessUnsure(ctx context.Context, err error) {
	for _, sure := range []error{review.ErrKeyReused, review.ErrExternalIDUsed, review.ErrOpenAttempt, review.ErrNotFound, review.ErrTriesSpent} {
		if errors.Is(err, sure) {
			in.discard(ctx)
			return
		}
	}
	if errors.As(err, &review.TooSoonError{}) {
		in.discard(ctx)
	}
}
