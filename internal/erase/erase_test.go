package erase_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"realname/internal/erase"
	"realname/internal/review"
)

// Rule (I12): after its erasure nothing of a person is left in any table or in the
// bucket; everybody else's is, and what was decided can still be counted.
func TestNothingOfAnErasedPersonIsLeft(t *testing.T) {
	h := newHouse(t)
	gone, stays, elsewhere := h.told(anna), h.told(berta), h.submitted("other", anna)
	h.submitted(tenant, anna) // a second one of the same person
	before := len(h.found(berta))
	e, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Number: anna.number})
	h.must(err)
	if e.Total != 3 {
		t.Errorf("%d submissions and rows, want 2 and 1", e.Total)
	}
	h.must(h.eraser.Finish(t.Context()))
	if _, err := h.store.Submission(t.Context(), "other", elsewhere.ID); err != nil {
		t.Errorf("another tenant's: %v", err)
	}
	h.must(errors.Join(h.dropTenant("other")))
	if list := h.found(anna); len(list) != 0 {
		t.Errorf("still found in %v", list)
	}
	if after := len(h.found(berta)); after != before {
		t.Errorf("of somebody else %d are left of %d", after, before)
	}
	for _, a := range []review.Attempt{gone.Attempts[0]} {
		if _, err := h.sealed.Get(t.Context(), a.Documents[0].BlobKey); !errors.Is(err, review.ErrNotFound) {
			t.Errorf("the document: %v", err)
		}
	}
	if r, err := h.sealed.Get(t.Context(), stays.Attempts[0].Documents[0].BlobKey); err != nil {
		t.Errorf("somebody else's document: %v", err)
	} else {
		_ = r.Close()
	}
	got, err := h.store.Submission(t.Context(), tenant, gone.ID)
	if err != nil || got.Attempts[0].Outcome == nil || got.Attempts[0].Outcome.Kind != review.Rejected || got.Attempts[0].Outcome.Findings[0].Check != "NAM-01" {
		t.Errorf("how it ended: %+v %v", got, err)
	}
	if _, err := h.store.Resubmit(t.Context(), tenant, gone.ID, h.attempt(tenant, gone.ID, berta)); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("an attempt after the erasure: %v", err)
	}
	if _, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Number: anna.number}); !errors.Is(err, review.ErrNotFound) {
		t.Errorf("the same again: %v", err)
	}
	if entries, torn, err := h.store.VerifyAudit(t.Context()); err != nil || entries < 3 || len(torn) != 0 {
		t.Errorf("audit: %d %v %v", entries, torn, err)
	}
}

// dropTenant takes away what another tenant has, past all protection.
func (h house) dropTenant(id string) error {
	_, err := h.pool.Exec(h.Context(), `begin; set local session_replication_role = replica;
		delete from documents where tenant_id = '`+id+`'; delete from attempts where tenant_id = '`+id+`'; delete from submissions where tenant_id = '`+id+`';
		delete from standings where tenant_id = '`+id+`'; commit`)
	return err
}

// Rule: the promises hold before, after and in between; an outcome changes in no other way.
func TestPromisesHoldThroughAnErasure(t *testing.T) {
	h := newHouse(t)
	s := h.told(anna)
	h.told(berta)
	h.exec(`delete from claims`)
	_, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Submission: s.ID})
	h.must(err)
	h.must(h.eraser.Finish(t.Context()))
	h.exec(`update delivery_tries set answer = ''`) // berta's endpoint repeats her name, which I11 finds
	h.exec(`delete from registry_verdicts`)
	h.exec(`update decisions set note = ''`)
	h.broken()
	for how, sql := range map[string]string{
		"a kind":     `update outcomes set kind = 'approved'`,
		"an outcome": `update outcomes set outcome = outcome || '{"kind": "approved"}'`,
		"a finding":  `update outcomes set outcome = jsonb_set(outcome, '{findings}', '[]')`,
		"a row":      `delete from outcomes`,
		"a verdict":  `update decisions set verdict = 'approve'`,
		"a note":     `update decisions set note = 'else'`,
	} {
		if _, err := h.pool.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s was changed", how)
		}
	}
}

// flaky fails as a program that is killed would: with a part done.
type flaky struct {
	erase.Store
	documents erase.Documents
	dies      int // at which call
}

var errDied = errors.New("killed")

func (f *flaky) die() error {
	f.dies--
	if f.dies == 0 {
		return errDied
	}
	return nil
}

func (f *flaky) Delete(ctx context.Context, keys ...string) error {
	if err := f.die(); err != nil {
		return err
	}
	return errors.Join(f.documents.Delete(ctx, keys...), f.die())
}

func (f *flaky) Erase(ctx context.Context, p erase.Part) error {
	if err := f.die(); err != nil {
		return err
	}
	return errors.Join(f.Store.Erase(ctx, p), f.die())
}

// Rule: wherever an erasure is killed, doing it again ends it.
func TestAKilledErasureGoesOn(t *testing.T) {
	for dies := 1; dies <= 4; dies++ {
		h := newHouse(t)
		s := h.told(anna)
		_, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Submission: s.ID, Others: true})
		h.must(err)
		f := &flaky{h.store, h.sealed, dies}
		killed := &erase.Eraser{Store: f, Documents: f, List: h.bucket}
		if err := killed.Finish(t.Context()); !errors.Is(err, errDied) {
			t.Fatalf("%d: %v", dies, err)
		}
		h.must(h.eraser.Finish(t.Context()))
		if list := h.found(anna); len(list) != 0 {
			t.Errorf("killed at %d: still found in %v", dies, list)
		}
	}
}

// Rule: a legal hold stops an erasure with a clear word, and nothing of the person is
// erased; one that comes after the wish keeps its submission until it is released.
func TestALegalHoldStopsAnErasure(t *testing.T) {
	h := newHouse(t)
	first, second := h.submitted(tenant, anna), h.submitted(tenant, anna)
	h.must(h.store.PlaceHold(t.Context(), tenant, review.LegalHold{Submission: second.ID, Reason: "file 2026-17", By: "counsel"}))
	whom := review.Whom{Submission: first.ID, Others: true}
	_, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", whom)
	if held := (review.HeldError{}); !errors.As(err, &held) || held.Count != 1 || !strings.Contains(err.Error(), "file 2026-17") || !strings.Contains(err.Error(), second.ID) {
		t.Fatalf("held: %v", err)
	}
	h.must(h.store.ReleaseHold(t.Context(), tenant, "counsel", second.ID))
	_, err = h.store.AskErasure(t.Context(), tenant, "test", "person_asks", whom)
	h.must(err)
	h.must(h.store.PlaceHold(t.Context(), tenant, review.LegalHold{Submission: second.ID, Reason: "file 2026-18", By: "counsel"}))
	h.must(h.eraser.Finish(t.Context()))
	got, err := h.store.Submission(t.Context(), tenant, second.ID)
	if err != nil || got.Attempts[0].Declared.Name != anna.name {
		t.Errorf("what is held was erased: %v", err)
	}
	h.must(h.store.ReleaseHold(t.Context(), tenant, "counsel", second.ID))
	h.must(h.eraser.Finish(t.Context()))
	if list := h.found(anna); len(list) != 0 {
		t.Errorf("after the release still found in %v", list)
	}
}

// Rule: nobody is erased with an empty number, by another tenant, or by an id that is none.
func TestNobodyIsErasedByMistake(t *testing.T) {
	h := newHouse(t)
	nameless := h.submitted(tenant, person{name: "样本甲", domain: "a.example"})
	h.submitted(tenant, person{name: "样本乙", domain: "b.example"})
	s := h.submitted(tenant, anna)
	for rule, c := range map[string]struct {
		tenant string
		whom   review.Whom
		want   int
	}{
		"an empty number":        {tenant, review.Whom{}, 0},
		"another tenant":         {"other", review.Whom{Submission: s.ID, Others: true}, 0},
		"another tenant, number": {"other", review.Whom{Number: anna.number}, 0},
		"no id":                  {tenant, review.Whom{Submission: "x"}, 0},
		"others without number":  {tenant, review.Whom{Submission: nameless.ID, Others: true}, 1},
	} {
		e, err := h.store.AskErasure(t.Context(), c.tenant, "test", "person_asks", c.whom)
		if c.want == 0 && !errors.Is(err, review.ErrNotFound) || c.want > 0 && (err != nil || e.Total != c.want) {
			t.Errorf("%s: %d, %v", rule, e.Total, err)
		}
	}
}

// Rule: retention counts from the end of a submission, by its ending and document
// type; a type's own setting goes before that of all, a hold before both.
func TestWhatWasKeptLongEnoughIsErased(t *testing.T) {
	h := newHouse(t)
	old, young, held := h.told(anna), h.told(berta), h.told(person{"样本丙", "SPECIMEN-C-33", "c@specimen.example", "c.example"})
	h.exec(`update attempts set state = 'withdrawn' where state = 'queued'`)
	h.exec(`update standings set standing = 'rejected', changed_at = now() - interval '10 days 1 hour'`)
	h.exec(`update standings set changed_at = now() - interval '9 days' where submission_id = $1`, young.ID)
	h.must(h.store.PlaceHold(t.Context(), tenant, review.LegalHold{Submission: held.ID, Reason: "file 1", By: "counsel"}))
	expire := func() int {
		n, err := h.store.Expire(t.Context(), 100)
		h.must(err)
		h.must(h.eraser.Finish(t.Context()))
		return n
	}
	set := func(kind review.CredentialType, ending string, days int) {
		h.must(h.store.SetRetention(t.Context(), tenant, "test", review.Retention{Type: kind, Ending: ending, Days: days}))
	}
	if n := expire(); n != 0 {
		t.Errorf("without a setting %d are erased", n)
	}
	set("", "rejected", 5)
	set("SFZ", "rejected", 30)
	set("", "approved", 1)
	if n := expire(); n != 0 {
		t.Errorf("before the time of their type %d are erased", n)
	}
	set("SFZ", "rejected", 10)
	if n := expire(); n != 1 {
		t.Errorf("%d are erased, want 1", n)
	}
	got, err := h.store.Submission(t.Context(), tenant, old.ID)
	if err != nil || got.Attempts[0].Declared.Name != "" {
		t.Errorf("what is too old is still there (%v)", err)
	}
	if n := expire(); n != 0 {
		t.Errorf("again %d", n)
	}
	set("SFZ", "rejected", 0)
	if n := expire(); n != 1 {
		t.Errorf("by the setting of all types %d are erased, want 1", n)
	}
	h.exec(`update batches set created_at = now() - interval '3 days'`)
	set("", "row_not_taken", 2)
	if n := expire(); n != 3 {
		t.Errorf("%d rows that were not taken are erased, want 3", n)
	}
	if list := h.found(berta); len(list) != 0 {
		t.Errorf("still found in %v", list)
	}
}

// Rule: the list holds ids alone, and reads back as it was written.
func TestTheListNamesNobody(t *testing.T) {
	h := newHouse(t)
	s := h.told(anna)
	_, err := h.store.AskErasure(t.Context(), tenant, "test", "person_asks", review.Whom{Submission: s.ID, Others: true})
	h.must(err)
	h.must(h.eraser.Finish(t.Context()))
	var list bytes.Buffer
	h.must(h.eraser.Each(t.Context(), func(l erase.Line) error { return json.NewEncoder(&list).Encode(l) }))
	for _, word := range anna.words() {
		if strings.Contains(list.String(), word) {
			t.Error("the list names somebody")
		}
	}
	var items, blobs int
	h.must(erase.Read(io.Reader(&list), func(l erase.Line) error {
		items, blobs = items+len(l.Items), blobs+len(l.Blobs)
		if l.Tenant != tenant || l.Purpose != "person_asks" || l.AskedAt.IsZero() {
			t.Errorf("line %+v", l)
		}
		return nil
	}))
	if items != 2 || blobs != 2 {
		t.Errorf("%d items and %d documents, want 2 and 2", items, blobs)
	}
	if err := erase.Read(strings.NewReader("{}\nnot JSON\n"), func(erase.Line) error { return nil }); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a broken list: %v", err)
	}
}
