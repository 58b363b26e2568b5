// Package reader compares a document's picture with what was declared, as a
// careful clerk would: it knows the declared number, name and dates and looks
// for them, and it says for each field that it was confirmed, contradicted (by
// another value that was plainly read) or unreadable, with the box and the
// means.
//
// It judges nothing: whether a difference is a fault of the registrant is for
// package check. It never reads a value into a decision that only a check digit
// supports.
package reader
