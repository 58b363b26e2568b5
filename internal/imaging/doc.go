// Package imaging looks at uploads as files and as pictures: what a file really
// is, whether it can be decoded within the limits, and what its pixels measure.
// It is the only importer of image decoders, and hostile bytes meet its limits
// before they meet a decoder.
//
// It reads no text and judges nothing: a fault of the file is data, an error is
// ours.
package imaging
