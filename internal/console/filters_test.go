package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"realname/internal/desk"
)

func TestAFilterIsSavedAndFoundAgain(t *testing.T) {
	h := newHouse(t)
	h.reviewed("wrong.cn", mismatch(), nil)
	h.submitted("open.cn", nil)
	v := h.member(tenant, "anna", desk.Viewer)
	a := v.post("/console/filters", "name", "  refused   names ", "filter", "standing=rejected&reason=registrant_info_mismatch&after=x&number=SPECIMEN7&evil=1")
	to := a.header.Get("Location")
	if to != "/console/submissions?reason=registrant_info_mismatch&standing=rejected&done=filter_saved" {
		t.Errorf("it leads to %q", to)
	}
	v.get(to).lacks(t, "open.cn")
	a = v.get("/console/submissions")
	a.has(t, "refused names", `href="/console/submissions?reason=registrant_info_mismatch&amp;standing=rejected"`)
	var kept string
	h.must(h.pool.QueryRow(t.Context(), `select query from saved_filters`).Scan(&kept))
	if strings.Contains(kept, "number") || strings.Contains(kept, "evil") || strings.Contains(kept, "after") {
		t.Errorf("kept is %q", kept)
	}
	v.post("/console/filters", "name", "refused names", "filter", "standing=parked") // in place of the other
	if n := h.count(`select count(*) from saved_filters where query = 'standing=parked'`); n != 1 || h.count(`select count(*) from saved_filters`) != 1 {
		t.Error("a second one of the same name stands beside the first")
	}
}

func TestAFilterIsItsPersonsUnlessShared(t *testing.T) {
	h := newHouse(t)
	anna, bert := h.member(tenant, "anna", desk.Viewer), h.member(tenant, "bert", desk.Viewer)
	anna.post("/console/filters", "name", "only mine", "filter", "standing=parked")
	anna.post("/console/filters", "name", "for us all", "filter", "due=48h", "shared", "1")
	a := bert.get("/console/submissions")
	a.has(t, "for us all")
	a.lacks(t, "only mine")
	drop := func(v visitor, name string) int {
		var id string
		h.must(h.pool.QueryRow(t.Context(), `select id::text from saved_filters where name = $1`, name).Scan(&id))
		return v.post("/console/filters/" + id + "/drop").status
	}
	if drop(bert, "only mine") != http.StatusNotFound || drop(bert, "for us all") != http.StatusNotFound {
		t.Error("a colleague dropped what is not theirs")
	}
	boss := h.member(tenant, "boss", desk.Admin)
	if drop(boss, "only mine") != http.StatusNotFound || drop(boss, "for us all") != http.StatusSeeOther || drop(anna, "only mine") != http.StatusSeeOther {
		t.Error("who may drop a filter cannot")
	}
}

func TestSavedFiltersAreBounded(t *testing.T) {
	h := newHouse(t)
	v := h.member(tenant, "anna", desk.Viewer)
	for rule, form := range map[string][]string{
		"no name":        {"name", " ", "filter", "due=48h"},
		"a long name":    {"name", strings.Repeat("长", 41), "filter", "due=48h"},
		"a long text":    {"name", "x", "filter", "q=" + strings.Repeat("a", 3000)},
		"no such filter": {"name", "x", "filter", "%zz"},
	} {
		if a := v.post("/console/filters", form...); !strings.HasSuffix(a.header.Get("Location"), "filter_wrong") {
			t.Errorf("%s: %d, %s", rule, a.status, a.header.Get("Location"))
		}
	}
	for i := range desk.MaxFilters + 1 {
		v.post("/console/filters", "name", fmt.Sprint("filter ", i), "filter", "due=48h")
	}
	if n := h.count(`select count(*) from saved_filters`); n != desk.MaxFilters {
		t.Errorf("%d are kept", n)
	}
}

func TestColumnsAreChosen(t *testing.T) {
	h := newHouse(t)
	sub := h.reviewed("wrong.cn", mismatch(), nil)
	v := h.member(tenant, "anna", desk.Viewer)
	cell := `data-label="Submission id"><code>` + sub.ID
	a := v.get("/console/submissions")
	a.has(t, `data-label="Assigned to"`)
	a.lacks(t, cell)
	v.post("/console/columns", "column", "submission_id", "next", "/console/submissions?standing=rejected").is(t, http.StatusSeeOther)
	a = v.get("/console/submissions")
	a.has(t, cell, `data-label="Domain or template"`)
	a.lacks(t, `data-label="Assigned to"`)
	for _, bad := range []string{"evil", strings.Repeat("x", 60_000)} { // a browser keeps what we know alone
		v.post("/console/columns", "column", bad)
		for _, c := range v.Jar.Cookies(mustURL(h.url + "/console/")) {
			if c.Name == "realname-columns" && c.Value != "" {
				t.Errorf("kept is %.20q", c.Value)
			}
		}
	}
	v.get("/console/submissions").lacks(t, `data-label="State"`) // none is a choice too
}

func TestWhoDoesNotActAfterAllComesBackToTheSameList(t *testing.T) {
	h := newHouse(t)
	h.reviewed("wrong.cn", mismatch(), nil)
	v := h.member(tenant, "anna", desk.Operator)
	a := v.post("/console/actions/plan", "filter", "reason=registrant_info_mismatch&standing=rejected", "kind", "assign")
	a.has(t, `href="/console/submissions?reason=registrant_info_mismatch&amp;standing=rejected"`)
}
