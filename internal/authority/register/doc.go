// Package register answers for organisations from a register that is kept in the
// database: read from the files that data vendors and open registers hand out,
// found exactly by code and name, and nearly by keys that one slip leaves whole.
//
// A match is said of the same name alone (width of brackets and Latin letters and
// the form of the middle dot aside). The near lookup only explains and suggests.
package register
