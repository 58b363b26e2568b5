package examine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"

	"realname/internal/review"
	"realname/internal/text"
)

// version names this very program: a reading of another build may differ, so
// that it is not taken over.
func version() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open this program: %w", err)
	}
	defer func() { _ = file.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return "", fmt.Errorf("read this program: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// Carry returns what an earlier review found on the same image, when looking
// again would find the same.
func (e *Examiner) Carry(before review.Facts, d review.Declared, doc review.Document) (review.DocumentFacts, bool) {
	i := slices.IndexFunc(before.Documents, func(f review.DocumentFacts) bool {
		return f.Role == doc.Role && f.File.SHA256 == doc.SHA256 && f.File.Extension == doc.Extension && f.Examiner == e.version
	})
	if i < 0 || sought(before.Declared) != sought(d) {
		return review.DocumentFacts{}, false
	}
	return before.Documents[i], true
}

// sought is what a document is compared with: all that a reading depends on
// beside the image. How a value was typed is no part of it.
func sought(d review.Declared) review.Declared {
	return review.Declared{CredentialType: d.CredentialType, Name: text.MeantName(d.Name), Number: text.MeantNumber(d.Number), IssueDate: d.IssueDate}
}
