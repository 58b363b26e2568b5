package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gofrs/uuid/v5"

	"realname/internal/desk"
	"realname/internal/review"
)

// queueShown is how much of the queue a page shows: nobody works from its end.
const queueShown = 100

type queueBody struct {
	Rows   []desk.QueueRow
	Second bool // the setting
}

func (c *Console) getQueue(w http.ResponseWriter, r *request) (err error) {
	var b queueBody
	if b.Rows, err = c.Desk.Queue(r.Context(), r.Tenant, queueShown); err != nil {
		return err
	}
	if b.Second, err = c.Desk.SecondPerson(r.Context(), r.Tenant); err != nil {
		return err
	}
	return c.show(w, r, http.StatusOK, "queue", "review", b)
}

// next leads to the most urgent attempt that waits for a person, or to the queue
// when there is none, with a word about what was just done.
func (c *Console) next(w http.ResponseWriter, r *request, notice string) error {
	id, err := c.Desk.TakeNext(r.Context(), r.Session)
	if errors.Is(err, review.ErrNotFound) {
		if notice == "" {
			notice = "queue_empty"
		}
		return c.done(w, r, "/console/review", notice)
	}
	if err != nil {
		return err
	}
	to := "/console/review/" + id
	if notice != "" {
		return c.done(w, r, to, notice)
	}
	http.Redirect(w, r.Request, to, http.StatusSeeOther)
	return nil
}

func (c *Console) postNext(w http.ResponseWriter, r *request) error { return c.next(w, r, "") }

func (c *Console) postTake(w http.ResponseWriter, r *request) error {
	if err := c.Desk.Take(r.Context(), r.Session, r.PathValue("id")); err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/console/review/"+r.PathValue("id"), http.StatusSeeOther)
	return nil
}

func (c *Console) postRelease(w http.ResponseWriter, r *request) error {
	if err := c.Desk.GiveBack(r.Context(), r.Session, r.PathValue("id")); err != nil {
		return err
	}
	return c.done(w, r, "/console/review", "done_released")
}

// reviewBody is one attempt before the person who took it.
type reviewBody struct {
	Submission review.Submission
	Attempt    attemptView
	Before     int // attempts before this one
	Desk       desk.Desk
	Reasons    []reasonChoice
	Fault      string
}

type reasonChoice struct {
	Code    review.Reason
	Checked bool
}

func (c *Console) getReview(w http.ResponseWriter, r *request) error {
	return c.showReview(w, r, http.StatusOK, "")
}

func (c *Console) showReview(w http.ResponseWriter, r *request, status int, fault string) error {
	d, err := c.Desk.Taken(r.Context(), r.Session, r.PathValue("id"))
	if err != nil {
		return err
	}
	sub, err := c.Cases.Submission(r.Context(), r.Tenant, d.SubmissionID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(sub.Attempts, func(a review.Attempt) bool { return a.ID == d.AttemptID })
	if i < 0 || sub.Attempts[i].Outcome == nil {
		return review.ErrNotFound
	}
	b := reviewBody{Submission: sub, Attempt: c.viewAttempt(sub.Attempts[i], r.prefs.Lang, true), Before: i, Desk: d, Fault: fault}
	proposed := sub.Attempts[i].Outcome.Reasons
	if d.Proposal != nil {
		proposed = d.Proposal.Reasons
	}
	for _, code := range proposed { // first what is likely
		b.Reasons = append(b.Reasons, reasonChoice{code, true})
	}
	for _, code := range c.reasons() {
		if !slices.Contains(proposed, code) {
			b.Reasons = append(b.Reasons, reasonChoice{code, false})
		}
	}
	return c.show(w, r, status, "review", "review", b)
}

// postDecide writes a decision and leads to the next attempt.
func (c *Console) postDecide(w http.ResponseWriter, r *request) error {
	d := desk.Decision{ID: uuid.Must(uuid.NewV7()).String(), AttemptID: r.PathValue("id"), // fails only without a source of randomness
		Verdict: review.Ruling(r.PostFormValue("verdict")), Note: strings.TrimSpace(r.PostFormValue("note"))}
	if d.Verdict != review.Approve {
		for _, code := range r.PostForm["reason"] {
			d.Reasons = append(d.Reasons, review.Reason(code))
		}
	}
	switch err := d.Check(c.reasons()); {
	case errors.Is(err, desk.ErrNoReason):
		return c.showReview(w, r, http.StatusUnprocessableEntity, "decide_no_reason")
	case errors.Is(err, desk.ErrNote):
		return c.showReview(w, r, http.StatusUnprocessableEntity, "decide_long_note")
	case err != nil:
		return c.showReview(w, r, http.StatusUnprocessableEntity, "decide_no_verdict")
	}
	final, err := c.Desk.Decide(r.Context(), r.Session, d)
	if err != nil {
		return err
	}
	if !final {
		return c.next(w, r, "done_proposed")
	}
	return c.next(w, r, "done_"+string(d.Verdict))
}

// postReveal lets a person see a submission whole, once they have said what for.
func (c *Console) postReveal(w http.ResponseWriter, r *request) error {
	id, purpose := r.PathValue("id"), r.PostFormValue("purpose")
	if !slices.Contains(desk.Purposes, purpose) {
		return review.ErrNotFound
	}
	if err := c.Desk.Reveal(r.Context(), r.Session, id, purpose); err != nil {
		return err
	}
	http.Redirect(w, r.Request, "/console/submissions/"+id, http.StatusSeeOther)
	return nil
}

// postSettings sets how a tenant works.
func (c *Console) postSettings(w http.ResponseWriter, r *request) error {
	if err := c.Desk.SetSecondPerson(r.Context(), r.Session, r.PostFormValue("second_person") == "on"); err != nil {
		return err
	}
	return c.done(w, r, "/console/review", "done_saved")
}
