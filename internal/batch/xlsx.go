package batch

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// maxXLSX bounds a workbook, which must be held whole: 20,000 rows take 2 MB. What
// it unpacks to is bounded, too, and what of it is large goes to disk.
const (
	maxXLSX      = 16 << 20
	maxXLSXWhole = 256 << 20
	maxXLSXHeld  = 1 << 20
)

// readXLSX yields the rows of a workbook's sheet. Cells come as they are stored,
// not as they are shown: a day is its count, which no format hides, and a number
// that lost digits shows that it did.
func readXLSX(r io.Reader, _ Limits) rows {
	return func(yield yieldRow) error {
		data, err := io.ReadAll(io.LimitReader(r, maxXLSX+1))
		if err != nil {
			return fmt.Errorf("read manifest: %w", err)
		}
		if len(data) > maxXLSX {
			return problem("xlsx_large", "表格文件超过 %d 字节，请改用 CSV", "the workbook is larger than %d bytes; use CSV instead", maxXLSX)
		}
		book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxXLSXWhole, UnzipXMLSizeLimit: maxXLSXHeld, RawCellValue: true})
		if err != nil {
			return problem("xlsx_broken", "表格文件无法打开，请另存为 .xlsx 或 .csv", "the workbook cannot be opened; save it as .xlsx or .csv again")
		}
		defer func() { _ = book.Close() }()
		return sheetRows(book, yield)
	}
}

func sheetRows(book *excelize.File, yield yieldRow) error {
	sheet, err := book.Rows(manifestSheet(book))
	if err != nil {
		return problem("xlsx_broken", "表格文件没有可读的工作表", "the workbook has no sheet that can be read")
	}
	defer func() { _ = sheet.Close() }()
	var dates []int
	shift := epochShift(book)
	for number := 1; sheet.Next(); number++ {
		cells, err := sheet.Columns()
		if err != nil {
			return problem("xlsx_broken", "这一行无法读取", "this row cannot be read").at(number, "")
		}
		if dates == nil && slices.ContainsFunc(cells, known) {
			dates = dateCells(cells)
		}
		for _, i := range dates {
			if i < len(cells) && shift > 0 {
				cells[i] = shifted(cells[i], shift)
			}
		}
		if err := yield(number, cells, nil); err != nil {
			return err
		}
	}
	if sheet.Error() != nil {
		return problem("xlsx_broken", "工作表无法读完，请重新另存为 .xlsx 或 .csv", "the sheet cannot be read to its end; save it as .xlsx or .csv again")
	}
	return nil
}

// manifestSheet is the first sheet that has a known heading in one of its first
// rows: people put a page of instructions in front.
func manifestSheet(book *excelize.File) string {
	for _, name := range book.GetSheetList() {
		if hasHeading(book, name) {
			return name
		}
	}
	return book.GetSheetName(0)
}

func hasHeading(book *excelize.File, name string) bool {
	sheet, err := book.Rows(name)
	if err != nil {
		return false
	}
	defer func() { _ = sheet.Close() }()
	for number := 1; number <= titleRows+1 && sheet.Next(); number++ {
		if cells, err := sheet.Columns(); err == nil && slices.ContainsFunc(cells, known) {
			return true
		}
	}
	return false
}

// days1904 lie between the two days that spreadsheet programs count from.
const days1904 = 1462

func epochShift(book *excelize.File) int {
	if p, err := book.GetWorkbookProps(); err == nil && p.Date1904 != nil && *p.Date1904 {
		return days1904
	}
	return 0
}

// dateCells are the positions of the columns of dates.
func dateCells(heading []string) []int {
	list := []int{}
	for i, cell := range heading {
		if c, _ := columnOf(cell); c == IssueDate || c == ExpiryDate {
			list = append(list, i)
		}
	}
	return list
}

// shifted moves a counted day; a written one stays.
func shifted(cell string, days int) string {
	n, err := strconv.ParseFloat(cell, 64)
	if err != nil || n < 0 || n > 100_000 {
		return cell
	}
	return strconv.Itoa(int(n) + days)
}
