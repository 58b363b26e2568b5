package app

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rs/zerolog"
)

// Rule: what looks like somebody's identity does not reach the log, in a message,
// a field or an error; ids, hashes, times and addresses of servers do.
func TestNoIdentityReachesTheLog(t *testing.T) {
	var out bytes.Buffer
	log := zerolog.New(redactor{&out}).With().Timestamp().Logger()
	for _, secret := range []string{"样本甲", "11010519491231002X", "110105194912310021", "91350100M000100Y43", "13800138000", "canary@example.com"} {
		out.Reset()
		log.Error().Err(errors.New("read \""+secret+"\": no")).Str("field", secret).Msg("about " + secret)
		if line := out.String(); strings.Contains(line, secret) || strings.Count(line, "[redacted]") != 3 || !strings.HasSuffix(line, "}\n") {
			t.Errorf("%q: %s", secret, line)
		}
	}
	for _, kept := range []string{
		"01a20d5e-65dd-7630-b990-459921222324", "2026-11-24T11:43:46.123456789Z", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"10.0.0.1:4222", "2147483648", "1764000000000", "attempt.decided",
	} {
		out.Reset()
		log.Info().Str("field", kept).Msg("m")
		if !strings.Contains(out.String(), kept) {
			t.Errorf("%q was taken out: %s", kept, out.String())
		}
	}
}
