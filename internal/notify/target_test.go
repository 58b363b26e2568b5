package notify

import (
	"net/netip"
	"testing"

	"realname/internal/review"
)

func TestTargets(t *testing.T) {
	allow := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	for _, c := range []struct {
		rule, target string
		kind         review.EndpointKind
		ok           bool
	}{
		{"https to a name", "https://receiver.example/hook?x=1", review.Webhook, true},
		{"a robot is reached by https", "https://open.feishu.cn/open-apis/bot/v2/hook/x", review.Feishu, true},
		{"plain http is refused", "http://receiver.example/hook", review.Webhook, false},
		{"http on the operator's own premises", "http://10.1.2.3:8080/hook", review.Webhook, true},
		{"an inner address is refused", "https://10.2.0.1/hook", review.Webhook, false},
		{"the mapped spelling too", "https://[::ffff:127.0.0.1]/hook", review.Webhook, false},
		{"no door but the web's", "https://203.0.113.9.nip.example:22/", review.Webhook, true}, // decided by where the name leads
		{"no door but the web's, by address", "https://8.8.8.8:5432/", review.Webhook, false},
		{"the other door of the web", "https://receiver.example:8443/hook", review.Webhook, true},
		{"no user and password", "https://a:b@receiver.example/", review.Webhook, false},
		{"no other scheme", "file:///etc/passwd", review.Webhook, false},
		{"not empty", "", review.Webhook, false},
		{"the registrant's own address", "", review.Email, true},
		{"an address", "ops@registrar.example", review.Email, true},
		{"one address only", "a@x.example, b@x.example", review.Email, false},
		{"no header in it", "a@x.example\r\nBcc: b@x.example", review.Email, false},
	} {
		if err := CheckTarget(c.kind, c.target, allow); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.rule, err)
		}
	}
}
