// Package batch reads what a registrar sends as one file: a ZIP with a manifest
// (CSV, XLSX or JSON lines) and the images of its rows. Everything is bounded
// before it is read and handed on row by row, so that memory does not grow with
// the batch; one bad row never sinks the others, and each problem names row,
// column, what was wrong and what to write.
//
// It knows files and rows, not submissions' fate: storing and reviewing are
// others' work.
package batch
