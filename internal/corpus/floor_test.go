package corpus

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"realname/internal/check"
	"realname/internal/examine"
	"realname/internal/reader"
	"realname/internal/review"
	"realname/internal/rules"
)

func TestMain(m *testing.M) {
	reader.RunChild()
	os.Exit(m.Run())
}

// drawnFaults are those that are seen in the picture alone; the faults of a file and
// of what was declared are tested with package check.
var drawnFaults = []string{"none", "soft", "tilt", "rotate_90", "blur", "motion", "dark", "glare", "mosaic", "bar", "watermark", "typed", "grey", "grey_stamp", "cut_border", "cut_emblem", "cut_left", "phone", "screen", "two"}

// each is one case of every such fault, its document another one from fault to fault.
func each() []Case {
	byFault := map[string][]Case{}
	for _, c := range Cases(Round(), 1, time.Now()) {
		byFault[c.Fault] = append(byFault[c.Fault], c)
	}
	var list []Case
	for i, f := range drawnFaults {
		of := byFault[f]
		list = append(list, of[i%len(of)])
	}
	return list
}

// The whole corpus takes minutes (make eval); this part of it holds its floor with
// every change: all that is faultless passes, and one fault may slip through.
func TestAPartOfTheCorpusHoldsTheFloor(t *testing.T) {
	r := check.Rules{Set: rules.Default()}
	e, err := examine.New(r.Set, 2, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	results, err := Run(t.Context(), each(), 2, func(ctx context.Context, c Case, images [][]byte) (review.Outcome, review.Facts, error) {
		facts := review.Facts{Now: time.Now(), Declared: c.Declared, Images: true, History: review.History{Attempt: 1}}
		for i, data := range images {
			d, err := e.Examine(ctx, c.Declared, review.Document{Role: c.Images[i].Role, Extension: "jpg"}, data)
			if err != nil {
				return review.Outcome{}, facts, err
			}
			facts.Documents = append(facts.Documents, d)
		}
		return r.Review("default", facts), facts, nil
	}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	report := Summarise(results)
	if report.Clean.Met < report.Clean.All || report.Faulty.Met < report.Faulty.All-1 {
		var b bytes.Buffer
		report.Write(&b)
		t.Errorf("below the floor:\n%s", b.String())
	}
}
