package console

import (
	"errors"
	"net/http"

	"realname/internal/review"
)

// postErase has the data of a submission erased, or that of its person: all with a
// credential number of it. It cannot be undone, so the form asks twice.
func (c *Console) postErase(w http.ResponseWriter, r *request) error {
	purpose := r.PostFormValue("purpose")
	if !review.ErasurePurpose(purpose) || r.PostFormValue("sure") != "on" {
		return review.ErrNotFound
	}
	whom := review.Whom{Submission: r.PathValue("id"), Others: r.PostFormValue("others") == "on"}
	_, err := c.Desk.AskErasure(r.Context(), r.Tenant, r.Actor(), purpose, whom)
	if held := (review.HeldError{}); errors.As(err, &held) {
		return c.showSubmission(w, r, http.StatusConflict, &held)
	}
	if err != nil {
		return err
	}
	return c.done(w, r, "/console/submissions/"+whom.Submission, "done_erase")
}
