package web

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"realname/internal/review"
)

var questions = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "realname_authority_questions_total", Help: "Answers of each source, and whether they came from the cache.",
}, []string{"source", "result", "cached"})

func count(source string, r review.AuthorityResult, cached bool) {
	questions.WithLabelValues(source, string(r), strconv.FormatBool(cached)).Inc()
}
