// Package vcode makes and checks the signed verification codes that a verification
// service provider gives for what it has approved, to be sent to a registry in EPP
// (draft-ietf-regext-verificationcode, which expired and never became an RFC).
//
// Established from programs that speak it: the namespace, the form of a code
// (digits, a dash, letters and digits), its types domain and real-name, and that
// the signed XML is sent in base64 as encodedSignedCode. Inferred, and therefore
// settings: the enveloped signature over the element's id, exclusive
// canonicalisation, RSA with SHA-256, and the certificate inside the signature.
//
// It knows nothing of submissions, and issues nothing by itself.
package vcode
