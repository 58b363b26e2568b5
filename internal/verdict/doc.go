// Package verdict understands what a registry answered in its own words, and
// compares it with what we said: which check agreed, which did not, and what a
// limit should be.
//
// It stores nothing and changes no rule: proposals are for people.
package verdict
