package vcode

import (
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// maxSigned bounds what is parsed, in bytes.
const maxSigned = 64 << 10

// errNoCode says that the XML is no signed code.
var errNoCode = errors.New("this is no signed verification code")

// Verify checks a signed code, or the extension that carries one, against those
// who may sign: the certificate must have been issued by one of the roots, hold at
// the instant, and the code must be what it signed.
func Verify(data []byte, roots *x509.CertPool, now time.Time) (Code, error) {
	root, err := parse(data)
	if err != nil {
		return Code{}, err
	}
	cert, err := signer(root, roots, now)
	if err != nil {
		return Code{}, err
	}
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	ctx.IdAttribute = "id"
	signed, err := ctx.Validate(root) // only what was signed is read from here on
	if err != nil {
		return Code{}, errors.New("the signature does not hold")
	}
	c := Code{}
	if signed.Tag != "signedCode" || signed.NamespaceURI() != Namespace {
		return c, errNoCode
	}
	for _, e := range signed.ChildElements() {
		if e.Tag == "code" && e.NamespaceURI() == Namespace && c.Value == "" {
			c = Code{Value: e.Text(), Type: e.SelectAttrValue("type", "")}
		}
	}
	return c, c.check()
}

func parse(data []byte) (*etree.Element, error) {
	if len(data) > maxSigned || strings.Contains(string(data), "<!DOCTYPE") {
		return nil, errNoCode
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(data); err != nil || doc.Root() == nil {
		return nil, errNoCode
	}
	root := doc.Root()
	if root.Tag != "encodedSignedCode" {
		return root, nil
	}
	code := root.SelectElement("code")
	if code == nil {
		return nil, errNoCode
	}
	inner, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(code.Text()), ""))
	if err != nil || strings.Contains(string(inner), "encodedSignedCode") {
		return nil, errNoCode
	}
	return parse(inner)
}

// signer is the certificate inside the signature, once its issuer is known.
func signer(root *etree.Element, roots *x509.CertPool, now time.Time) (*x509.Certificate, error) {
	e := root.FindElement("./Signature/KeyInfo/X509Data/X509Certificate")
	if e == nil {
		return nil, errNoCode
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(e.Text()), ""))
	if err != nil {
		return nil, errNoCode
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, errNoCode
	}
	if _, err := cert.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		return nil, fmt.Errorf("the signer's certificate: %w", err)
	}
	return cert, nil
}
