package postgres

import "testing"

// Rule: a trail whose end was cut off, or that was written anew, shows against a head
// that was kept; one that went on does not.
func TestAKeptHeadShowsATrailThatWasCut(t *testing.T) {
	for rule, c := range map[string]struct {
		tamper string
		lost   int
	}{
		"went on":     {"select 1", 0},
		"cut":         {"delete from audit where id = (select max(id) from audit)", 1},
		"written new": {"update audit set hash = sha256(hash)", 1},
		"thinned":     {"delete from audit where id = (select min(id) from audit)", 1},
	} {
		f := newFixture(t)
		f.note("first")
		f.note("second")
		heads, err := f.AuditHeads(t.Context())
		f.must(err)
		if len(heads) != 1 || heads[0].Tenant != tenant || heads[0].Entries != 2 || len(heads[0].Hash) != 64 {
			t.Fatalf("%+v", heads)
		}
		f.exec("set session_replication_role = replica; " + c.tamper + "; set session_replication_role = default") // as a superuser can
		f.note("third")
		lost, err := f.LostHeads(t.Context(), heads)
		f.must(err)
		if len(lost) != c.lost {
			t.Errorf("%s: %d heads are lost, want %d", rule, len(lost), c.lost)
		}
	}
}

func (f fixture) note(code string) {
	f.t.Helper()
	f.must(f.NoteCode(f.t.Context(), tenant, "op", noSubject, code))
}
