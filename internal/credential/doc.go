// Package credential knows the numbers of Chinese and travel documents: their
// formats, check digits and embedded parts, which fault a wrong one has, and
// which value was meant when the check digits leave only one.
//
// It looks at numbers as they are. Folding width or case is package text's, and
// nothing is corrected silently: a repair is a proposal.
package credential
