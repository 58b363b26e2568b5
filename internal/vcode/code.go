package vcode

import (
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Namespace is the draft's.
const Namespace = "urn:ietf:params:xml:ns:verificationCode-1.0"

// The types of the China profile.
const (
	Domain   = "domain"
	RealName = "real-name"
)

// Code is what was verified.
type Code struct {
	Value string // vsp id, dash, the code itself
	Type  string
}

var form = regexp.MustCompile(`^[0-9]+-[A-Za-z0-9]+$`)

func (c Code) check() error {
	if !form.MatchString(c.Value) || len(c.Value) > 100 {
		return errors.New("a code is the provider's number, a dash, and letters and digits")
	}
	if c.Type != Domain && c.Type != RealName {
		return fmt.Errorf("the type is %q, want %s or %s", c.Type, Domain, RealName)
	}
	return nil
}

// Options are the details that no source we could read establishes.
type Options struct {
	Prefix string // of the namespace; verificationCode when empty
	ID     string // of the signed element; signedCode when empty
	Method string // URI of the signature method; RSA with SHA-256 when empty
}

func (o Options) withDefaults() Options {
	if o.Prefix == "" {
		o.Prefix = "verificationCode"
	}
	if o.ID == "" {
		o.ID = "signedCode"
	}
	if o.Method == "" {
		o.Method = dsig.RSASHA256SignatureMethod
	}
	return o
}

// Sign makes the signed XML of a code. The certificate goes with it.
func Sign(c Code, key crypto.Signer, cert *x509.Certificate, o Options) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	o = o.withDefaults()
	root := etree.NewElement(o.Prefix + ":signedCode")
	root.CreateAttr("xmlns:"+o.Prefix, Namespace)
	root.CreateAttr("id", o.ID)
	code := root.CreateElement(o.Prefix + ":code")
	code.CreateAttr("type", c.Type)
	code.SetText(c.Value)
	ctx, err := dsig.NewSigningContext(key, [][]byte{cert.Raw})
	if err != nil {
		return nil, fmt.Errorf("sign code: %w", err)
	}
	ctx.IdAttribute, ctx.Canonicalizer = "id", dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := ctx.SetSignatureMethod(o.Method); err != nil {
		return nil, fmt.Errorf("sign code: %w", err)
	}
	signed, err := ctx.SignEnveloped(root)
	if err != nil {
		return nil, fmt.Errorf("sign code: %w", err)
	}
	doc := etree.NewDocument()
	doc.SetRoot(signed)
	return doc.WriteToBytes()
}

// Extension is the element of an EPP command that carries a signed code.
func Extension(signed []byte, o Options) ([]byte, error) {
	o = o.withDefaults()
	root := etree.NewElement(o.Prefix + ":encodedSignedCode")
	root.CreateAttr("xmlns:"+o.Prefix, Namespace)
	root.CreateElement(o.Prefix + ":code").SetText(base64.StdEncoding.EncodeToString(signed))
	doc := etree.NewDocument()
	doc.SetRoot(root)
	return doc.WriteToBytes()
}
