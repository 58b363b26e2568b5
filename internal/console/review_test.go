package console_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"strings"
	"testing"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
)

func manual(reason review.Reason) review.Outcome {
	o := mismatch()
	o.Kind, o.Primary, o.Reasons = review.ManualReview, reason, []review.Reason{reason}
	o.Findings[0].Severity, o.Findings[0].Reason = review.Manual, reason
	return o
}

// picture is a grey JPEG with text hidden in it.
func picture(t testing.TB) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 400, 300))
	for i := range m.Pix {
		m.Pix[i] = 128
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	hidden := []byte("\xff\xfe\x00\x1b<script>alert(1)</script>")
	return append(append(append([]byte{}, data[:2]...), hidden...), data[2:]...)
}

// queued writes an attempt that waits for a person, with its picture.
func (h house) queued(subject string, in time.Duration) review.Submission {
	h.Helper()
	sub := h.reviewed(subject, manual(review.RegistrantInfoMismatch), func(s *review.Submission) { s.HoldAt = time.Now().Add(in) })
	h.blobs[sub.Attempts[0].Documents[0].BlobKey] = picture(h.TB)
	return sub
}

func location(a answer) string { return a.header.Get("Location") }

func TestTheMostUrgentIsTakenFirstAndByOnePersonOnly(t *testing.T) {
	h := newHouse(t)
	later, sooner := h.queued("later.cn", 9*time.Hour), h.queued("sooner.cn", time.Hour)
	anna, bob := h.member(tenant, "anna", desk.Reviewer), h.member(tenant, "bob", desk.Reviewer)
	if to := location(anna.post("/console/review/next")); to != "/console/review/"+sooner.Attempts[0].ID {
		t.Errorf("anna gets %s", to)
	}
	if to := location(bob.post("/console/review/next")); to != "/console/review/"+later.Attempts[0].ID {
		t.Errorf("bob gets %s", to)
	}
	bob.post("/console/review/"+sooner.Attempts[0].ID+"/take").is(t, http.StatusConflict)
	bob.get("/console/review/"+sooner.Attempts[0].ID).is(t, http.StatusNotFound)
	bob.post("/console/review/"+sooner.Attempts[0].ID+"/decide", "verdict", "approve").is(t, http.StatusConflict)
	anna.get("/console/review").has(t, "ANNA", "BOB")
	anna.post("/console/review/"+sooner.Attempts[0].ID+"/release").is(t, http.StatusSeeOther)
	bob.post("/console/review/"+sooner.Attempts[0].ID+"/take").is(t, http.StatusSeeOther)
}

func TestADecisionIsOneClickAndTellsTheRegistrant(t *testing.T) {
	h := newHouse(t)
	h.must(h.store.PutEndpoint(t.Context(), review.Endpoint{ID: newID(), Tenant: tenant, Kind: review.Email, Enabled: true}))
	first, second := h.queued("first.cn", time.Hour), h.queued("second.cn", 2*time.Hour)
	v := h.member(tenant, "anna", desk.Reviewer)
	v.post("/console/review/next")
	v.get("/console/review/"+first.Attempts[0].ID).has(t, "样本科枝有限公司"[:0], `name="verdict" value="approve"`, "checked")
	a := v.post("/console/review/"+first.Attempts[0].ID+"/decide", "verdict", "reject", "reason", "registrant_info_mismatch")
	if !strings.HasPrefix(location(a), "/console/review/"+second.Attempts[0].ID) {
		t.Errorf("after a decision comes %d %s", a.status, location(a))
	}
	if n := h.count(`select count(*) from deliveries where event = 'attempt.reviewed' and attempt_id = $1`, first.Attempts[0].ID); n != 1 {
		t.Errorf("%d notices are due", n)
	}
	sub, err := h.store.Submission(t.Context(), tenant, first.ID)
	h.must(err)
	last := sub.Attempts[0]
	if last.Outcome.Kind != review.ManualReview {
		t.Error("the outcome was changed")
	}
	if f := last.Final(); f.Kind != review.Rejected || f.Primary != review.RegistrantInfoMismatch {
		t.Errorf("what counts is %+v", f)
	}
	v.get("/console/submissions/"+first.ID).has(t, "Rejected by a person", "manual.decide", "reject")
	v.get("/console/submissions?standing=rejected").has(t, "first.cn")
}

func TestARejectionNamesAReason(t *testing.T) {
	h := newHouse(t)
	sub := h.queued("a.cn", time.Hour)
	v := h.member(tenant, "anna", desk.Reviewer)
	v.post("/console/review/next")
	for rule, pairs := range map[string][]string{
		"tick at least one reason": {"verdict", "reject"},
		"Choose approve":           {"verdict", "maybe"},
		"at most 500":              {"verdict", "approve", "note", strings.Repeat("x", 501)},
	} {
		a := v.post("/console/review/"+sub.Attempts[0].ID+"/decide", pairs...)
		a.is(t, http.StatusUnprocessableEntity)
		a.has(t, rule)
	}
	v.post("/console/review/"+sub.Attempts[0].ID+"/decide", "verdict", "ask", "reason", "made_up").has(t, "tick at least one reason")
	if n := h.count(`select count(*) from decisions`); n != 0 {
		t.Errorf("%d decisions were written", n)
	}
}

func TestASecondPersonMustAgree(t *testing.T) {
	h := newHouse(t)
	sub := h.queued("a.cn", time.Hour)
	id := sub.Attempts[0].ID
	boss := h.member(tenant, "boss", desk.Admin)
	boss.post("/console/settings", "second_person", "on").is(t, http.StatusSeeOther)
	anna := h.member(tenant, "anna", desk.Reviewer)
	decide := func(v visitor, verdict string) {
		v.post("/console/review/"+id+"/take").is(t, http.StatusSeeOther)
		v.post("/console/review/"+id+"/decide", "verdict", verdict, "reason", "registrant_info_mismatch").is(t, http.StatusSeeOther)
	}
	standing := func(want string) {
		t.Helper()
		if n := h.count(`select count(*) from standings where standing = $1`, want); n != 1 {
			t.Errorf("it does not stand %s", want)
		}
	}
	decide(anna, "approve")
	standing("manual_review")
	anna.post("/console/review/"+id+"/take").is(t, http.StatusConflict) // not twice the same person
	decide(boss, "reject")
	standing("manual_review") // they differ
	decide(anna, "reject")
	standing("rejected")
}

func TestAnImageIsSeenForAPurposeOnlyAndTheAuditComesFirst(t *testing.T) {
	h := newHouse(t)
	sub := h.queued("a.cn", time.Hour)
	doc := "/console/documents/" + sub.Attempts[0].Documents[0].ID
	v := h.member(tenant, "anna", desk.Reviewer)
	v.get(doc).is(t, http.StatusNotFound)
	v.get("/console/submissions/"+sub.ID).lacks(t, "91110000SPECIMEN0X", "<img")
	v.post("/console/submissions/"+sub.ID+"/reveal", "purpose", "because").is(t, http.StatusNotFound)
	v.post("/console/submissions/"+sub.ID+"/reveal", "purpose", "complaint").is(t, http.StatusSeeOther)
	v.get("/console/submissions/"+sub.ID).has(t, "91110000SPECIMEN0X", doc, "Asked to see", "handle a complaint", "<mark")
	a := v.get(doc)
	a.is(t, http.StatusOK)
	if a.header.Get("Content-Type") != "image/jpeg" || strings.Contains(a.body, "<script>") {
		t.Error("the image was not encoded anew")
	}
	m, err := jpeg.Decode(strings.NewReader(a.body))
	h.must(err)
	if r, g, _, _ := m.At(8, 16).RGBA(); color.Gray16Model.Convert(color.Gray16{uint16(r)}) == color.Gray16Model.Convert(color.Gray16{uint16(g)}) {
		t.Error("no box is drawn where the finding is")
	}
	if n := h.count(`select count(*) from audit where action = 'document.view' and detail->>'purpose' = 'complaint'`); n != 1 {
		t.Errorf("%d views are in the audit trail", n)
	}
	other := h.member(tenant, "bob", desk.Reviewer)
	other.get(doc).is(t, http.StatusNotFound) // a reveal is one session's
	other.get("/console/submissions/"+sub.ID).lacks(t, "91110000SPECIMEN0X")
	h.must(func() error { _, err := h.pool.Exec(t.Context(), `update reveals set until = now()`); return err }())
	v.get(doc).is(t, http.StatusNotFound)
}

func TestABatchTellsWhatAPersonDecided(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Reviewer)
	b := review.Batch{ID: newID(), Tenant: tenant, Profile: "default", SHA256: "x", Size: 1, CreatedAt: time.Now()}
	_, _, err := h.store.CreateBatch(t.Context(), b)
	h.must(err)
	want := []review.Kind{review.Approved, review.Rejected, review.ManualReview}
	for i, verdict := range []string{"approve", "reject", ""} {
		sub := h.queued(verdict+"-it.cn", time.Hour)
		_, err := h.pool.Exec(t.Context(), `insert into batch_items (batch_id, row, tenant_id, submission_id, attempt_id) values ($1, $2, $3, $4, $5)`,
			b.ID, i+1, tenant, sub.ID, sub.Attempts[0].ID)
		h.must(err)
		if verdict == "" {
			continue
		}
		path := "/console/review/" + sub.Attempts[0].ID
		v.post(path+"/take").is(t, http.StatusSeeOther)
		v.post(path+"/decide", "verdict", verdict, "reason", "material_unclear").is(t, http.StatusSeeOther)
	}
	items, err := h.store.BatchItems(t.Context(), tenant, b.ID, 0, 10)
	h.must(err)
	for i, item := range items {
		if item.Outcome.Kind != want[i] {
			t.Errorf("row %d tells %s, want %s", item.Row, item.Outcome.Kind, want[i])
		}
	}
	if len(items) != len(want) || items[1].Outcome.Primary != review.MaterialUnclear {
		t.Errorf("%d rows; the second tells %q", len(items), items[1].Outcome.Primary)
	}
}
