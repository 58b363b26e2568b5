package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ohler55/ojg/jp"

	"realname/internal/review"
)

// understanding finds an answer in JSON.
type understanding struct {
	ok, result, field, reference, since, again jp.Expr
	fine                                       []string
	words                                      map[string]review.AuthorityResult
	fields                                     map[string]review.Field
}

var (
	results = []review.AuthorityResult{review.AuthorityMatch, review.AuthorityMismatch, review.AuthorityNotFound, review.AuthorityRevoked,
		review.AuthorityUnavailable, review.AuthorityPending}
	fields = []review.Field{review.FieldName, review.FieldNumber, review.FieldIssueDate, review.FieldExpiryDate}
)

// path parses a JSONPath; an empty one is nil.
func path(key, text string, needed bool) (jp.Expr, error) {
	if text == "" && !needed {
		return nil, nil
	}
	x, err := jp.ParseString(text)
	if err != nil || text == "" {
		return nil, fmt.Errorf("%s: %q is no JSON path, such as $.data.result", key, text)
	}
	return x, nil
}

func newUnderstanding(a Answer) (understanding, error) {
	u := understanding{fine: a.OK.Words, words: a.Words, fields: a.Fields}
	var errs []error
	for _, p := range []struct {
		key, text string
		into      *jp.Expr
	}{{"answer.ok.path", a.OK.Path, &u.ok}, {"answer.result", a.Result, &u.result}, {"answer.field", a.Field, &u.field}, {"answer.reference", a.Reference, &u.reference},
		{"answer.since", a.Since, &u.since}, {"answer.ask_again", a.AskAgain, &u.again}} {
		var err error
		*p.into, err = path(p.key, p.text, p.key == "answer.result")
		errs = append(errs, err)
	}
	if len(a.Words) == 0 {
		errs = append(errs, errors.New("answer.words: says of no word what it means"))
	}
	if (a.OK.Path == "") != (len(a.OK.Words) == 0) {
		errs = append(errs, errors.New("answer.ok: want both path and words, or neither"))
	}
	for word, r := range a.Words {
		if word == "" {
			errs = append(errs, errors.New("answer.words: the empty word stands for every answer that lacks the field"))
		}
		errs = append(errs, among("answer.words."+word, r, results))
	}
	for word, f := range a.Fields {
		errs = append(errs, among("answer.fields."+word, f, fields))
	}
	return u, errors.Join(errs...)
}

func among[T ~string](key string, v T, list []T) error {
	for _, x := range list {
		if x == v {
			return nil
		}
	}
	return fmt.Errorf("%s: %q is not one of %v", key, v, list)
}

// read understands one answer. An unknown word is no answer.
func (u understanding) read(doc any, now time.Time) (review.AuthorityAnswer, error) {
	if u.ok != nil && !slices.Contains(u.fine, word(u.ok, doc)) {
		return review.AuthorityAnswer{}, errors.New("the answer says that the question failed")
	}
	r, ok := u.words[word(u.result, doc)]
	if !ok {
		return review.AuthorityAnswer{}, errors.New("the answer holds none of the known words")
	}
	a := review.AuthorityAnswer{Result: r, Reference: clip(word(u.reference, doc)), Field: u.fields[word(u.field, doc)]}
	if d, err := review.ParseDate(word(u.since, doc)); err == nil {
		a.Since = d
	}
	if s, err := strconv.ParseFloat(word(u.again, doc), 64); err == nil && s > 0 {
		a.AskAgain = now.Add(time.Duration(min(s, 30*24*3600) * float64(time.Second)))
	}
	return a, nil
}

// word is what stands at a path, as text; empty when there is nothing.
func word(x jp.Expr, doc any) string {
	if x == nil {
		return ""
	}
	switch v := x.First(doc).(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	default:
		return fmt.Sprint(v)
	}
}

// maxReference bounds what is kept of a source's own id.
const maxReference = 200

func clip(s string) string {
	if r := []rune(s); len(r) > maxReference {
		return string(r[:maxReference])
	}
	return s
}
