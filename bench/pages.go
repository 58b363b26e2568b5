package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"realname/internal/eval"
	"realname/internal/review"
	"realname/internal/specimen"
)

// page is a picture of a business licence and what it prints.
type page struct {
	file     string
	data     []byte
	declared review.Declared
}

const drawnPages = 24

// pages are drawn ones, written to dir for the command that reads files, or those of
// a directory with a labels.csv of which the number checks.
func pages(images, dir string) ([]page, error) {
	if images != "" {
		return labelled(images)
	}
	var list []page
	rng := rand.New(rand.NewPCG(9, 24))
	for i := range drawnPages {
		d := licence(specimen.Company(rng), specimen.CreditCode(rng))
		spec := specimen.Spec{Type: "YYZZ", Role: review.Licence, Printed: d, LegalPerson: specimen.Person(rng), Face: i, Seed: rng.Uint64()}
		if i%2 == 1 {
			spec.Form = specimen.Form2014
		}
		data, err := specimen.Draw(spec)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, fmt.Sprintf("%02d.jpg", i))
		if err := os.WriteFile(file, data, 0o600); err != nil {
			return nil, fmt.Errorf("write page: %w", err)
		}
		list = append(list, page{file, data, d})
	}
	return list, nil
}

func labelled(dir string) ([]page, error) {
	f, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	defer func() { _ = f.Close() }()
	labels, err := eval.ReadLabels(f)
	if err != nil {
		return nil, err
	}
	var list []page
	for _, l := range labels {
		if l.Truth != eval.Genuine {
			continue
		}
		file := filepath.Join(dir, l.File)
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read page: %w", err)
		}
		list = append(list, page{file, data, licence(l.Name, l.Number)})
	}
	return list, nil
}

func licence(name, number string) review.Declared {
	return review.Declared{HolderType: review.Organisation, CredentialType: "YYZZ", Name: name, Number: number, IssueDate: review.Date{Year: 2023, Month: 5, Day: 8}, LongTerm: true}
}
