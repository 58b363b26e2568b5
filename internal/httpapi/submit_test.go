package httpapi

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"realname/internal/limit"
	"realname/internal/review"
)

func TestASubmissionIsAcceptedAndFollowed(t *testing.T) {
	w := newWorld(t)
	rec := w.post("/v1/submissions", nil, submissionPart(goodJSON), image)
	if rec.Code != http.StatusAccepted {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	var answer struct {
		ID     string `json:"id"`
		Status string `json:"status_url"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil || rec.Header().Get("Location") != answer.Status {
		t.Fatalf("%v %s", err, rec.Body)
	}
	sub := w.subs[answer.ID]
	a := sub.Attempts[0]
	if d := a.Declared; d.IssueDate.String() != "2026-03-01" || !d.LongTerm || d.Name != "样本市示例科技有限公司" {
		t.Errorf("declared %+v", d)
	}
	doc := a.Documents[0]
	if doc.Extension != "jpg" || doc.Size != int64(len(image.data)) || !bytes.Equal(w.blobs[doc.BlobKey], image.data) || len(doc.SHA256) != 64 {
		t.Errorf("document %+v", doc)
	}
	if sub.HoldAt.IsZero() || !sub.TimesOutAt.After(sub.HoldAt) {
		t.Error("the deadline of the profile is missing")
	}
	if got := w.do("GET", answer.Status, "", nil, nil); got.Code != http.StatusOK || strings.Contains(got.Body.String(), "CANARY") || strings.Contains(got.Body.String(), "示例科技") {
		t.Errorf("%d %s: identity data must be masked", got.Code, got.Body)
	}
}

func TestTheSameKeyAndBodyGivesTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	key := map[string]string{"Idempotency-Key": "order-1"}
	first := w.post("/v1/submissions", key, submissionPart(goodJSON), image)
	again := w.post("/v1/submissions", key, submissionPart(goodJSON), image)
	if first.Code != 202 || first.Body.String() != again.Body.String() {
		t.Errorf("first %s, again %s", first.Body, again.Body)
	}
	if len(w.blobs) != 1 {
		t.Errorf("%d blobs: the repetition's upload must go", len(w.blobs))
	}
	other := image
	other.data = []byte("\xff\xd8\xff other")
	wantProblem(t, "another body", w.post("/v1/submissions", key, submissionPart(goodJSON), other), 409, "idempotency_key_reused")
	if len(w.blobs) != 1 {
		t.Errorf("%d blobs: the refused upload must go", len(w.blobs))
	}
}

// Each is answered clearly and leaves nothing behind.
func TestWhatCannotBeAcceptedIsToldWhy(t *testing.T) {
	replace := func(old, new string) part { return submissionPart(strings.Replace(goodJSON, old, new, 1)) }
	huge := part{"licence", "a.jpg", make([]byte, DefaultLimits.FileBytes+1)}
	cases := []struct {
		rule   string
		parts  []part
		status int
		code   string
	}{
		{"no file", []part{submissionPart(goodJSON)}, 422, "file_missing"},
		{"no submission part", []part{image}, 422, "submission_missing"},
		{"JSON that does not parse", []part{submissionPart(`{"subject_ref": `), image}, 400, "json_invalid"},
		{"a domain of two lines", []part{replace(`example.cn`, `example.cn\r\nBcc: x`), image}, 422, "field_invalid"},
		{"a domain with a separator of lines", []part{replace(`example.cn`, `example\u2028.cn`), image}, 422, "field_invalid"},
		{"a domain that turns the direction", []part{replace(`example.cn`, `example\u202e.cn`), image}, 422, "field_invalid"},
		{"a field that is not known", []part{replace(`"subject_ref"`, `"subjct_ref"`), image}, 400, "json_invalid"},
		{"a value of the wrong kind", []part{replace(`"example.cn"`, `7`), image}, 400, "json_invalid"},
		{"JSON too large", []part{submissionPart(`{"subject_ref":"` + strings.Repeat("x", 70_000) + `"}`), image}, 413, "json_too_large"},
		{"unknown credential type", []part{image, replace("YYZZ", "XXXX")}, 422, "credential_type_unknown"},
		{"a date that does not exist", []part{image, replace("2026年3月1日", "2026-02-30")}, 422, "date_invalid"},
		{"an issue date of 长期", []part{image, replace("2026年3月1日", "长期")}, 422, "date_invalid"},
		{"an empty name", []part{image, replace("样本市示例科技有限公司", " ")}, 422, "field_missing"},
		{"an over-long name", []part{image, replace("样本市示例科技有限公司", strings.Repeat("样", 301))}, 422, "field_too_long"},
		{"a NUL in the name", []part{image, replace("样本市示例科技有限公司", `a\u0000b`)}, 422, "field_invalid"},
		{"an unknown holder type", []part{image, replace("organisation", "company")}, 422, "field_invalid"},
		{"no subject", []part{image, replace("example.cn", "")}, 422, "field_missing"},
		{"an unknown profile", []part{image, replace(`"declared"`, `"profile":"none","declared"`)}, 422, "profile_unknown"},
		{"a part that is not known", []part{submissionPart(goodJSON), {"selfie", "a.jpg", []byte("x")}}, 422, "role_unknown"},
		{"the same role twice", []part{submissionPart(goodJSON), image, image}, 422, "part_duplicate"},
		{"the JSON twice", []part{submissionPart(goodJSON), submissionPart(goodJSON)}, 422, "part_duplicate"},
		{"a file above the hard limit", []part{submissionPart(goodJSON), huge}, 413, "file_too_large"},
	}
	for _, c := range cases {
		t.Run(c.rule, func(t *testing.T) {
			w := newWorld(t)
			for lang, other := range map[string]string{"zh-CN": "en", "en": "zh-CN"} {
				rec := w.post("/v1/submissions", map[string]string{"Accept-Language": lang + "," + other + ";q=0.5"}, c.parts...)
				p := wantProblem(t, c.rule, rec, c.status, c.code)
				if han := isHan([]rune(p.Remedy)[0]); han != (lang == "zh-CN") || rec.Header().Get("Content-Language") != lang {
					t.Errorf("asked for %s, got %q", lang, p.Remedy)
				}
			}
			if len(w.blobs)+len(w.subs) != 0 {
				t.Errorf("%d blobs and %d submissions stayed", len(w.blobs), len(w.subs))
			}
		})
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// What is the registrant's fault is accepted and comes back as a finding, with
// all others: an empty file, a renamed one, 5 MB.
func TestARegistrantsFaultIsAccepted(t *testing.T) {
	for rule, p := range map[string]part{
		"empty file":  {"licence", "a.jpg", nil},
		"renamed PNG": {"licence", "a.jpg", []byte("\x89PNG\r\n\x1a\n")},
		"5 MB":        {"licence", "a.jpg", make([]byte, 5<<20)},
		"no name":     {"licence", "", []byte("x")},
	} {
		if rec := newWorld(t).post("/v1/submissions", nil, submissionPart(goodJSON), p); rec.Code != 202 {
			t.Errorf("%s: %d %s", rule, rec.Code, rec.Body)
		}
	}
}

func TestABodyThatStopsHalfWayLeavesNothing(t *testing.T) {
	w := newWorld(t)
	whole, kind := body(t, submissionPart(goodJSON), image, part{"supplement", "b.jpg", make([]byte, 1000)})
	for _, cut := range []int{0, 10, 200, whole.Len() / 2, whole.Len() - 100, whole.Len() - 10} {
		rec := w.do("POST", "/v1/submissions", kind, io.LimitReader(bytes.NewReader(whole.Bytes()), int64(cut)), nil)
		if rec.Code != 400 || len(w.blobs) != 0 || len(w.subs) != 0 {
			t.Errorf("cut at %d: %d, %d blobs, %d submissions", cut, rec.Code, len(w.blobs), len(w.subs))
		}
	}
}

func TestWhenSomethingOfOursIsDownNothingIsAccepted(t *testing.T) {
	for rule, set := range map[string]func(*world){
		"storage":  func(w *world) { w.blobsDown = true },
		"database": func(w *world) { w.storeDown = true },
	} {
		w := newWorld(t)
		set(w)
		rec := w.post("/v1/submissions", nil, submissionPart(goodJSON), image)
		wantProblem(t, rule, rec, 503, "unavailable")
		if rec.Header().Get("Retry-After") == "" || len(w.subs) != 0 {
			t.Errorf("%s: Retry-After %q, %d submissions", rule, rec.Header().Get("Retry-After"), len(w.subs))
		}
	}
}

// When it cannot be known whether the commit went through, the uploads stay:
// deleting them could lose an accepted document.
func TestUploadsStayWhenTheCommitIsUnsure(t *testing.T) {
	w := newWorld(t)
	w.storeDown = true
	w.post("/v1/submissions", nil, submissionPart(goodJSON), image)
	if len(w.blobs) != 1 {
		t.Errorf("%d blobs", len(w.blobs))
	}
}

func TestKeysAndRoutes(t *testing.T) {
	w := newWorld(t)
	wantProblem(t, "no key", w.do("GET", "/v1/submissions/x", "", nil, map[string]string{"Authorization": ""}), 401, "api_key_missing")
	wantProblem(t, "unknown key", w.do("GET", "/v1/submissions/x", "", nil, map[string]string{"Authorization": "Bearer rn_x"}), 401, "api_key_unknown")
	wantProblem(t, "missing", w.do("GET", "/v1/submissions/x", "", nil, nil), 404, "not_found")
	wantProblem(t, "another address", w.do("GET", "/v2", "", nil, nil), 404, "not_found")
	rec := w.do("DELETE", "/v1/submissions", "", nil, nil)
	wantProblem(t, "another method", rec, 405, "method_not_allowed")
	if rec.Header().Get("Allow") != "POST" {
		t.Errorf("Allow %q", rec.Header().Get("Allow"))
	}
	wantProblem(t, "not multipart", w.do("POST", "/v1/submissions", "text/plain", strings.NewReader("x"), nil), 415, "body_not_multipart")
	wantProblem(t, "a key with a space", w.post("/v1/submissions", map[string]string{"Idempotency-Key": "a b"}, submissionPart(goodJSON), image), 400, "idempotency_key_invalid")
}

func TestAForeignSubmissionAnswersLikeAMissingOne(t *testing.T) {
	w := newWorld(t)
	w.subs["theirs"] = review.Submission{ID: "theirs", Tenant: "other"}
	foreign, missing := w.do("GET", "/v1/submissions/theirs", "", nil, nil), w.do("GET", "/v1/submissions/none", "", nil, nil)
	strip := func(s string) string { i := strings.Index(s, `"request_id"`); return s[:i] }
	if foreign.Code != 404 || strip(foreign.Body.String()) != strip(missing.Body.String()) {
		t.Errorf("foreign %s, missing %s", foreign.Body, missing.Body)
	}
}

func TestAResubmissionIsTheNextAttempt(t *testing.T) {
	w := newWorld(t)
	w.subs["s1"] = review.Submission{ID: "s1", Tenant: "acme", Attempts: []review.Attempt{{Number: 1}}}
	rec := w.post("/v1/submissions/s1/attempts", nil, submissionPart(goodJSON), image)
	if rec.Code != 202 || !strings.Contains(rec.Body.String(), `"attempt":2`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	wantProblem(t, "missing", w.post("/v1/submissions/none/attempts", nil, submissionPart(goodJSON), image), 404, "not_found")
}

func TestAPrecheckKeepsNothing(t *testing.T) {
	w := newWorld(t)
	for rule, rec := range map[string]interface{ Result() *http.Response }{
		"JSON":   w.do("POST", "/v1/prechecks", "application/json", strings.NewReader(goodJSON), nil),
		"images": w.post("/v1/prechecks", nil, submissionPart(goodJSON), image),
	} {
		answer, _ := io.ReadAll(rec.Result().Body)
		if rec.Result().StatusCode != 200 || !strings.Contains(string(answer), `"would_fail"`) {
			t.Errorf("%s: %s", rule, answer)
		}
	}
	if len(w.blobs)+len(w.subs) != 0 {
		t.Error("something was kept")
	}
}

func TestAPrecheckJudgesSeveralProfilesSideBySide(t *testing.T) {
	w := newWorld(t)
	ask := func(query string) *httptest.ResponseRecorder {
		return w.do("POST", "/v1/prechecks"+query, "application/json", strings.NewReader(goodJSON), nil)
	}
	var got struct {
		Answer   string
		Profiles []struct{ Profile, Answer string }
	}
	if err := json.Unmarshal(ask("?profiles=huawei,default").Body.Bytes(), &got); err != nil || len(got.Profiles) != 2 ||
		got.Profiles[0].Profile != "huawei" || got.Profiles[0].Answer != got.Answer {
		t.Errorf("%v %+v", err, got)
	}
	wantProblem(t, "an unknown one", ask("?profiles=default,nobody"), 422, "profile_unknown")
	wantProblem(t, "too many", ask("?profiles=default"+strings.Repeat(",default", 10)), 422, "field_invalid")
}

// No log line holds a name, a number, a mail address or a file name.
func TestTheLogHoldsNoIdentityData(t *testing.T) {
	w := newWorld(t)
	w.post("/v1/submissions", nil, submissionPart(goodJSON), image)
	w.blobsDown = true
	w.post("/v1/submissions?name=CANARY", nil, submissionPart(goodJSON), image)
	if w.log.Len() == 0 {
		t.Fatal("nothing was logged")
	}
	for _, canary := range []string{"CANARY", "canary", "示例", w.key} {
		if strings.Contains(w.log.String(), canary) {
			t.Errorf("the log holds %q", canary)
		}
	}
}

func TestAnEmptyBucketIsToldWithItsNameAndTheWait(t *testing.T) {
	w := newWorld(t)
	w.Rates = limit.New(map[string]limit.Rate{bucketPrecheck: {PerSecond: 0.5, Burst: 1}})
	send := func() *httptest.ResponseRecorder {
		return w.do("POST", "/v1/prechecks", "application/json", strings.NewReader(goodJSON), nil)
	}
	if rec := send(); rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	rec := send()
	p := wantProblem(t, "second", rec, 429, "rate_limited")
	if wait := rec.Header().Get("Retry-After"); wait != "2" && wait != "3" || !strings.Contains(p.Detail, bucketPrecheck) {
		t.Errorf("Retry-After %q, %s", wait, p.Detail)
	}
	if rec := w.post("/v1/submissions", nil, submissionPart(goodJSON), image); rec.Code != 202 {
		t.Errorf("another bucket: %d", rec.Code)
	}
}
