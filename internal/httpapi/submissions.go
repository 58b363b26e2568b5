package httpapi

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"realname/internal/failpoint"
	"realname/internal/review"
	"realname/internal/text"
)

const (
	defaultProfile = "default"
	maxKey         = 255
)

// postSubmission takes a new submission. 202 means that the documents are
// stored and the rows are committed.
func (s *Server) postSubmission(w http.ResponseWriter, r *http.Request, tenant string) error {
	key, err := idempotencyKey(r)
	if err != nil {
		return err
	}
	in, err := s.receive(w, r, tenant)
	if err != nil {
		return err
	}
	sub, err := s.newSubmission(in)
	if err != nil {
		in.discard(r.Context())
		return err
	}
	failpoint.Hit("ingest-before-commit")
	stored, replayed, err := s.Store.Submit(r.Context(), tenant, key, in.bodyHash(), sub)
	failpoint.Hit("ingest-after-commit")
	if err != nil {
		in.discardUnlessUnsure(r.Context(), err)
		return err
	}
	if replayed {
		in.discard(r.Context())
	}
	defer failpoint.Hit("ingest-after-202")
	return s.accepted(w, stored, stored.Attempts[0])
}

// accepted answers 202 with where to follow.
func (s *Server) accepted(w http.ResponseWriter, sub review.Submission, a review.Attempt) error {
	status := "/v1/submissions/" + sub.ID
	w.Header().Set("Location", status)
	return writeJSON(w, http.StatusAccepted, struct {
		ID        string       `json:"id"`
		AttemptID string       `json:"attempt_id"`
		Attempt   int          `json:"attempt"`
		State     review.State `json:"state"`
		Status    string       `json:"status_url"`
	}{sub.ID, a.ID, a.Number, review.Queued, status})
}

// newSubmission turns what was received into a submission with its first attempt.
func (s *Server) newSubmission(in *intake) (review.Submission, error) {
	j := in.json
	if len(in.documents) == 0 {
		return review.Submission{}, noFile.plain()
	}
	if strings.TrimSpace(j.SubjectRef) == "" {
		return review.Submission{}, fieldMissing.with("subject_ref")
	}
	for name, value := range map[string]string{"subject_ref": j.SubjectRef, "external_id": j.ExternalID} {
		if err := checkText(name, value, maxRef); err != nil {
			return review.Submission{}, err
		}
		if i := strings.IndexFunc(value, text.Unseen); i >= 0 {
			r, _ := utf8.DecodeRuneInString(value[i:])
			return review.Submission{}, fieldInvalid.with("%s: U+%04X", name, r)
		}
	}
	if j.Profile == "" {
		j.Profile = defaultProfile
	}
	profile, ok := s.Catalogue.Profile(j.Profile)
	if !ok {
		return review.Submission{}, profileUnknown.with("%q", shorten(j.Profile))
	}
	now := s.Now()
	sub := review.Submission{
		ID: newID(), Tenant: in.tenant, SubjectRef: j.SubjectRef, ExternalID: j.ExternalID, Profile: j.Profile, CreatedAt: now,
	}
	sub.HoldAt, sub.TimesOutAt = after(now, profile.HoldAfterDays), after(now, profile.UpstreamTimeoutDays)
	a, err := s.newAttempt(in, sub.ID)
	a.Number = 1
	sub.Attempts = []review.Attempt{a}
	return sub, err
}

// after is so many days later; never when there are none.
func after(now time.Time, days int) time.Time {
	if days <= 0 {
		return time.Time{}
	}
	return now.Add(time.Duration(days) * 24 * time.Hour)
}

func (s *Server) newAttempt(in *intake, submission string) (review.Attempt, error) {
	d, err := s.declared(in.json.Declared)
	return review.Attempt{
		ID: in.id, SubmissionID: submission, State: review.Queued, Declared: d, Documents: in.documents, CreatedAt: s.Now(),
	}, err
}

// postAttempt takes mended data and documents for a submission that is there.
func (s *Server) postAttempt(w http.ResponseWriter, r *http.Request, tenant string) error {
	id := r.PathValue("id")
	before, err := s.Store.Submission(r.Context(), tenant, id)
	if err != nil {
		return err
	}
	in, err := s.receive(w, r, tenant)
	if err != nil {
		return err
	}
	a, err := s.nextAttempt(in, before)
	if err != nil {
		in.discard(r.Context())
		return err
	}
	a, err = s.Store.Resubmit(r.Context(), tenant, id, a)
	if err != nil {
		in.discardUnlessUnsure(r.Context(), err)
		return err
	}
	return s.accepted(w, review.Submission{ID: id}, a)
}

// nextAttempt is what was received, completed with the images of the last attempt
// that were not sent again. What only repeats it is not reviewed again.
func (s *Server) nextAttempt(in *intake, before review.Submission) (review.Attempt, error) {
	a, err := s.newAttempt(in, before.ID)
	if err != nil || len(before.Attempts) == 0 {
		return a, err
	}
	last := before.Last()
	a.Documents = last.CarryOver(a.Documents, func(int) string { return newID() })
	switch {
	case len(a.Documents) == 0:
		return a, noFile.plain()
	case last.RepeatedBy(a, s.Now()) && last.State.Moving():
		return a, review.ErrOpenAttempt
	case last.RepeatedBy(a, s.Now()):
		return a, unchanged.with("%s", toMend(last))
	}
	return a, nil
}

// toMend names what the last outcome asked to be mended, by its codes.
func toMend(last review.Attempt) string {
	var codes []string
	if last.Outcome != nil {
		for _, f := range last.Outcome.Findings {
			if f.Severity == review.Fail {
				codes = append(codes, string(f.Detail))
			}
		}
	}
	return cmp.Or(strings.Join(codes, ", "), string(last.State))
}

// bodyHash is what makes two bodies the same: the JSON's values and each
// image's role and bytes, whatever the multipart boundaries are.
func (in *intake) bodyHash() [32]byte {
	h := sha256.New()
	_ = json.NewEncoder(h).Encode(in.json) // strings and booleans always encode
	for _, d := range in.documents {
		fmt.Fprintf(h, "%s.%s=%s\n", d.Role, d.Extension, d.SHA256)
	}
	return [32]byte(h.Sum(nil))
}

func idempotencyKey(r *http.Request) (string, error) {
	values, sent := r.Header["Idempotency-Key"]
	if !sent {
		return "", nil
	}
	key := values[0]
	if len(values) > 1 || key == "" || len(key) > maxKey || strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", keyLong.with("%d", maxKey)
	}
	return key, nil
}

func writeJSON(w http.ResponseWriter, status int, body any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
	return nil
}
