package notify

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	"realname/internal/review"
	"realname/internal/rules"
)

// Letter is a tenant's own words for the mails to its registrants: two text
// templates over a Page. What they say is put into the frame of our mails.
type Letter struct {
	Subject string
	Body    string
}

const (
	maxLetter  = 32 << 10 // bytes of a template and of what it writes
	maxSubject = 998      // bytes of a header line
)

// The functions that a letter may call: none of them can loop or grow.
var letterFuncs = []string{"and", "or", "not", "eq", "ne", "len", "index"}

// write renders the letter of a page and keeps it there for the HTML frame. An error
// says what cannot be rendered or sent, or what the registrant must be told and is not.
func (l Letter) write(p *Page, text *strings.Builder) error {
	subject, err := render("subject", l.Subject, *p)
	if err != nil {
		return err
	}
	body, err := render("body", l.Body, *p)
	if err != nil {
		return err
	}
	if subject = strings.TrimSpace(subject); subject == "" || len(subject) > maxSubject || strings.ContainsAny(subject, "\r\n") {
		return fmt.Errorf("subject: must be one line of 1 to %d bytes for %s", maxSubject, p.Outcome)
	}
	body = tidy(body)
	if err := complete(*p, body); err != nil {
		return err
	}
	p.Subject = subject
	p.Own = strings.Split(strings.TrimSpace(body), "\n\n")
	text.WriteString(body)
	fmt.Fprintf(text, "\n%s\n%s\n", p.Reference, p.Words.Automatic)
	return nil
}

// render runs one template of a tenant, bounded.
func render(name, form string, p Page) (string, error) {
	t, err := parseLetter(name, form)
	if err != nil {
		return "", err
	}
	w := &bounded{left: maxLetter}
	if err := t.Execute(w, p); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return w.String(), nil
}

func parseLetter(name, form string) (*template.Template, error) {
	if len(form) > maxLetter {
		return nil, fmt.Errorf("%s: longer than %d bytes", name, maxLetter)
	}
	t, err := template.New(name).Option("missingkey=error").Parse(form)
	if err != nil {
		return nil, err // it names template and line
	}
	if len(t.Templates()) > 1 {
		return nil, fmt.Errorf("%s: define and block cannot be used", name)
	}
	if t.Tree == nil {
		return nil, fmt.Errorf("%s: is empty", name)
	}
	return t, check(t.Root, false)
}

var errForbidden = errors.New("only {{.Field}}, {{if}}, {{with}}, {{range .List}} and the functions " + strings.Join(letterFuncs, ", ") + " can be used")

// check walks a template and refuses what could run for long: loops over anything
// but the page's lists, loops within loops, calls of templates, and functions that
// format. So it takes no longer than its length times that of the longest list.
func check(n parse.Node, looping bool) error {
	switch n := n.(type) {
	case nil, *parse.TextNode, *parse.CommentNode, *parse.DotNode, *parse.FieldNode, *parse.VariableNode, *parse.StringNode, *parse.NumberNode, *parse.BoolNode, *parse.NilNode,
		*parse.BreakNode, *parse.ContinueNode:
		return nil
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		return checkAll(n.Nodes, looping)
	case *parse.ActionNode:
		return check(n.Pipe, looping)
	case *parse.IfNode:
		return errors.Join(check(n.Pipe, looping), check(n.List, looping), check(n.ElseList, looping))
	case *parse.WithNode:
		return errors.Join(check(n.Pipe, looping), check(n.List, looping), check(n.ElseList, looping))
	case *parse.RangeNode:
		if looping {
			return fmt.Errorf("range %s within another range: %w", n.Pipe, errForbidden)
		}
		return errors.Join(checkRange(n.Pipe), check(n.List, true), check(n.ElseList, looping))
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			if err := checkAll(c.Args, looping); err != nil {
				return err
			}
		}
		return nil
	case *parse.IdentifierNode:
		if slices.Contains(letterFuncs, n.Ident) {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", n, errForbidden)
}

func checkAll(nodes []parse.Node, looping bool) error {
	for _, n := range nodes {
		if err := check(n, looping); err != nil {
			return err
		}
	}
	return nil
}

// checkRange lets a loop go over a field only: a number would be a loop without end.
func checkRange(p *parse.PipeNode) error {
	if len(p.Cmds) == 1 && len(p.Cmds[0].Args) == 1 {
		switch p.Cmds[0].Args[0].(type) {
		case *parse.FieldNode, *parse.DotNode:
			return nil
		}
	}
	return fmt.Errorf("range %s: %w", p, errForbidden)
}

// bounded stops a template that writes too much.
type bounded struct {
	strings.Builder
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, fmt.Errorf("it writes more than %d bytes: %w", maxLetter, io.ErrShortWrite)
	}
	return b.Builder.Write(p)
}

// CheckLetter says why a letter cannot be used. It is tried on a sample of
// everything that a registrant can be told: a refusal must name every remedy, and
// what has a date must tell it, or people come back refused again.
func CheckLetter(language rules.Lang, l Letter, c Catalogue) error {
	for _, n := range samples(language, c) {
		p := newPage(n)
		if p.Outcome == "" {
			continue
		}
		if err := l.write(&p, &strings.Builder{}); err != nil {
			return err
		}
	}
	return nil
}

// complete finds in a text all that its page's registrant must be told.
func complete(p Page, text string) error {
	need := []string{}
	for _, m := range p.Must {
		need = append(need, m.Remedy)
	}
	if p.Outcome == string(review.Deferred) {
		need = append(need, p.Eligible)
	}
	need = append(need, p.Deadline)
	for _, s := range need {
		if !strings.Contains(text, s) {
			return fmt.Errorf("body: for %s it must say: %s", p.Outcome, s)
		}
	}
	return nil
}

// samples are notices of every kind, of nobody.
func samples(language rules.Lang, c Catalogue) []Notice {
	at := time.Date(2026, 3, 10, 8, 0, 0, 0, review.Shanghai)
	sub := review.Submission{ID: "00000000-0000-7000-8000-000000000000", SubjectRef: "example.cn", HoldAt: at.AddDate(0, 0, 2), Attempts: []review.Attempt{{ID: "a", Number: 1}}}
	fails := []review.Finding{
		{Check: "NUM-05", Detail: "number_check_digit", Severity: review.Fail, Reason: review.CredentialTypeOrNumberInvalid, Field: review.FieldNumber, Declared: "91110000SPECIMEN01", Read: "91110000SPECIMEN02"},
		{Check: "CLR-01", Detail: "blurred", Severity: review.Fail, Reason: review.MaterialUnclear, Evidence: review.Evidence{Role: review.Licence, Measured: "1", Limit: "2"}},
	}
	more := slices.Concat(fails, []review.Finding{
		{Check: "CLR-02", Detail: "glare", Severity: review.Fail, Reason: review.MaterialUnclear, Evidence: review.Evidence{Role: review.Licence}},
		{Check: "CLR-09", Detail: "not_colour", Severity: review.Fail, Reason: review.MaterialUnclear, Evidence: review.Evidence{Role: review.Licence}},
	})
	hold := []review.Finding{{Check: "AGE-01", Detail: "too_new", Severity: review.Hold, Reason: review.ElectronicVerificationFailed,
		EligibleAt: at.Format(time.RFC3339), Params: rules.Default().Example("too_new").Params}}
	var list []Notice
	for _, x := range []struct {
		event   string
		outcome review.Outcome
	}{
		{review.EventDecided, review.Outcome{Kind: review.Approved}},
		{review.EventDecided, review.Decide(fails, nil, "")},
		{review.EventDecided, review.Decide(fails[1:], nil, "")},
		{review.EventDecided, review.Decide(more, nil, "")},
		{review.EventDecided, review.Outcome{Kind: review.ManualReview}},
		{review.EventDeferred, review.Decide(hold, nil, "")},
		{review.EventEligible, review.Decide(hold, nil, "")},
		{review.EventDeadlineNear, review.Decide(fails, nil, "")},
		{review.EventManual, review.Outcome{Kind: review.ManualReview}},
	} {
		sub.Attempts[0].Outcome = &x.outcome
		n := NewNotice(review.Delivery{Event: x.event, AttemptID: "a", CreatedAt: at}, Subject{Submission: sub}, c)
		n.To = Recipient{Language: language, Link: "https://registrar.example/resubmit"}
		list = append(list, n)
	}
	return list
}
