package httpapi

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"realname/internal/review"
)

// refused puts a refused submission into the store and returns its id.
func refused(w *world) string {
	rec := w.post("/v1/submissions", nil, submissionPart(goodJSON), image)
	var accepted struct{ ID string }
	_ = json.Unmarshal(rec.Body.Bytes(), &accepted)
	s := w.subs[accepted.ID]
	s.Attempts[0].State, s.Attempts[0].DecidedAt = review.Decided, time.Now()
	s.Attempts[0].Outcome = &review.Outcome{Kind: review.Rejected, Findings: []review.Finding{
		{Check: "NUM-05", Detail: "number_check_digit", Field: review.FieldNumber, Severity: review.Fail}}}
	w.subs[s.ID] = s
	return s.ID
}

func TestWhatOnlyRepeatsTheLastAttemptIsAnsweredAtOnce(t *testing.T) {
	w := newWorld(t)
	id := refused(w)
	blobs := len(w.blobs)
	rec := w.post("/v1/submissions/"+id+"/attempts", nil, submissionPart(goodJSON), image)
	wantProblem(t, "unchanged", rec, 409, "attempt_unchanged")
	if !strings.Contains(rec.Body.String(), "number_check_digit") || len(w.subs[id].Attempts) != 1 || len(w.blobs) != blobs {
		t.Errorf("%d attempts, %d blobs: %s", len(w.subs[id].Attempts), len(w.blobs), rec.Body)
	}
}

func TestANextAttemptTakesTheImagesOfTheLast(t *testing.T) {
	w := newWorld(t)
	id := refused(w)
	mended := strings.Replace(goodJSON, "CANARY-1", "CANARY-2", 1)
	if rec := w.post("/v1/submissions/"+id+"/attempts", nil, submissionPart(mended)); rec.Code != 202 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	first, second := w.subs[id].Attempts[0].Documents, w.subs[id].Attempts[1].Documents
	if len(second) != 1 || second[0].BlobKey != first[0].BlobKey || second[0].ID == first[0].ID {
		t.Errorf("%+v after %+v", second, first)
	}
	body := w.do("GET", "/v1/submissions/"+id, "", nil, nil).Body.String()
	if !strings.Contains(body, `"changes":{"fields":[{"field":"number","differences":[{"class":"other","declared_pos":17,"read_pos":17,"declared":"1","read":"2"}]}]`) {
		t.Errorf("%s", body)
	}
	if strings.Contains(body, "SPECIMEN-CANARY") {
		t.Error("the number is shown whole")
	}
}

// A number that was replaced is not told character by character.
func TestAReplacedNumberIsNotToldByItsDifferences(t *testing.T) {
	w := newWorld(t)
	id := refused(w)
	mended := strings.Replace(goodJSON, "SPECIMEN-CANARY-1", "918273645ABCDEFGH", 1)
	if rec := w.post("/v1/submissions/"+id+"/attempts", nil, submissionPart(mended)); rec.Code != 202 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	body := w.do("GET", "/v1/submissions/"+id, "", nil, nil).Body.String()
	for _, piece := range []string{`"read":"9"`, `"read":"H"`, `"declared":"S"`} {
		if strings.Contains(body, piece) {
			t.Errorf("%s is told", piece)
		}
	}
}
