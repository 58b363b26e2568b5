package httpapi_test

import (
	"net/http"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"realname/internal/telemetry"
)

// Rule: what strangers send never becomes a label, each of which is kept in memory
// for ever: not the words that they use as methods, nor the addresses they ask for.
func TestStrangersMakeNoLabels(t *testing.T) {
	s := newService(t)
	for _, method := range []string{"GET", "STRANGE"} {
		s.knock(method, "/nothing/like/this")
	}
	before := series(telemetry.Requests) + series(telemetry.RequestDuration)
	for _, word := range []string{"ONE", "TWO", "THREE"} {
		s.knock(word, "/nothing/like/this")
		s.knock("GET", "/"+word)
	}
	if after := series(telemetry.Requests) + series(telemetry.RequestDuration); after != before {
		t.Errorf("%d series became %d", before, after)
	}
}

// series counts what a metric keeps.
func series(c prometheus.Collector) int {
	kept := make(chan prometheus.Metric, 10_000)
	c.Collect(kept)
	return len(kept)
}

// knock asks as a stranger.
func (s *service) knock(method, path string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, nil)
	s.must(err)
	resp, err := http.DefaultClient.Do(req)
	s.must(err)
	s.must(resp.Body.Close())
}
