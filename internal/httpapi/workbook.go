package httpapi

import (
	"fmt"
	"net/http"

	"github.com/xuri/excelize/v2"

	"realname/internal/review"
)

const sheet = "results"

// The widths of the columns of results, in characters.
var widths = []float64{6, 18, 24, 38, 14, 34, 9, 26, 9, 44, 44, 44, 44, 24, 17, 12}

// getBatchResultsXLSX is results.csv as a workbook with a heading that stays.
// Every cell is text: nothing is run and no number loses its digits.
func (s *Server) getBatchResultsXLSX(w http.ResponseWriter, r *http.Request, tenant string) error {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }() // removes its temporary files
	if err := book.SetSheetName("Sheet1", sheet); err != nil {
		return fmt.Errorf("make workbook: %w", err)
	}
	stream, err := book.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("make workbook: %w", err)
	}
	if err := s.fill(stream, r, tenant); err != nil {
		return err
	}
	out := lazily(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "results.xlsx")
	return out.end(book.Write(out))
}

// fill streams the lines into the sheet: excelize keeps what is large on disk.
func (s *Server) fill(stream *excelize.StreamWriter, r *http.Request, tenant string) error {
	for i, width := range widths {
		if err := stream.SetColWidth(i+1, i+1, width); err != nil {
			return fmt.Errorf("size columns: %w", err)
		}
	}
	if err := stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return fmt.Errorf("freeze the heading: %w", err)
	}
	at := 1
	line := func(cells []string) error {
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = c
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", at), values); err != nil {
			return fmt.Errorf("write row: %w", err)
		}
		at++
		return nil
	}
	if err := line(resultHeading); err != nil {
		return err
	}
	if err := s.eachItem(r, tenant, func(i review.BatchItem) error { return s.eachLine(i, line) }); err != nil {
		return err
	}
	if err := stream.Flush(); err != nil {
		return fmt.Errorf("write sheet: %w", err)
	}
	return nil
}
