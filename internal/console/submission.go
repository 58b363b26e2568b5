package console

import (
	"net/http"
	"slices"
	"time"

	"realname/internal/desk"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// caseBody is what the page of one submission shows.
type caseBody struct {
	Submission review.Submission
	Standing   desk.Standing
	Attempts   []attemptView // the newest first
	Deliveries []desk.Delivery
	Audit      []review.AuditEntry
	// Plain: images and whole numbers are shown, until then.
	Plain    bool
	Until    time.Time
	Purposes []string
	// Erasures are what for it may be erased; Held why it was not.
	Erasures []string
	Held     *review.HeldError
}

// Way is how the attempts followed on each other.
func (b caseBody) Way() []attemptView {
	way := slices.Clone(b.Attempts)
	slices.Reverse(way)
	return way
}

type attemptView struct {
	ID          string
	Number      int
	Standing    desk.Standing
	Events      []eventView
	Reason      review.Reason // the primary one, of what was refused
	ParkedCause string
	EligibleAt  time.Time
	Declared    []factView
	Documents   []review.Document
	Findings    []findingView
	RuleSet     string
	Decision    *review.Decision
	Plain       bool
}

type eventView struct {
	Key string
	At  time.Time
}

// factView is a value with the key of its name.
type factView struct{ Key, Value string }

type findingView struct {
	Check    review.CheckID
	Severity review.Severity
	Text     rules.Message
	Lines    []lineView
	Measured string
	Limit    string
	Role     review.Role
	Mark     int // number of its box on the image; 0 for none
}

// lineView is a value character by character.
type lineView struct {
	Key   string
	Parts []partView
}

type partView struct {
	Text    string
	Differs bool
	Class   text.Class
}

// auditShown is how many deeds a page shows.
const auditShown = 100

func (c *Console) getSubmission(w http.ResponseWriter, r *request) error {
	return c.showSubmission(w, r, http.StatusOK, nil)
}

func (c *Console) showSubmission(w http.ResponseWriter, r *request, status int, held *review.HeldError) error {
	sub, err := c.Cases.Submission(r.Context(), r.Tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	b := caseBody{Submission: sub, Erasures: review.ErasurePurposes, Held: held}
	if b.Deliveries, err = c.Cases.DeliveriesOf(r.Context(), r.Tenant, sub.ID); err != nil {
		return err
	}
	if b.Until, err = c.Desk.Revealed(r.Context(), r.Session, sub.ID); err != nil {
		return err
	}
	plain := !b.Until.IsZero() && r.Role.Allows(desk.Reviewer)
	b.Plain, b.Purposes = plain, desk.Purposes
	subjects := []string{sub.ID}
	for i := len(sub.Attempts) - 1; i >= 0; i-- {
		a := sub.Attempts[i]
		subjects = append(subjects, a.ID)
		b.Attempts = append(b.Attempts, c.viewAttempt(a, r.prefs.Lang, plain))
	}
	b.Standing = b.Attempts[0].Standing
	if b.Audit, err = c.Cases.AuditOf(r.Context(), r.Tenant, subjects, auditShown); err != nil {
		return err
	}
	return c.show(w, r, status, "submission", "submission", b)
}

// viewAttempt prepares an attempt. Names and numbers are whole only for somebody
// who may see them (plain).
func (c *Console) viewAttempt(a review.Attempt, l rules.Lang, plain bool) attemptView {
	v := attemptView{ID: a.ID, Number: a.Number, Standing: standing(a), ParkedCause: a.ParkedCause, EligibleAt: a.EligibleAt,
		Declared: c.viewDeclared(a.Declared, l, plain), Documents: a.Documents, Decision: a.Decision, Plain: plain}
	v.Events = append(v.Events, eventView{"event_received", a.CreatedAt})
	if !a.DecidedAt.IsZero() {
		v.Events = append(v.Events, eventView{"event_decided", a.DecidedAt})
	}
	if a.Decision != nil {
		v.Events = append(v.Events, eventView{"event_reviewed", a.Decision.At})
	}
	if a.Outcome == nil {
		return v
	}
	v.RuleSet, v.Reason = a.Outcome.RuleSet, a.Final().Primary
	mark := 0
	for _, f := range a.Outcome.Findings {
		fv := findingView{Check: f.Check, Severity: f.Severity, Text: c.Rules.Render(f, l), Lines: compare(f, plain),
			Measured: f.Evidence.Measured, Limit: f.Evidence.Limit, Role: f.Evidence.Role}
		if f.Evidence.Box != nil {
			mark++
			fv.Mark = mark
		}
		v.Findings = append(v.Findings, fv)
	}
	return v
}

// standing is where an attempt stands by itself.
func standing(a review.Attempt) desk.Standing {
	switch a.State {
	case review.Queued, review.Running:
		return desk.InReview
	case review.Decided:
		if a.Decision != nil {
			return map[review.Ruling]desk.Standing{review.Approve: desk.Approved, review.Reject: desk.Rejected, review.Ask: desk.Asked}[a.Decision.Verdict]
		}
		if a.Outcome != nil {
			return desk.Standing(a.Outcome.Kind)
		}
	}
	return desk.Standing(a.State)
}

func (c *Console) viewDeclared(d review.Declared, l rules.Lang, plain bool) []factView {
	hide := text.Mask
	mail := text.MaskMail
	if plain {
		hide = func(s string) string { return s }
		mail = hide
	}
	list := []factView{
		{"holder_type", say(l, "holder_"+string(d.HolderType))}, {"name", hide(d.Name)},
		{"credential_type", c.typeName(d.CredentialType, l)}, {"number", hide(d.Number)},
		{"issue_date", d.IssueDate.String()}, {"expiry_date", d.ExpiryDate.String()},
		{"country", d.Country}, {"legal_person", hide(d.LegalPerson)}, {"email", mail(d.Email)},
	}
	if d.LongTerm {
		list = append(list, factView{"expiry_date", say(l, "long_term")})
	}
	var shown []factView
	for _, f := range list {
		if f.Value != "" {
			shown = append(shown, f)
		}
	}
	return shown
}

func (c *Console) typeName(code review.CredentialType, l rules.Lang) string {
	if t, ok := c.Rules.Type(code); ok {
		return t.Name.In(l)
	}
	return string(code)
}

// identifies reports whether a field's values tell who somebody is.
func identifies(f review.Field) bool { return f == review.FieldName || f == review.FieldNumber }

// compare sets declared, read and proposed values under each other, character by
// character where they may be seen.
func compare(f review.Finding, plain bool) []lineView {
	right := f.Read
	if right == "" {
		right = f.Fix
	}
	if f.Declared == "" || right == "" {
		return nil
	}
	key := "read"
	if f.Read == "" {
		key = "proposed"
	}
	if identifies(f.Field) && !plain {
		return []lineView{{"declared", whole(text.Mask(f.Declared))}, {key, whole(text.Mask(right))}}
	}
	diff := text.Diff(f.Declared, right)
	return []lineView{
		{"declared", marked(f.Declared, diff, func(d text.Difference) int { return d.DeclaredPos })},
		{key, marked(right, diff, func(d text.Difference) int { return d.ReadPos })},
	}
}

func whole(s string) []partView { return []partView{{Text: s}} }

// marked cuts a value into the characters that differ and the stretches between.
func marked(value string, diff []text.Difference, at func(text.Difference) int) []partView {
	class := map[int]text.Class{}
	for _, d := range diff {
		class[at(d)] = d.Class
	}
	var parts []partView
	for i, r := range []rune(value) {
		c, differs := class[i+1]
		if n := len(parts); !differs && n > 0 && !parts[n-1].Differs {
			parts[n-1].Text += string(r)
			continue
		}
		parts = append(parts, partView{string(r), differs, c})
	}
	return parts
}
