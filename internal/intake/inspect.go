package intake

import (
	"errors"
	"io"
	"strings"

	"realname/internal/batch"
	"realname/internal/review"
)

// Report is what is wrong with a batch before it is sent.
type Report struct {
	Rows   int
	Faulty int
	Faults []review.RowFault
}

// Inspect reads an archive as an intake would, without storing anything: the
// form of archive and manifest, the words of every row, the files that rows name.
// Its error is ours.
func Inspect(r io.ReaderAt, size int64, profile string, catalogue Catalogue, lim batch.Limits) (Report, error) {
	var report Report
	if profile == "" {
		profile = "default"
	}
	archive, err := batch.OpenArchive(r, size, lim)
	if err == nil {
		t := newTaker(&Intake{Catalogue: catalogue}, review.Batch{Profile: profile}, archive)
		err = archive.ReadManifest(func(r batch.Row, problems []batch.Problem) error {
			t.note(r)
			found := append(t.faults(r, problems), t.missing(r)...)
			if report.Rows++; len(found) > 0 {
				report.Faulty++
				report.Faults = append(report.Faults, found...)
			}
			return nil
		})
		report.Faults = append(report.Faults, unused(archive.Unused())...)
	}
	var refused batch.Problem
	if errors.As(err, &refused) {
		report.Faults = append(report.Faults, review.RowFault(refused))
		err = nil
	}
	return report, err
}

// missing are the files that a row names and the archive lacks.
func (t *taker) missing(r batch.Row) []review.RowFault {
	var list []review.RowFault
	for _, c := range []batch.Column{batch.File, batch.FileBack} {
		name := strings.TrimSpace(r.Cells[c])
		if name == "" {
			continue
		}
		file, _, err := t.archive.Open(name)
		if err == nil {
			_ = file.Close()
			continue
		}
		var told batch.Problem
		if errors.As(err, &told) {
			fault := review.RowFault(told)
			fault.Row, fault.Column = r.Number, string(c)
			list = append(list, fault)
		}
	}
	return list
}
