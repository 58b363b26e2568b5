package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"

	"realname/internal/review"
)

// partView is a stored part of an archive.
type partView struct {
	Number int    `json:"number"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// archiveOf is the SHA-256 in the address, lower case.
func archiveOf(text string) (string, error) {
	sum := strings.ToLower(text)
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size {
		return "", fieldInvalid.with("sha256: 64 × 0-9 a-f")
	}
	return sum, nil
}

// putPart stores one part of an archive. Sending a part again replaces it, so
// that a broken upload goes on with the first part that is missing.
func (s *Server) putPart(w http.ResponseWriter, r *http.Request, tenant string) error {
	archive, err := archiveOf(r.PathValue("sha256"))
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if most := int(s.Limits.BatchBytes / s.Limits.PartBytes); err != nil || number < 0 || number > most {
		return fieldInvalid.with("number: 0–%d", most)
	}
	p := review.ArchivePart{Archive: archive, Number: number, BlobKey: path.Join(tenant, "archives", newID())}
	if p.Size, p.SHA256, err = s.keepStream(w, r, p.BlobKey, s.Limits.PartBytes); err != nil {
		return err
	}
	old, err := s.Batches.KeepPart(r.Context(), tenant, p)
	if err != nil {
		return err // the blob has no row; whether the commit went through is not known
	}
	if old != "" {
		s.drop(r, old)
	}
	return writeJSON(w, http.StatusOK, partView{p.Number, p.Size, p.SHA256})
}

// getArchive lists the parts that are stored: what need not be sent again.
func (s *Server) getArchive(w http.ResponseWriter, r *http.Request, tenant string) error {
	archive, err := archiveOf(r.PathValue("sha256"))
	if err != nil {
		return err
	}
	parts, err := s.Batches.Parts(r.Context(), tenant, archive)
	if err != nil {
		return err
	}
	views := make([]partView, len(parts))
	for i, p := range parts {
		views[i] = partView{p.Number, p.Size, p.SHA256}
	}
	return writeJSON(w, http.StatusOK, map[string]any{"sha256": archive, "part_bytes": s.Limits.PartBytes, "parts": views})
}

// fromParts is a batch of an archive that was sent in parts. That the parts make
// up the archive is checked when it is read.
func (s *Server) fromParts(r *http.Request, b *review.Batch, text string) error {
	archive, err := archiveOf(text)
	if err != nil {
		return err
	}
	parts, err := s.Batches.Parts(r.Context(), b.Tenant, archive)
	if err != nil {
		return err
	}
	for i, p := range parts {
		if p.Number != i {
			return archiveTorn.with("%d", i)
		}
		b.Size += p.Size
	}
	switch {
	case len(parts) == 0:
		return archiveTorn.with("0")
	case b.Size > s.Limits.BatchBytes:
		return fileLarge.with("zip, %d bytes", s.Limits.BatchBytes)
	}
	b.SHA256 = archive
	return nil
}

// keepStream stores a body while it is hashed and counted.
func (s *Server) keepStream(w http.ResponseWriter, r *http.Request, key string, limit int64) (size int64, sum string, err error) {
	body := &steady{ReadCloser: r.Body, control: http.NewResponseController(w), patience: s.Limits.Progress}
	m := &meter{r: body, hash: sha256.New(), left: limit}
	_, err = s.Blobs.Put(r.Context(), key, m, -1)
	if err != nil || m.left < 0 || m.failed != nil {
		s.drop(r, key)
	}
	switch {
	case m.left < 0:
		return 0, "", fileLarge.with("zip, %d bytes", limit)
	case m.failed != nil:
		return 0, "", torn(m.failed)
	}
	return m.count, hex.EncodeToString(m.hash.Sum(nil)), err
}
