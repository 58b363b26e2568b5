package httpapi

import (
	"cmp"
	"mime"
	"net/http"
	"strings"
	"time"

	"realname/internal/review"
)

// maxProfiles bounds how many profiles one pre-check compares.
const maxProfiles = 10

// prediction is what a profile would say.
type prediction struct {
	Profile  string      `json:"profile"`
	Answer   string      `json:"answer"`
	PassesOn time.Time   `json:"passes_on,omitzero"`
	Outcome  outcomeView `json:"outcome"`
}

// postPrecheck reviews declared data, with images when they are sent, and keeps
// nothing. The query's profiles are judged side by side.
func (s *Server) postPrecheck(w http.ResponseWriter, r *http.Request, _ string) error {
	j, files, err := s.readPrecheck(w, r)
	if err != nil {
		return err
	}
	profiles, err := s.profiles(r, j.Profile)
	if err != nil {
		return err
	}
	d, err := s.declared(j.Declared)
	if err != nil {
		return err
	}
	outcomes, err := s.Precheck(r.Context(), profiles, d, files)
	if err != nil {
		return err
	}
	list := make([]prediction, len(outcomes))
	for i, o := range outcomes {
		list[i] = prediction{profiles[i], answerOf(o.Kind), o.EligibleAt, s.viewOutcome(o, language(r))}
	}
	return writeJSON(w, http.StatusOK, struct {
		prediction              // of the first profile
		Profiles   []prediction `json:"profiles"`
	}{list[0], list})
}

// profiles are those that the query lists, else the body's, else the default.
func (s *Server) profiles(r *http.Request, inBody string) ([]string, error) {
	list := strings.Split(cmp.Or(r.URL.Query().Get("profiles"), inBody, defaultProfile), ",")
	if len(list) > maxProfiles {
		return nil, fieldInvalid.with("profiles: %d > %d", len(list), maxProfiles)
	}
	for _, p := range list {
		if _, ok := s.Catalogue.Profile(p); !ok {
			return nil, profileUnknown.with("%q", shorten(p))
		}
	}
	return list, nil
}

// answerOf is an outcome in the words of a pre-check.
func answerOf(k review.Kind) string {
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
	held := Server{Blobs: keep, Catalogue: s.Catalogue, Limits: s.Limits, Now: s.Now, Log: s.Log}
	in, err := held.receive(w, r, "precheck")
	if err == nil && len(in.documents) == 0 {
		err = noFile.plain()
	}
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
