// Package layers holds the house in order: its tests fail when a package
// imports what it must not, lacks a doc comment, or grows a file or a function
// past what a reader can hold. It has no code of its own.
package layers
