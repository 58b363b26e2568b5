package register

import (
	"strings"

	"realname/internal/review"
	"realname/internal/text"
)

// Organisation is one entry of a register.
type Organisation struct {
	Code        string
	Name        string
	Former      []string
	Status      string // as the register says it
	Established review.Date
	Registered  review.Date
	Authority   string // where it is registered
}

// ended are words of a status that say that there is no such organisation any more.
var ended = []string{"吊销", "注销", "撤销", "revoked", "cancelled", "canceled", "dissolved"}

// Ended reports whether a status says that the organisation is gone.
func Ended(status string) bool {
	status = strings.ToLower(status)
	for _, w := range ended {
		if strings.Contains(status, w) && !strings.Contains(status, "未"+w) {
			return true
		}
	}
	return false
}

// Same reports whether two spellings are one name.
func Same(a, b string) bool { return text.FoldName(a) == text.FoldName(b) }

// Found is a name that was found, with its organisation.
type Found struct {
	Code   string
	Name   string
	Former bool // the organisation is called otherwise now
	Status string
}
