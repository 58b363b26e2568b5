// Package review holds the nouns of Realname: what was declared, what was
// uploaded, what was measured and read, what the checks found, and how the
// findings become one outcome.
//
// It imports the standard library only and does no input or output, so that
// every other package can speak these words without knowing each other. It is
// not the place for rules (package rules), for checks (package check) or for
// storage.
package review
