package reader

import (
	"slices"
	"testing"
)

// Rule: what every licence prints of itself is no watermark; people write it, too.
func TestAWordOfTheDocumentsOwnIsNoWatermark(t *testing.T) {
	for text, want := range map[string][]string{
		"登记机关": nil, "登记状态存续": nil, "仅供域名登记": {"仅供", "登记"}, "他用无效": {"他用", "无效"}, "样本市示例": nil,
	} {
		if got := overlayIn(text); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
