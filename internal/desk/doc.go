// Package desk holds the nouns of the people who operate the house: who they
// are, what they may do, what they look for and what they decide. It is data
// and a few pure rules; the pages are in package console, the rows in package
// postgres.
package desk
