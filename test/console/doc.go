// Package console holds the tests of the operations console in a real browser, on
// the stack that `realname up` starts. They keep a picture of every page in
// out/console. It has no code of its own.
package console
