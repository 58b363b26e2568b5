// Package check holds the rules as pure functions: facts in, findings out. One
// file is one family of checks; the table of package rules says what each means
// and how grave it is. No function here reads a clock, a file or a network, so
// the same facts always give the same findings.
//
// A check that lacks its evidence stays silent: what was not measured or read is
// no fault of the registrant.
package check
