// Command bench measures what the pipeline costs beside reading a document, next
// to peers on the same machine in interleaved rounds, and writes REPORT.md.
//
//	bench                      all parts, short
//	bench rounds               ours and River, no-op stages
//	bench -old 5000000 -counts 1000,10000,100000 linear
//	bench idle                 from the answer to the outcome
//	bench simulate             1 to 200 workers, ten million a day
//
// It runs the wiring of production: what it leaves out is the reading, by an
// empty list of stages and attempts without documents.
package main
