package register

import (
	"slices"
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

// ended are the whole words of a status that say that there is no such organisation
// any more. A status that only holds one, such as 正在注销 or 撤销注销, says it of
// nobody: a wrong "revoked" would cost a domain.
var ended = []string{"吊销", "注销", "撤销", "revoked", "cancelled", "canceled", "dissolved"}

// alive are the whole words of a status that say that the organisation is there.
var alive = []string{"", "存续", "在营", "开业", "在册", "在业", "正常", "迁入", "登记成立", "成立", "active", "registered", "existing", "live"}

// Alive reports whether a status says that the organisation is there, or nothing at
// all. What is neither alive nor ended speaks neither for nor against anybody: there are
// more words for the end (吊销已注销, struck off) than a list can hold.
func Alive(status string) bool { return slices.Contains(alive, firstWord(status)) }

// Ended reports whether a status says that the organisation is gone: by its first
// word, before a comma or a bracket, as in 吊销，未注销.
func Ended(status string) bool {
	return slices.Contains(ended, firstWord(status))
}

// firstWord is a status without what follows its first comma or bracket.
func firstWord(status string) string {
	first, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(separators.Replace(status))), ",")
	return strings.TrimPrefix(strings.TrimSpace(first), "已")
}

var separators = strings.NewReplacer("，", ",", "、", ",", ";", ",", "；", ",", "（", ",", "(", ",", "吊销未注销", "吊销")

// Same reports whether two spellings are one name.
func Same(a, b string) bool { return text.FoldName(a) == text.FoldName(b) }

// Found is a name that was found, with its organisation.
type Found struct {
	Code   string
	Name   string
	Former bool // the organisation is called otherwise now
	Status string
}
