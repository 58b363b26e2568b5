// Package remote reads how a request to somebody else's server failed: why, in fixed
// words, and when to come again. It sends nothing, and decides nothing about tries.
package remote
