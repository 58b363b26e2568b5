package httpapi

import (
	"errors"
	"net/http"
	"strconv"

	"realname/internal/review"
)

// The events of one page.
const (
	eventsPage = 100
	maxEvents  = 1000
)

// getEvents lists what happened after a cursor, in order. Asking again with the
// last cursor acknowledges what came before it: nothing is skipped, and nothing
// is shown twice to a client that keeps its cursor with its own work.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request, tenant string) error {
	limit := eventsPage
	if text := r.URL.Query().Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxEvents {
			return fieldInvalid.with("limit: 1–%d", maxEvents)
		}
		limit = n
	}
	after := r.URL.Query().Get("after")
	list, err := s.Events.Events(r.Context(), tenant, after, limit)
	if errors.Is(err, review.ErrNotFound) {
		return cursorUnknown.plain()
	}
	if err != nil {
		return err
	}
	next := after
	if n := len(list); n > 0 {
		next = list[n-1].Cursor
	} else {
		list = []review.Event{}
	}
	return writeJSON(w, http.StatusOK, struct {
		Events []review.Event `json:"events"`
		Next   string         `json:"next"` // what to send as after
	}{list, next})
}
