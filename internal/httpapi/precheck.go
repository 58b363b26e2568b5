package httpapi

import (
	"mime"
	"net/http"
	"time"

	"realname/internal/review"
)

// postPrecheck reviews declared data, with images when they are sent, and keeps
// nothing.
func (s *Server) postPrecheck(w http.ResponseWriter, r *http.Request, _ string) error {
	j, files, err := s.readPrecheck(w, r)
	if err != nil {
		return err
	}
	if j.Profile == "" {
		j.Profile = defaultProfile
	}
	if _, ok := s.Catalogue.Profile(j.Profile); !ok {
		return profileUnknown.with("%q", shorten(j.Profile))
	}
	d, err := s.declared(j.Declared)
	if err != nil {
		return err
	}
	outcome, err := s.Precheck(r.Context(), j.Profile, d, files)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, struct {
		Answer   string      `json:"answer"`
		PassesOn time.Time   `json:"passes_on,omitzero"`
		Outcome  outcomeView `json:"outcome"`
	}{prediction(outcome.Kind), outcome.EligibleAt, s.viewOutcome(outcome, language(r))})
}

// prediction is an outcome in the words of a pre-check.
func prediction(k review.Kind) string {
	switch k {
	case review.Approved:
		return "would_pass"
	case review.Deferred:
		return "passes_later"
	case review.ManualReview:
		return "needs_a_person"
	}
	return "would_fail"
}

// readPrecheck reads JSON alone, or multipart with images.
func (s *Server) readPrecheck(w http.ResponseWriter, r *http.Request) (submissionJSON, []Upload, error) {
	var j submissionJSON
	r.Body = &steady{ReadCloser: r.Body, control: http.NewResponseController(w), patience: s.Limits.Progress}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "application/json" {
		return j, nil, decodeJSON(r.Body, s.Limits.JSONBytes, &j)
	}
	keep := &memory{}
	held := *s
	held.Blobs = keep
	in, err := held.receive(w, r, "precheck")
	if err != nil {
		return j, nil, notJSONInstead(err)
	}
	for _, d := range in.documents {
		keep.files = append(keep.files, Upload{d.Role, d.Extension, keep.bytes[d.BlobKey]})
	}
	return *in.json, keep.files, nil
}

// notJSONInstead says for a pre-check that JSON alone is fine, too.
func notJSONInstead(err error) error {
	if p, ok := err.(problem); ok && p.code == notMultipart.code {
		return notJSON.plain()
	}
	return err
}
