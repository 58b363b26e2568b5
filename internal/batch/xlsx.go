package batch

import (
	"bytes"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// maxXLSX bounds a workbook, which must be held whole: 20,000 rows take 2 MB.
const maxXLSX = 16 << 20

// readXLSX yields the rows of a workbook's first sheet, cell values as shown.
func readXLSX(r io.Reader, _ Limits) rows {
	return func(yield func(int, []string) error) error {
		data, err := io.ReadAll(io.LimitReader(r, maxXLSX+1))
		if err != nil {
			return fmt.Errorf("read manifest: %w", err)
		}
		if len(data) > maxXLSX {
			return problem("xlsx_large", "表格文件超过 %d 字节，请改用 CSV", "the workbook is larger than %d bytes; use CSV instead", maxXLSX)
		}
		book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 256 << 20, UnzipXMLSizeLimit: 32 << 20})
		if err != nil {
			return problem("xlsx_broken", "表格文件无法打开，请另存为 .xlsx 或 .csv", "the workbook cannot be opened; save it as .xlsx or .csv again")
		}
		defer func() { _ = book.Close() }()
		return sheetRows(book, yield)
	}
}

func sheetRows(book *excelize.File, yield func(int, []string) error) error {
	sheet, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return problem("xlsx_broken", "表格文件没有可读的工作表", "the workbook has no sheet that can be read")
	}
	defer func() { _ = sheet.Close() }()
	for number := 1; sheet.Next(); number++ {
		cells, err := sheet.Columns()
		if err != nil {
			return problem("xlsx_broken", "这一行无法读取", "this row cannot be read").at(number, "")
		}
		if err := yield(number, cells); err != nil {
			return err
		}
	}
	return nil
}
