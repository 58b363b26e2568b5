package console_test

import (
	"net/http"
	"testing"

	"realname/internal/desk"
	"realname/internal/review"
)

// Rule: an admin has a person's data erased for a purpose of the list, once they say
// that they are sure; a legal hold stops it in words that say what to do.
func TestAnAdminErasesAPerson(t *testing.T) {
	h := newHouse(t)
	sub := h.reviewed("gone.cn", mismatch(), nil)
	held := h.reviewed("held.cn", mismatch(), nil)
	h.must(h.store.PlaceHold(t.Context(), tenant, review.LegalHold{Submission: held.ID, Reason: "file 17", By: "counsel"}))
	anna := h.member(tenant, "anna", desk.Admin)
	anna.get("/console/submissions/"+sub.ID).has(t, "Erase personal data", "cannot be undone")
	h.member(tenant, "olga", desk.Operator).get("/console/submissions/"+sub.ID).lacks(t, "Erase personal data")
	path := "/console/submissions/" + sub.ID + "/erase"
	anna.post(path, "purpose", "because", "sure", "on").is(t, http.StatusNotFound)
	anna.post(path, "purpose", "person_asks").is(t, http.StatusNotFound)
	if n := h.count(`select count(*) from erasures`); n != 0 {
		t.Errorf("%d erasures", n)
	}
	a := anna.post("/console/submissions/"+held.ID+"/erase", "purpose", "person_asks", "sure", "on")
	a.is(t, http.StatusConflict)
	a.has(t, "file 17", held.ID, "Nothing was erased")
	anna.post(path, "purpose", "person_asks", "sure", "on").is(t, http.StatusSeeOther)
	if n := h.count(`select count(*) from audit where action = 'erasure.ask' and actor = 'user:anna' and detail->>'purpose' = 'person_asks'`); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	part, err := h.store.NextErasure(t.Context(), 10)
	h.must(err)
	h.must(h.store.Erase(t.Context(), part))
	a = anna.get("/console/submissions/" + sub.ID)
	a.is(t, http.StatusOK)
	a.has(t, "Data erased", "Erased the person")
	a.lacks(t, "gone.cn")
}
