// Package app turns the environment into configuration and wires the adapters
// to what uses them: one Run function per program. It decides nothing else.
package app
