// Package examine looks at one upload from its bytes to what it says: probe,
// decode, measure, read. It joins packages imaging and reader and adds nothing
// of its own; the checks judge what it gathers.
package examine

import (
	"context"
	"fmt"
	"time"

	"realname/internal/evidence"
	"realname/internal/failpoint"
	"realname/internal/imaging"
	"realname/internal/reader"
	"realname/internal/review"
	"realname/internal/rules"
	"realname/internal/telemetry"
	"realname/internal/text"
)

// Examiner examines uploads, several at once.
type Examiner struct {
	readers   *readers
	budget    *imaging.Budget
	limits    imaging.Limits
	titles    []reader.TypeTitle
	version   string
	isolation string
}

// New makes an examiner of up to so many documents at once, and bounds the memory
// that all decoding takes together.
func New(set *rules.Set, parallel int, decodeBytes int64) (*Examiner, error) {
	e := &Examiner{
		readers: newReaders(parallel), budget: imaging.NewBudget(decodeBytes),
		limits: Limits(set), titles: Titles(set),
	}
	var err error
	if e.version, err = version(); err != nil {
		return nil, err
	}
	e.version += "/" + set.Version // titles and limits are the rules'

	r, err := e.readers.take(context.Background()) // what is missing shows at the start
	if err != nil {
		return nil, err
	}
	e.isolation = r.Isolation()
	e.readers.giveBack(r)
	return e, nil
}

// Isolation says what keeps the OCR library from doing harm here.
func (e *Examiner) Isolation() string { return e.isolation }

// Cutter cuts pictures out of documents within the same memory.
func (e *Examiner) Cutter() evidence.Cutter {
	return evidence.Cutter{Limits: e.limits, Budget: e.budget}
}

// Limits are the decoding limits of a rule set.
func Limits(set *rules.Set) imaging.Limits {
	l := imaging.DefaultLimits
	l.MaxPixels, l.MaxSide = set.Limits.MaxPixels, set.Limits.MaxSide
	return l
}

// Titles lists the printed titles by which a rule set's types are known.
func Titles(set *rules.Set) []reader.TypeTitle {
	var list []reader.TypeTitle
	for _, t := range set.Types {
		if len(t.Titles) > 0 {
			list = append(list, reader.TypeTitle{Code: t.Code, Titles: t.Titles})
		}
	}
	return list
}

// Close frees the readers that are not in use.
func (e *Examiner) Close() { e.readers.close() }

// Examine gathers the facts of one document. A fault of the file is part of
// them; an error is ours.
func (e *Examiner) Examine(ctx context.Context, d review.Declared, doc review.Document, data []byte) (review.DocumentFacts, error) {
	failpoint.Spoil(data)
	facts := review.DocumentFacts{Role: doc.Role, Examiner: e.version, File: imaging.Probe(data, doc.Extension, e.limits)}
	start := time.Now()
	img, fault, err := imaging.Decode(ctx, data, facts.File, e.budget)
	telemetry.Stage("decode", start)
	if err != nil {
		return facts, fmt.Errorf("decode: %w", err)
	}
	if fault != review.FileFine {
		facts.File.Fault = fault
		return facts, nil
	}
	start = time.Now()
	picture := imaging.Measure(img)
	telemetry.Stage("measure", start)
	facts.Picture = &picture
	d.Number, d.Name = text.MeantNumber(d.Number), text.MeantName(d.Name) // how it was typed is for the checks
	reading, err := e.read(ctx, img, reader.Want{Declared: d, Role: doc.Role, Titles: e.titles})
	if err != nil {
		return facts, fmt.Errorf("read: %w", err)
	}
	facts.Reading = &reading
	picture.Turn(reading.Rotation / 90)
	picture.TopChroma = imaging.TopChroma(img, reading.Rotation/90)
	badge := imaging.Emblem(img, emblemPlace(doc.Role), quarterTurns(reading)...)
	picture.Emblem, picture.EmblemBox, picture.EmblemCut = badge.Answer, badge.Box, badge.Cut
	return facts, nil
}

func emblemPlace(r review.Role) imaging.EmblemPlace {
	if r == review.Licence {
		return imaging.OnCertificate
	}
	return imaging.OnCard
}

// quarterTurns are the ways in which the page may be up: one when something was
// read on it.
func quarterTurns(r review.Reading) []int {
	for _, f := range []review.FieldReading{r.Title, r.Number, r.Name} {
		if f.Verdict == review.Confirmed || f.Verdict == review.Contradicted {
			return []int{r.Rotation / 90}
		}
	}
	return []int{0, 1, 2, 3}
}

func (e *Examiner) read(ctx context.Context, img *imaging.Image, w reader.Want) (review.Reading, error) {
	r, err := e.readers.take(ctx)
	if err != nil {
		return review.Reading{}, err
	}
	defer e.readers.giveBack(r)
	defer telemetry.Stage("read", time.Now())
	return r.Read(ctx, img, w)
}
