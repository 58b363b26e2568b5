// Package demo runs everything on one machine: the stack of `realname up`, and
// the demo batch that is sent through it and compared with what is expected. It
// is never part of a service.
package demo
