// Package intake turns a batch that was received into submissions: it opens the
// archive, reads its manifest row by row, stores each row's images and writes
// its submission, and notes for every row what became of it. It can stop
// anywhere and go on: ids follow from the batch and the row, so that a row that
// was half taken is taken once.
//
// It is not the place for the form of archives and manifests (package batch) nor
// for what a review says about a value (package check).
package intake
