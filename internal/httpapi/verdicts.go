package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"realname/internal/rules"
	"realname/internal/verdict"
)

// Verdicts is what the registry said of what we decided.
type Verdicts interface {
	verdict.Keeper
	UnreadWords(ctx context.Context, tenant string, limit int) ([]verdict.Unread, error)
	VerdictCases(ctx context.Context, tenant string, limit int) ([]verdict.Case, error)
}

// Bounds of one request.
const (
	verdictBytes = 2 << 20
	verdictLines = 5000
)

// postVerdicts takes the registry's real answers; of a body with a line that cannot
// be read it takes none.
func (s *Server) postVerdicts(w http.ResponseWriter, r *http.Request, tenant string) error {
	list, err := s.readVerdicts(w, r)
	if err != nil {
		return err
	}
	taken, err := verdict.Take(r.Context(), s.Verdicts, s.Patterns, tenant, list)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, taken)
}

func (s *Server) readVerdicts(w http.ResponseWriter, r *http.Request) ([]verdict.Answer, error) {
	read := verdict.ReadJSON
	switch kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case err == nil && kind == "text/csv":
		read = verdict.ReadCSV
	case err != nil || kind != "application/x-ndjson" && kind != "application/jsonl" && kind != "application/json":
		return nil, notLines.plain()
	}
	body := &steady{ReadCloser: r.Body, control: http.NewResponseController(w), patience: s.Limits.Progress}
	data, err := io.ReadAll(io.LimitReader(body, verdictBytes+1))
	if err != nil {
		return nil, bodyTorn.with("%v", err)
	}
	if len(data) > verdictBytes {
		return nil, linesLarge.with("%d", verdictBytes)
	}
	list, err := read(bytes.NewReader(data), verdictLines, time.Now())
	var fault verdict.Fault
	if errors.As(err, &fault) {
		return nil, lineInvalid(fault)
	}
	if len(list.Refused) > 0 {
		return nil, lineInvalid(list.Refused[0])
	}
	return list.Answers, err
}

// lineInvalid names the line and what is wrong with it.
func lineInvalid(f verdict.Fault) error {
	p := lineBroken.with("%d", f.Line)
	p.detail = rules.Text{ZH: "第 %s 行：" + f.Why.ZH + "。", EN: "Line %s: " + f.Why.EN + "."}
	return p
}

// getUnread lists texts that nobody has taught us yet.
func (s *Server) getUnread(w http.ResponseWriter, r *http.Request, tenant string) error {
	list, err := s.Verdicts.UnreadWords(r.Context(), tenant, verdict.MostUnread)
	if err != nil {
		return err
	}
	if list == nil {
		list = []verdict.Unread{}
	}
	return writeJSON(w, http.StatusOK, map[string]any{"texts": list})
}

// getAgreement compares our outcomes with the registry's, check by check.
func (s *Server) getAgreement(w http.ResponseWriter, r *http.Request, tenant string) error {
	cases, err := s.Verdicts.VerdictCases(r.Context(), tenant, verdict.MostCases)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, verdict.Compare(cases))
}
