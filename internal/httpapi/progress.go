package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"time"
)

// The pace of a batch's progress: how often the store is asked, and how long the
// connection may be silent before a sign of life.
const (
	progressPause = time.Second
	progressQuiet = 15 * time.Second
)

// maxFollowers bounds the connections that follow batches at once.
const maxFollowers = 256

// getProgress follows a batch by server-sent events: an event progress at every
// change, and an event end, after which the connection closes.
func (s *Server) getProgress(w http.ResponseWriter, r *http.Request, tenant string) error {
	if s.followers.Add(1) > maxFollowers {
		s.followers.Add(-1)
		p := tooFast.with("progress, %d", maxFollowers)
		p.retryAfter = retryAfter
		return p
	}
	defer s.followers.Add(-1)
	id := r.PathValue("id")
	b, err := s.Batches.Batch(r.Context(), tenant, id)
	if err != nil {
		return err
	}
	stream := &stream{w: w, control: http.NewResponseController(w)}
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	tick := time.NewTicker(progressPause)
	defer tick.Stop()
	for {
		view := viewBatch(b, s.Now())
		if over := ended(view.State); over || stream.tell(view, s.Now()) != nil {
			if over {
				_ = stream.event("end", view) // the client may be gone
			}
			return nil
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-tick.C:
		}
		if b, err = s.Batches.Batch(r.Context(), tenant, id); err != nil {
			s.Log.Warn().Err(err).Msg("progress cannot be told; the client asks again")
			return nil
		}
	}
}

// ended reports whether nothing more happens to a batch by itself.
func ended(state string) bool {
	return state == "done" || state == "partial" || state == "refused" || state == "cancelled"
}

// stream writes server-sent events.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	last    batchView
	at      time.Time
}

// tell writes what has changed, or a comment when the line was silent for long.
func (s *stream) tell(v batchView, now time.Time) error {
	if !reflect.DeepEqual(v, s.last) {
		s.last, s.at = v, now
		return s.event("progress", v)
	}
	if now.Sub(s.at) < progressQuiet {
		return nil
	}
	s.at = now
	return s.write(": still there\n\n")
}

func (s *stream) event(name string, v batchView) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("event: %s\ndata: %s\n\n", name, data))
}

func (s *stream) write(text string) error {
	_ = s.control.SetWriteDeadline(time.Now().Add(progressQuiet)) // a client that does not read is let go
	if _, err := s.w.Write([]byte(text)); err != nil {
		return err
	}
	return s.control.Flush()
}
