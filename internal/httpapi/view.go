package httpapi

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"realname/internal/chain"
	"realname/internal/mend"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// submissionView is a submission as a client sees it. Names and numbers are
// masked; findings carry their texts in both languages.
type submissionView struct {
	ID         string        `json:"id"`
	SubjectRef string        `json:"subject_ref"`
	ExternalID string        `json:"external_id,omitempty"`
	Profile    string        `json:"profile"`
	State      review.State  `json:"state"` // of the newest attempt
	CreatedAt  time.Time     `json:"created_at"`
	HoldAt     time.Time     `json:"hold_at,omitzero"`
	TimesOutAt time.Time     `json:"times_out_at,omitzero"`
	Deadline   time.Time     `json:"deadline,omitzero"` // the earlier of the two
	Attempts   []attemptView `json:"attempts"`
}

type attemptView struct {
	ID          string          `json:"id"`
	Number      int             `json:"number"`
	State       review.State    `json:"state"`
	CreatedAt   time.Time       `json:"created_at"`
	DecidedAt   time.Time       `json:"decided_at,omitzero"`
	EligibleAt  time.Time       `json:"eligible_at,omitzero"`
	Declared    review.Declared `json:"declared"`
	Documents   []documentView  `json:"documents"`
	Outcome     *outcomeView    `json:"outcome,omitempty"`
	ParkedCause string          `json:"parked_cause,omitempty"`
	// Decision is a person's, on top of the outcome.
	Decision *review.Decision `json:"decision,omitempty"`
	Changes  *chain.Changes   `json:"changes,omitempty"` // since the attempt before
}

type documentView struct {
	ID     string      `json:"id"`
	Role   review.Role `json:"role"`
	Size   int64       `json:"size"`
	SHA256 string      `json:"sha256"`
}

type outcomeView struct {
	Kind       review.Kind   `json:"kind"`
	Primary    *reasonView   `json:"primary_reason,omitempty"`
	Reasons    []reasonView  `json:"reasons"`
	EligibleAt time.Time     `json:"eligible_at,omitzero"`
	Findings   []findingView `json:"findings"`
	// Steps are the least that would make the attempt pass.
	Steps   []stepView `json:"smallest_fix"`
	RuleSet string     `json:"rule_set"`
}

type message struct {
	Title       string `json:"title"`
	Explanation string `json:"explanation"`
	Remedy      string `json:"remedy"`
}

type reasonView struct {
	Code    review.Reason          `json:"code"`
	Message message                `json:"message"` // in the request's language
	Texts   map[rules.Lang]message `json:"texts"`
}

type stepView struct {
	mend.Step
	Message string                `json:"message"`
	Texts   map[rules.Lang]string `json:"texts"`
}

type findingView struct {
	review.Finding
	Message message                `json:"message"`
	Texts   map[rules.Lang]message `json:"texts"`
}

// getSubmission shows a submission.
func (s *Server) getSubmission(w http.ResponseWriter, r *http.Request, tenant string) error {
	sub, err := s.Store.Submission(r.Context(), tenant, r.PathValue("id"))
	if err != nil {
		return err
	}
	l := language(r)
	w.Header().Set("Content-Language", string(l))
	w.Header().Add("Vary", "Accept-Language")
	return writeJSON(w, http.StatusOK, s.view(sub, l))
}

func (s *Server) view(sub review.Submission, l rules.Lang) submissionView {
	v := submissionView{
		ID: sub.ID, SubjectRef: sub.SubjectRef, ExternalID: sub.ExternalID, Profile: sub.Profile,
		CreatedAt: sub.CreatedAt, HoldAt: sub.HoldAt, TimesOutAt: sub.TimesOutAt, Deadline: sub.Deadline(), Attempts: []attemptView{},
	}
	for i, a := range sub.Attempts {
		v.State = a.State
		one := s.viewAttempt(a, l)
		if i > 0 {
			one.Changes = maskedChanges(chain.Compare(sub.Attempts[i-1], a))
		}
		v.Attempts = append(v.Attempts, one)
	}
	return v
}

func (s *Server) viewAttempt(a review.Attempt, l rules.Lang) attemptView {
	v := attemptView{
		ID: a.ID, Number: a.Number, State: a.State, CreatedAt: a.CreatedAt, DecidedAt: a.DecidedAt,
		EligibleAt: a.EligibleAt, Declared: masked(a.Declared), Documents: []documentView{}, ParkedCause: a.ParkedCause, Decision: a.Decision,
	}
	for _, d := range a.Documents {
		v.Documents = append(v.Documents, documentView{d.ID, d.Role, d.Size, d.SHA256})
	}
	if a.Outcome != nil {
		o := s.viewOutcome(*a.Outcome, l)
		v.Outcome = &o
	}
	return v
}

func (s *Server) viewOutcome(o review.Outcome, l rules.Lang) outcomeView {
	v := outcomeView{Kind: o.Kind, EligibleAt: o.EligibleAt, RuleSet: o.RuleSet, Reasons: []reasonView{}, Findings: []findingView{}}
	for _, code := range o.Reasons {
		texts := both(func(l rules.Lang) rules.Message { return s.Catalogue.RenderReason(code, l) })
		v.Reasons = append(v.Reasons, reasonView{code, texts[l], texts})
	}
	if len(v.Reasons) > 0 {
		v.Primary = &v.Reasons[0]
	}
	v.Steps = s.viewSteps(o, l)
	for _, f := range o.Findings {
		texts := both(func(l rules.Lang) rules.Message { return s.Catalogue.Render(f, l) })
		v.Findings = append(v.Findings, findingView{maskedFinding(f), texts[l], texts})
	}
	return v
}

func (s *Server) viewSteps(o review.Outcome, l rules.Lang) []stepView {
	list := []stepView{}
	for _, step := range mend.Steps(o) {
		texts := map[rules.Lang]string{}
		for _, x := range []rules.Lang{rules.Chinese, rules.English} {
			texts[x] = s.stepText(o, step, x)
		}
		step.Differences = mend.Few(step.Differences)
		list = append(list, stepView{step, texts[l], texts})
	}
	return list
}

// stepsText says all steps in a row.
func (s *Server) stepsText(o review.Outcome, l rules.Lang) string {
	var all []string
	for _, step := range mend.Steps(o) {
		all = append(all, s.stepText(o, step, l))
	}
	return strings.Join(all, " ")
}

// stepText says a step; what only the registrant can settle is the finding's own
// remedy.
func (s *Server) stepText(o review.Outcome, step mend.Step, l rules.Lang) string {
	if t := step.Text.In(l); t != "" {
		return t
	}
	i := slices.IndexFunc(o.Findings, func(f review.Finding) bool { return f.Detail == step.Detail })
	return s.Catalogue.Render(o.Findings[i], l).Remedy
}

func both(render func(rules.Lang) rules.Message) map[rules.Lang]message {
	texts := map[rules.Lang]message{}
	for _, l := range []rules.Lang{rules.Chinese, rules.English} {
		m := render(l)
		texts[l] = message{m.Title, m.Explanation, m.Remedy}
	}
	return texts
}

// masked hides what identifies a person or an organisation.
func masked(d review.Declared) review.Declared {
	d.Name, d.Number, d.LegalPerson, d.Email = text.Mask(d.Name), text.Mask(d.Number), text.Mask(d.LegalPerson), text.MaskMail(d.Email)
	return d
}

// maskedChanges hides the characters of a name or number that was replaced.
func maskedChanges(c chain.Changes) *chain.Changes {
	for i, f := range c.Fields {
		if (f.Field != review.FieldName && f.Field != review.FieldNumber) || len(f.Differences) <= mend.MaxShown {
			continue
		}
		for j := range f.Differences {
			c.Fields[i].Differences[j].Declared, c.Fields[i].Differences[j].Read = "", ""
		}
	}
	return &c
}

// maskedFinding hides the values of fields that identify; the others stay.
func maskedFinding(f review.Finding) review.Finding {
	if f.Field == review.FieldName || f.Field == review.FieldNumber {
		f.Declared, f.Read, f.Fix = text.Mask(f.Declared), text.Mask(f.Read), text.Mask(f.Fix)
		f.Params = nil // they are in the texts, as far as they may be shown
	}
	return f
}
