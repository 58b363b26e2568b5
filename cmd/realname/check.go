package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"realname/internal/app"
	"realname/internal/check"
	"realname/internal/examine"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/text"
)

// checkOptions are the options of realname check.
type checkOptions struct {
	declared                review.Declared
	profiles                []string
	lang, rules             string
	issued, expires, holder string
	asJSON                  bool
	files                   []string
}

func checkFiles(ctx context.Context, args []string) (int, error) {
	o, err := checkFlags(args)
	if err != nil {
		return exitUsage, err
	}
	r, err := app.Rules(app.Config{Rules: app.RulesConfig{File: o.rules}})
	if err != nil {
		return exitUsage, err
	}
	for _, p := range o.profiles {
		if _, ok := r.Set.Profile(p); !ok {
			return exitUsage, fmt.Errorf("--profile: the rule set has no profile %q", p)
		}
	}
	facts, err := examineFiles(ctx, o, r)
	if err != nil {
		return exitOurs, err
	}
	outcomes := r.ReviewUnder(o.profiles, facts)
	if o.asJSON {
		err = printJSON(o.profiles, outcomes)
	} else {
		printOutcomes(o, outcomes, r.Set)
	}
	if err != nil {
		return exitOurs, err
	}
	return exitOf(outcomes), nil
}

// exitOf is the code of the worst outcome.
func exitOf(outcomes []review.Outcome) int {
	code := exitOK
	for _, o := range outcomes {
		switch {
		case o.Kind == review.Rejected:
			return exitRejected
		case o.Kind != review.Approved:
			code = exitWaits
		}
	}
	return code
}

// printJSON prints the outcome, or with several profiles a list.
func printJSON(profiles []string, outcomes []review.Outcome) error {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	if len(outcomes) == 1 {
		return e.Encode(outcomes[0])
	}
	type judged struct {
		Profile string         `json:"profile"`
		Outcome review.Outcome `json:"outcome"`
	}
	list := make([]judged, len(outcomes))
	for i, o := range outcomes {
		list[i] = judged{profiles[i], o}
	}
	return e.Encode(list)
}

func printOutcomes(o checkOptions, outcomes []review.Outcome, set *rules.Set) {
	for i, outcome := range outcomes {
		if len(outcomes) > 1 {
			fmt.Printf("%s[%s] ", strings.Repeat("\n", min(i, 1)), o.profiles[i])
		}
		printOutcome(outcome, set, rules.Lang(o.lang))
	}
}

func checkFlags(args []string) (checkOptions, error) {
	var o checkOptions
	f := flag.NewFlagSet("check", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: realname check --type T --name N --number C [options] [ROLE=]FILE...\n\nROLE is licence (default for organisations), portrait_side (default for persons), emblem_side, data_page, back_side.")
		f.PrintDefaults()
	}
	kind := f.String("type", "YYZZ", "our code of the document type, such as YYZZ, TYDM, SFZ, HZ")
	f.StringVar(&o.declared.Name, "name", "", "name as declared")
	f.StringVar(&o.declared.Number, "number", "", "number as declared")
	f.StringVar(&o.declared.Country, "country", "", "country, CN when empty")
	f.StringVar(&o.issued, "issued", "", "issue date as declared")
	f.StringVar(&o.expires, "expires", "", "expiry date as declared, or 长期")
	f.StringVar(&o.holder, "holder", "", "individual or organisation; by the type when empty")
	profiles := f.String("profile", "default", "profile of limits; several, separated by commas, are judged side by side")
	f.StringVar(&o.rules, "rules", "", "rules file over the built-in rules")
	f.StringVar(&o.lang, "lang", "zh-CN", "language of the texts: zh-CN or en")
	f.BoolVar(&o.asJSON, "json", false, "print the outcome as JSON")
	if err := parse(f, args); err != nil {
		return o, err
	}
	o.files = f.Args()
	o.profiles = strings.Split(*profiles, ",")
	o.declared.CredentialType = review.CredentialType(*kind)
	var err error
	if o.declared.IssueDate, _, err = text.ParseDate(o.issued); err != nil {
		return o, fmt.Errorf("--issued: %w", err)
	}
	if o.declared.ExpiryDate, o.declared.LongTerm, err = text.ParseDate(o.expires); err != nil {
		return o, fmt.Errorf("--expires: %w", err)
	}
	if o.declared.Name == "" || o.declared.Number == "" {
		f.Usage()
		return o, errors.New("--name and --number must be given")
	}
	return o, nil
}

// examineFiles gathers the facts as the services do.
func examineFiles(ctx context.Context, o checkOptions, r check.Rules) (review.Facts, error) {
	o.declared.HolderType = holder(o, r.Set)
	facts := review.Facts{Now: time.Now(), Declared: o.declared, Images: len(o.files) > 0, History: review.History{Attempt: 1}}
	if len(o.files) == 0 {
		return facts, nil
	}
	e, err := examine.New(r.Set, 1, 1<<30)
	if err != nil {
		return facts, err
	}
	defer e.Close()
	for _, name := range o.files {
		d, err := examineFile(ctx, e, o, name)
		if err != nil {
			return facts, err
		}
		facts.Documents = append(facts.Documents, d)
	}
	return facts, nil
}

func holder(o checkOptions, set *rules.Set) review.HolderType {
	if o.holder != "" {
		return review.HolderType(o.holder)
	}
	if t, ok := set.Type(o.declared.CredentialType); ok {
		return t.Holders[0]
	}
	return review.Organisation
}

func examineFile(ctx context.Context, e *examine.Examiner, o checkOptions, arg string) (review.DocumentFacts, error) {
	role, name, named := strings.Cut(arg, "=")
	if !named {
		role, name = string(review.Licence), arg
		if o.declared.CredentialType == "HZ" {
			role = string(review.DataPage)
		} else if o.declared.HolderType == review.Individual {
			role = string(review.PortraitSide)
		}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return review.DocumentFacts{}, err
	}
	ext := strings.ToLower(strings.TrimPrefix(filepath.Ext(name), "."))
	return e.Examine(ctx, o.declared, review.Document{Role: review.Role(role), Extension: ext}, data)
}

// printOutcome tells a person what the review found.
func printOutcome(o review.Outcome, set *rules.Set, l rules.Lang) {
	fmt.Printf("%s", o.Kind)
	if o.Primary != "" {
		fmt.Printf(": %s (%s)", set.RenderReason(o.Primary, l).Title, o.Primary)
	}
	if !o.EligibleAt.IsZero() {
		fmt.Printf(" → %s", o.EligibleAt.In(review.Shanghai).Format("2006-01-02 15:04"))
	}
	fmt.Println()
	for _, f := range o.Findings {
		m := set.Render(f, l)
		fmt.Printf("\n%-6s %s %s\n       %s\n       → %s\n", f.Severity, f.Check, m.Title, m.Explanation, m.Remedy)
		if f.Fix != "" {
			fmt.Printf("       = %s\n", f.Fix)
		}
	}
}
