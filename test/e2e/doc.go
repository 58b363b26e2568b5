// Package e2e holds the tests that run the real programs against real servers
// and take them down. It has no code of its own.
package e2e
