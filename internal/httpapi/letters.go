package httpapi

import (
	"context"
	"net/http"

	"realname/internal/rules"
)

// Letters keeps a tenant's own words for the mails to its registrants:
// review.ErrNotFound when there are none.
type Letters interface {
	Letter(ctx context.Context, tenant, language string) (subject, body string, err error)
	// PutLetter checks and keeps; the first error is why the words cannot be used.
	PutLetter(ctx context.Context, tenant, actor, language, subject, body string) (refused, err error)
	DeleteLetter(ctx context.Context, tenant, actor, language string) error
}

type letterJSON struct {
	Subject string `json:"subject"`
	Body    string `json:"body"`
}

// letterLanguage is the language of the address.
func letterLanguage(r *http.Request) (string, error) {
	switch l := r.PathValue("language"); rules.Lang(l) {
	case rules.Chinese, rules.English:
		return l, nil
	}
	return "", fieldInvalid.with("language: zh-CN, en")
}

func (s *Server) getLetter(w http.ResponseWriter, r *http.Request, tenant string) error {
	l, err := letterLanguage(r)
	if err != nil {
		return err
	}
	subject, body, err := s.Letters.Letter(r.Context(), tenant, l)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, letterJSON{subject, body})
}

// putLetter keeps words that were tried on a sample of everything that a
// registrant can be told.
func (s *Server) putLetter(w http.ResponseWriter, r *http.Request, tenant string) error {
	l, err := letterLanguage(r)
	if err != nil {
		return err
	}
	var in letterJSON
	if err := s.readJSON(r, &in); err != nil {
		return err
	}
	refused, err := s.Letters.PutLetter(r.Context(), tenant, actor(r.Context()), l, in.Subject, in.Body)
	if refused != nil {
		return letterRefused.with("%v", refused)
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, in)
}

func (s *Server) deleteLetter(w http.ResponseWriter, r *http.Request, tenant string) error {
	l, err := letterLanguage(r)
	if err != nil {
		return err
	}
	if err := s.Letters.DeleteLetter(r.Context(), tenant, actor(r.Context()), l); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
