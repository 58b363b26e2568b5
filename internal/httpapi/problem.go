package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"realname/internal/rules"
)

// problemKind is one row of the table of everything a client can be told.
type problemKind struct {
	code   string
	status int
	title  rules.Text
	detail rules.Text // may hold one %s: the value at fault or the limit
	remedy rules.Text
}

// problem is a kind with the value at fault. It is an error so that handlers
// can return it.
type problem struct {
	problemKind
	value      string
	retryAfter int // seconds
}

func (p problem) Error() string { return p.code + ": " + p.value }

// with names the value at fault or the limit.
func (k problemKind) with(format string, args ...any) problem {
	return problem{problemKind: k, value: fmt.Sprintf(format, args...)}
}

func (k problemKind) plain() problem { return problem{problemKind: k} }

// problemBody is the answer by RFC 9457 with our members beside it.
type problemBody struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	Remedy    string `json:"remedy"`
	RequestID string `json:"request_id"`
}

// write answers with the problem in the request's language.
func (p problem) write(w http.ResponseWriter, r *http.Request) {
	l := language(r)
	detail := p.detail.In(l)
	if strings.Contains(detail, "%s") {
		detail = fmt.Sprintf(detail, p.value)
	}
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", string(l))
	h.Add("Vary", "Accept-Language")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	w.WriteHeader(p.status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(problemBody{ // the client may be gone
		Type: "about:blank", Title: p.title.In(l), Status: p.status, Detail: detail,
		Code: p.code, Remedy: p.remedy.In(l), RequestID: requestID(r.Context()),
	})
}

// language picks the first language of Accept-Language that we have; Chinese
// when none is named, since most registrants read it.
func language(r *http.Request) rules.Lang {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch {
		case strings.HasPrefix(strings.ToLower(tag), "zh"):
			return rules.Chinese
		case strings.HasPrefix(strings.ToLower(tag), "en"):
			return rules.English
		}
	}
	return rules.Chinese
}
