// Package web asks an issuing body by HTTP. What is sent and how an answer is
// understood is configuration: templates for the request, JSON paths and words for
// the answer, all checked at start.
//
// Every fault of the way there is an answer, unavailable, whose cause names the
// kind of fault and never what was asked. The package keeps nobody waiting: what
// takes long is asked again by the stage.
package web
