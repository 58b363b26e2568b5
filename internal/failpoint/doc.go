// Package failpoint names the places where test/chaos ends a program and the
// documents with which it spoils one. It does so only in programs that were
// built with the tag failpoint; in every other build its functions are empty
// and a test holds that.
package failpoint
