package telemetry

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

var (
	metric = regexp.MustCompile(`realname_[a-z_]+`)
	name   = regexp.MustCompile(`fqName: "(realname_[a-z_]+)"`)
	labels = regexp.MustCompile(`variableLabels: \{([a-z_,]*)\}`)
)

// described lists the metrics of this package with their labels.
func described(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, c := range collectors {
		descs := make(chan *prometheus.Desc, 8)
		c.Describe(descs)
		close(descs)
		for d := range descs {
			n, l := name.FindStringSubmatch(d.String()), labels.FindStringSubmatch(d.String())
			if n == nil || l == nil {
				t.Fatalf("cannot read %s", d)
			}
			all[n[1]] = strings.Split(l[1], ",")
		}
	}
	return all
}

// A panel or an alert over a metric that is not there shows nothing for ever.
func TestDashboardAndAlertsNameMetricsThatExist(t *testing.T) {
	known := described(t)
	for _, file := range []string{"dashboard.json", "alerts.yaml"} {
		text, err := os.ReadFile("../../deploy/observe/" + file)
		if err != nil {
			t.Fatal(err)
		}
		found := metric.FindAllString(string(text), -1)
		if len(found) == 0 {
			t.Errorf("%s names no metric", file)
		}
		for _, m := range found {
			base := m
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				base = strings.TrimSuffix(base, suffix)
			}
			if known[m] == nil && known[base] == nil {
				t.Errorf("%s names %s, which does not exist", file, m)
			}
		}
	}
}

// What is measured is shown.
func TestTheDashboardShowsEveryMetric(t *testing.T) {
	text, err := os.ReadFile("../../deploy/observe/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	alerts, err := os.ReadFile("../../deploy/observe/alerts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for m := range described(t) {
		if !strings.Contains(string(text)+string(alerts), m) {
			t.Errorf("%s is neither on the dashboard nor in an alert", m)
		}
	}
}

// A label has few values, and none of them is a person's, a tenant's or an id.
func TestLabelsHoldNoIdentity(t *testing.T) {
	allowed := []string{"", "route", "method", "status", "stage", "class", "outcome", "reason", "cause", "result", "state", "duty", "stream", "channel"}
	for m, list := range described(t) {
		for _, l := range list {
			if !slices.Contains(allowed, l) {
				t.Errorf("%s has the label %q: enter it here once, with a thought", m, l)
			}
		}
	}
}

// Names follow the conventions of Prometheus: base units, counters end in _total.
func TestMetricNamesFollowTheConventions(t *testing.T) {
	for m := range described(t) {
		if strings.HasSuffix(m, "_ms") || strings.Contains(m, "milli") {
			t.Errorf("%s is not in a base unit", m)
		}
	}
	for _, c := range collectors {
		_, isCounter := c.(*prometheus.CounterVec)
		descs := make(chan *prometheus.Desc, 8)
		c.Describe(descs)
		close(descs)
		for d := range descs {
			if n := name.FindStringSubmatch(d.String())[1]; isCounter != strings.HasSuffix(n, "_total") {
				t.Errorf("%s: a counter ends in _total, and nothing else does", n)
			}
		}
	}
}
