//go:build !failpoint

package failpoint

// Hit does nothing here.
func Hit(string) {}

// Spoil does nothing here.
func Spoil([]byte) {}
