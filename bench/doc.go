// Command bench measures what the pipeline costs beside reading a document, next
// to peers on the same machine in interleaved rounds, and writes REPORT.md.
//
//	bench                      all parts, short
//	bench rounds               ours and River, no-op stages
//	bench [-images DIR] reading the whole system beside the OCR library's command in a loop
//	bench -rows 20000 fair     what a large batch does to others, with real stages
//	bench -old 5000000 -counts 1000,10000,100000 linear
//	bench memory               of the real programs, on photos of 12 megapixels
//	bench idle                 from the answer to the outcome
//	bench simulate             1 to 200 workers, ten million a day
//
// It runs the wiring of production: but for the part reading it leaves the review
// out, by stages that do nothing and attempts without documents.
package main
