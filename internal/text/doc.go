// Package text compares what people type with what documents print: safe
// folding, positions of what must not be there, the class of every difference,
// dates in the spellings people use, and masking for display. It changes nothing
// silently: a folded value is a proposal.
//
// It knows characters, not rules.
package text
