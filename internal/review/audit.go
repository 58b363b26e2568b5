package review

import "time"

// AuditEntry is one deed of a person or a program at a tenant, as it was written
// with the deed. Detail never holds identity data.
type AuditEntry struct {
	ID      int64             `json:"id"`
	At      time.Time         `json:"at"`
	Actor   string            `json:"actor"` // id of an API key, or an operator's account
	Action  string            `json:"action"`
	Subject string            `json:"subject"` // id of what it was done to
	Detail  map[string]string `json:"detail,omitempty"`
}
