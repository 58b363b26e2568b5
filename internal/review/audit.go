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

// AuditHead is where a tenant's audit trail ends: how many entries there are, and the
// number and the hash of the last, which holds the hashes of all before it.
type AuditHead struct {
	Tenant  string `json:"tenant"`
	Entries int64  `json:"entries"`
	Last    int64  `json:"last"`
	Hash    string `json:"hash"` // hexadecimal
}
