package httpapi_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"realname/internal/review"
)

func TestAFixIsShownThenAppliedThenUndone(t *testing.T) {
	s := newService(t)
	id := s.send(archive(4, "r1"))
	items := s.items(id)
	s.refuse(items[:3]...)
	_, err := s.store.Resubmit(t.Context(), "acme", items[2].SubmissionID, review.Attempt{ID: items[2].SubmissionID[:35] + "f", CreatedAt: time.Now(), Declared: items[2].Declared})
	s.must(err)

	shown := s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r1"}`, 200)
	if got := shown["changes"].([]any); len(got) != 2 || shown["id"] != nil || shown["safe"] != true {
		t.Fatalf("preview %v", shown)
	}
	if text := fmt.Sprint(shown); strings.Contains(text, "样本") || !strings.Contains(text, "superseded") {
		t.Errorf("a preview shows what differs and no name, and what is skipped: %s", text)
	}
	if s.last(items[0].SubmissionID).Number != 1 {
		t.Fatal("a preview changed something")
	}

	applied := s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r1","apply":true}`, 201)
	a := s.last(items[0].SubmissionID)
	if a.Number != 2 || a.Declared.Name != "样本(市)公司" || len(a.Documents) != 1 || a.Documents[0].SHA256 == "" {
		t.Fatalf("attempt %+v", a)
	}
	if _, err := s.store.Claim(t.Context(), a.ID, "w", time.Minute); err == nil {
		t.Error("it can be reviewed before the grace for second thoughts is over")
	}
	fix := "/v1/fixes/" + applied["id"].(string)
	if rows := s.get(fix)["rows"].([]any); len(rows) != 2 {
		t.Errorf("rows of the fix: %v", rows)
	}
	if n := s.post(fix+"/undo", "", 200); n["withdrawn"] != 2.0 || n["kept"] != 0.0 {
		t.Errorf("undo %v", n)
	}
	if n := s.post(fix+"/undo", "", 200); n["withdrawn"] != 0.0 {
		t.Errorf("undo again %v", n)
	}
	if a := s.last(items[0].SubmissionID); a.State != review.Withdrawn {
		t.Errorf("after undo: %s", a.State)
	}
	s.audited("fix.apply", "fix.undo", "fix.undo")

	// What was undone can be applied again; what somebody sends between the look and
	// the deed is never overwritten.
	again := s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r1","apply":true}`, 201)
	if got := again["changes"].([]any); len(got) != 2 {
		t.Errorf("after undoing: %v", again)
	}
	next := s.last(items[0].SubmissionID)
	late := review.Attempt{ID: uuid.Must(uuid.NewV7()).String(), SubmissionID: items[0].SubmissionID, Declared: next.Declared, CreatedAt: time.Now()}
	f := review.Fix{ID: again["id"].(string), Tenant: "acme"}
	if err := s.store.FixRow(t.Context(), f, 99, items[0].AttemptID, late, time.Now()); !errors.Is(err, review.ErrSuperseded) || s.last(items[0].SubmissionID).ID != next.ID {
		t.Errorf("a correction of what was corrected already: %v", err)
	}
	s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r2","apply":true}`, 201) // no rows, no harm
}

// Two clicks on one correction, or two people: each row is corrected once.
func TestACorrectionThatIsAppliedTwiceAtOnceCorrectsOnce(t *testing.T) {
	s := newService(t)
	id := s.send(archive(12, "r1"))
	s.refuse(s.items(id)...)
	corrected := make(chan int)
	for range 2 {
		go func() {
			n := 0
			defer func() { corrected <- n }()
			n = len(s.post("/v1/batches/"+id+"/fixes", `{"detail":"name_bracket","reseller":"r1","apply":true}`, 201)["changes"].([]any))
		}()
	}
	if n := <-corrected + <-corrected; n != 12 {
		t.Errorf("%d corrections of 12 rows", n)
	}
	for _, i := range s.items(id) {
		if a := s.last(i.SubmissionID); a.Number != 2 {
			t.Errorf("row %d has %d attempts", i.Row, a.Number)
		}
	}
}

// An address that holds no text is one of nothing, and no failure of ours.
func TestAnAddressThatIsNoTextIsNotFound(t *testing.T) {
	s := newService(t)
	for _, path := range []string{"/v1/batches/%00", "/v1/batches/%ff/items", "/v1/submissions/%00", "/v1/fixes/%00", "/v1/batches?after=%00"} {
		s.call("GET", path, "", nil, 404)
	}
}

func TestWhatChangesTheValueNeedsConsent(t *testing.T) {
	s := newService(t)
	id := s.send(archive(1, ""))
	for _, c := range []struct {
		body, code string
		status     int
	}{
		{`{"detail":"number_check_digit","apply":true}`, "consent_missing", 409},
		{`{"detail":"number_chek_digit","apply":true}`, "fault_unknown", 422},
		{`{"detail":"","reseller":"r1"}`, "fault_unknown", 422},
	} {
		if got := s.post("/v1/batches/"+id+"/fixes", c.body, c.status); got["code"] != c.code {
			t.Errorf("%s: %v", c.body, got)
		}
	}
	s.post("/v1/batches/"+id+"/fixes", `{"detail":"number_check_digit","apply":true,"consent":true}`, 201)
	s.call("POST", "/v1/batches/"+id+"/fixes", "text/plain", []byte(`{}`), 415)
}
