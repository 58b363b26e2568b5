package notify

import (
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// Notice is what a receiver is told about one event. It holds no name, number
// or picture: whoever may see those asks the API for the submission.
type Notice struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // of the event, the same in every try
	Data      Data      `json:"data"`
	// To is who gets a mail; it never leaves with a webhook.
	To Recipient `json:"-"`
}

// Recipient is the person who is written to, and in which language.
type Recipient struct {
	Address  string
	Language rules.Lang
}

// Data is the subject of a notice.
type Data struct {
	SubmissionID string      `json:"submission_id"`
	AttemptID    string      `json:"attempt_id"`
	Attempt      int         `json:"attempt"`
	SubjectRef   string      `json:"subject_ref"`
	ExternalID   string      `json:"external_id,omitempty"`
	Outcome      review.Kind `json:"outcome"`
	EligibleAt   time.Time   `json:"eligible_at,omitzero"`
	HoldAt       time.Time   `json:"hold_at,omitzero"`
	Primary      *Reason     `json:"primary_reason,omitempty"`
	Reasons      []Reason    `json:"reasons"`
	Findings     []Item      `json:"findings"`
}

// Texts are what to show a person, by language.
type Texts map[rules.Lang]Text

// Text is one text for a person.
type Text struct {
	Title       string `json:"title"`
	Explanation string `json:"explanation"`
	Remedy      string `json:"remedy"`
}

// Reason is a public reason with its texts.
type Reason struct {
	Code  review.Reason `json:"code"`
	Texts Texts         `json:"texts"`
}

// Item is one finding without its values.
type Item struct {
	Check    review.CheckID  `json:"check"`
	Detail   review.Detail   `json:"detail"`
	Reason   review.Reason   `json:"reason,omitempty"`
	Severity review.Severity `json:"severity"`
	Field    review.Field    `json:"field,omitempty"`
	Texts    Texts           `json:"texts"`
}

// Catalogue gives the texts; *rules.Set is one.
type Catalogue interface {
	Render(f review.Finding, l rules.Lang) rules.Message
	RenderReason(r review.Reason, l rules.Lang) rules.Message
}

var languages = []rules.Lang{rules.Chinese, rules.English}

// NewNotice makes the notice of a delivery from its submission.
func NewNotice(d review.Delivery, s review.Submission, c Catalogue) Notice {
	n := Notice{Type: d.Event, Timestamp: d.CreatedAt.UTC(), Data: Data{
		SubmissionID: s.ID, AttemptID: d.AttemptID, SubjectRef: s.SubjectRef,
		ExternalID: s.ExternalID, HoldAt: s.HoldAt, Reasons: []Reason{}, Findings: []Item{},
	}}
	a := attempt(s, d.AttemptID)
	n.Data.Attempt = a.Number
	if a.Outcome == nil {
		return n
	}
	n.Data.Outcome, n.Data.EligibleAt = a.Outcome.Kind, a.Outcome.EligibleAt
	for _, r := range a.Outcome.Reasons {
		n.Data.Reasons = append(n.Data.Reasons, Reason{r, texts(func(l rules.Lang) rules.Message { return c.RenderReason(r, l) })})
	}
	if len(n.Data.Reasons) > 0 {
		n.Data.Primary = &n.Data.Reasons[0]
	}
	for _, f := range a.Outcome.Findings {
		n.Data.Findings = append(n.Data.Findings, Item{
			Check: f.Check, Detail: f.Detail, Reason: f.Reason, Severity: f.Severity, Field: f.Field,
			Texts: texts(func(l rules.Lang) rules.Message { return c.Render(f, l) }),
		})
	}
	return n
}

func attempt(s review.Submission, id string) review.Attempt {
	for _, a := range s.Attempts {
		if a.ID == id {
			return a
		}
	}
	return review.Attempt{}
}

func texts(render func(rules.Lang) rules.Message) Texts {
	t := Texts{}
	for _, l := range languages {
		m := render(l)
		t[l] = Text{m.Title, m.Explanation, m.Remedy}
	}
	return t
}

// recipient is the registrant of the delivery's attempt, unless the endpoint
// names an address of its own. Chinese is the language unless English was asked for.
func recipient(s review.Submission, d review.Delivery) Recipient {
	declared := attempt(s, d.AttemptID).Declared
	to := Recipient{Address: declared.Email, Language: rules.Chinese}
	if d.Endpoint.Kind == review.Email && d.Endpoint.Target != "" {
		to.Address = d.Endpoint.Target
	}
	if rules.Lang(declared.Language) == rules.English {
		to.Language = rules.English
	}
	return to
}
