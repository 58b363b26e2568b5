package notify

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"realname/internal/mend"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// Notice is what a receiver is told about one event. What is encoded as JSON holds
// no name, number or picture: whoever may see those asks the API.
type Notice struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"` // of the event, the same in every try
	Data      any       `json:"data"`      // Attempt, Batch, Day, Disabled or nothing
	To        Recipient `json:"-"`
}

// Recipient is who is written to, in which language, and what the mail links to.
type Recipient struct {
	Address  string
	Language rules.Lang
	Link     string
	Letter   *Letter        // the tenant's own words
	Pictures map[int][]byte // JPEGs of findings, by their index
}

// Attempt is the data of an event about an attempt.
type Attempt struct {
	SubmissionID string      `json:"submission_id"`
	AttemptID    string      `json:"attempt_id"`
	Attempt      int         `json:"attempt"`
	SubjectRef   string      `json:"subject_ref"`
	ExternalID   string      `json:"external_id,omitempty"`
	Outcome      review.Kind `json:"outcome,omitempty"`
	EligibleAt   time.Time   `json:"eligible_at,omitzero"`
	HoldAt       time.Time   `json:"hold_at,omitzero"`
	Deadline     time.Time   `json:"deadline,omitzero"` // the earlier of the hold and the registry's time-out
	Primary      *Reason     `json:"primary_reason,omitempty"`
	Reasons      []Reason    `json:"reasons"`
	Findings     []Item      `json:"findings"`
	// Steps are the least that would make the attempt pass; only for mails.
	Steps []rules.Text `json:"-"`
}

// Batch is the data of batch.finished.
type Batch struct {
	BatchID   string                `json:"batch_id"`
	Rows      int                   `json:"rows"`
	Approved  int                   `json:"approved"`
	Rejected  int                   `json:"rejected"`
	Manual    int                   `json:"manual_review"`
	Deferred  int                   `json:"deferred"`
	Withdrawn int                   `json:"withdrawn"`
	Faulty    int                   `json:"not_taken"`
	Reasons   map[review.Reason]int `json:"reasons"` // primary ones of the refusals
}

// DayData is the data of digest.day.
type DayData struct {
	Date    string                `json:"date"`
	Counts  map[review.Kind]int   `json:"outcomes"`
	Reasons map[review.Reason]int `json:"reasons"`
}

// Disabled is the data of endpoint.disabled.
type Disabled struct {
	EndpointID string              `json:"endpoint_id"`
	Kind       review.EndpointKind `json:"kind"`
	Name       string              `json:"name,omitempty"`
	Cause      string              `json:"cause"`
	Since      time.Time           `json:"failing_since,omitzero"`
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

// Item is one finding; its values, masked, only go into mails.
type Item struct {
	Check    review.CheckID  `json:"check"`
	Detail   review.Detail   `json:"detail"`
	Reason   review.Reason   `json:"reason,omitempty"`
	Severity review.Severity `json:"severity"`
	Field    review.Field    `json:"field,omitempty"`
	Texts    Texts           `json:"texts"`
	Declared string          `json:"-"`
	Read     string          `json:"-"`
}

// Catalogue gives the texts; *rules.Set is one.
type Catalogue interface {
	Render(f review.Finding, l rules.Lang) rules.Message
	RenderReason(r review.Reason, l rules.Lang) rules.Message
}

var languages = []rules.Lang{rules.Chinese, rules.English}

// NewNotice makes the notice of a delivery from what it is about.
func NewNotice(d review.Delivery, s Subject, c Catalogue) Notice {
	n := Notice{Type: d.Event, Timestamp: d.CreatedAt.UTC()}
	switch d.Event {
	case review.EventBatch:
		n.Data = newBatch(s.Batch)
	case review.EventDay:
		n.Data = DayData(s.Day)
	case review.EventDisabled:
		n.Data = Disabled{s.About.ID, s.About.Kind, s.About.Name, s.About.DisabledCause, s.About.FailingSince}
	case review.EventTest:
		n.Data = struct{}{}
	default:
		n.Data = newAttempt(d, s.Submission, c)
	}
	return n
}

func newBatch(b review.Batch) Batch {
	c := b.Counts
	reasons := c.Reasons
	if reasons == nil {
		reasons = map[review.Reason]int{}
	}
	return Batch{b.ID, c.Rows, c.Approved, c.Rejected, c.Manual, c.Waiting, c.Withdrawn, c.Faulty, reasons}
}

func newAttempt(d review.Delivery, s review.Submission, c Catalogue) Attempt {
	a := attempt(s, d.AttemptID)
	data := Attempt{
		SubmissionID: s.ID, AttemptID: d.AttemptID, Attempt: a.Number, SubjectRef: s.SubjectRef, ExternalID: s.ExternalID,
		HoldAt: s.HoldAt, Deadline: s.Deadline(), Reasons: []Reason{}, Findings: []Item{},
	}
	if d.Event == review.EventReviewed || d.Event == review.EventDeadlineNear {
		a.Outcome = a.Final()
	}
	if a.Outcome == nil {
		return data
	}
	data.Outcome, data.EligibleAt = a.Outcome.Kind, a.Outcome.EligibleAt
	for _, r := range a.Outcome.Reasons {
		data.Reasons = append(data.Reasons, Reason{r, texts(func(l rules.Lang) rules.Message { return c.RenderReason(r, l) })})
	}
	if len(data.Reasons) > 0 {
		data.Primary = &data.Reasons[0]
	}
	for _, f := range a.Outcome.Findings {
		data.Findings = append(data.Findings, item(f, c))
	}
	data.Steps = steps(*a.Outcome)
	return data
}

// harmless are the fields whose values identify nobody.
var harmless = []review.Field{review.FieldIssueDate, review.FieldExpiryDate, review.FieldHolderType, review.FieldCredentialType, review.FieldCountry}

func item(f review.Finding, c Catalogue) Item {
	declared, read := f.Declared, f.Read
	if !slices.Contains(harmless, f.Field) {
		declared, read = text.Mask(declared), text.Mask(read)
	}
	return Item{
		Check: f.Check, Detail: f.Detail, Reason: f.Reason, Severity: f.Severity, Field: f.Field, Declared: declared, Read: read,
		Texts: texts(func(l rules.Lang) rules.Message { return c.Render(f, l) }),
	}
}

// steps say the least that would pass. What only the registrant can settle is the
// finding's own remedy, which is told with it.
func steps(o review.Outcome) []rules.Text {
	var list []rules.Text
	for _, step := range mend.Steps(o) {
		if step.Text.ZH != "" {
			list = append(list, step.Text)
		}
	}
	return list
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

// address adds who is told, how: the registrant of the delivery's attempt, unless
// the endpoint names an address of its own. Chinese is the language unless English
// was asked for.
func (s *Service) address(ctx context.Context, n Notice, subject Subject, d review.Delivery) (Notice, error) {
	declared := attempt(subject.Submission, d.AttemptID).Declared
	n.To = Recipient{Address: declared.Email, Language: rules.Chinese, Link: link(d.Endpoint.Link, subject.Submission)}
	if d.Endpoint.Kind == review.Email && d.Endpoint.Target != "" {
		n.To.Address = d.Endpoint.Target
	}
	if l := firstOf(d.Endpoint.Language, declared.Language); rules.Lang(l) == rules.English {
		n.To.Language = rules.English
	}
	if d.Endpoint.Kind != review.Email || subject.Submission.ID == "" {
		return n, nil
	}
	n.To.Pictures = s.pictures(ctx, n, d)
	letter, err := s.Store.Letter(ctx, d.Tenant, string(n.To.Language))
	if errors.Is(err, review.ErrNotFound) {
		return n, nil
	}
	if err != nil {
		return n, fmt.Errorf("load letter: %w", err)
	}
	n.To.Letter = &letter
	return n, nil
}

// pictures are for the registrant's own mail. They help and are never needed.
func (s *Service) pictures(ctx context.Context, n Notice, d review.Delivery) map[int][]byte {
	a, ok := n.Data.(Attempt)
	if !ok || a.Outcome == "" || d.Endpoint.Target != "" {
		return nil
	}
	pictures, err := s.Store.Pictures(ctx, d.AttemptID, a.Outcome)
	if err != nil {
		s.Log.Warn().Err(err).Str("delivery", d.ID).Msg("the mail goes out without its pictures")
		return nil
	}
	return pictures
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// link fills the places of an endpoint's link.
func link(form string, s review.Submission) string {
	return strings.NewReplacer("{submission_id}", url.QueryEscape(s.ID), "{subject_ref}", url.QueryEscape(s.SubjectRef),
		"{external_id}", url.QueryEscape(s.ExternalID)).Replace(form)
}
