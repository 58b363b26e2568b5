package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"realname/internal/review"
	"realname/internal/vcode"
)

// verificationCode issues and checks signed verification codes for EPP. Nothing
// issues one by itself.
func verificationCode(ctx context.Context, args []string) (int, error) {
	f := flag.NewFlagSet("code", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: realname code issue --tenant ID --vsp N --cert FILE --key FILE [--epp] SUBMISSION\n"+
			"       realname code verify --ca FILE < CODE.xml\n       realname code test-ca DIR")
		f.PrintDefaults()
	}
	o := codeOptions{}
	f.StringVar(&o.tenant, "tenant", "", "id of the submission's tenant")
	f.UintVar(&o.vsp, "vsp", 0, "the registry's number of the verification service provider")
	f.StringVar(&o.cert, "cert", "", "the signer's certificate in PEM")
	f.StringVar(&o.key, "key", "", "the signer's key in PEM")
	f.BoolVar(&o.epp, "epp", false, "print the extension of an EPP command instead of the signed code")
	ca := f.String("ca", "", "who may issue a signer's certificate, in PEM")
	if len(args) == 0 {
		f.Usage()
		return exitUsage, errors.New("say what to do: issue, verify or test-ca")
	}
	if err := parse(f, args[1:]); err != nil {
		return exitUsage, err
	}
	switch args[0] {
	case "issue":
		return o.issue(ctx, f.Arg(0))
	case "verify":
		return verifyCode(*ca)
	case "test-ca":
		if err := vcode.TestCA(f.Arg(0), time.Now()); err != nil {
			return exitOurs, err
		}
		return exitOK, nil
	}
	f.Usage()
	return exitUsage, fmt.Errorf("there is no %q", args[0])
}

type codeOptions struct {
	tenant, cert, key string
	vsp               uint
	epp               bool
}

// issue prints the signed code of a submission whose newest attempt was approved.
// The code is the attempt's id, so that it can be traced and tells nothing.
func (o codeOptions) issue(ctx context.Context, submission string) (int, error) {
	if o.tenant == "" || o.vsp == 0 || submission == "" {
		return exitUsage, errors.New("want --tenant, --vsp and a submission")
	}
	key, cert, err := vcode.LoadSigner(o.cert, o.key)
	if err != nil {
		return exitUsage, err
	}
	store, closeStore, err := openStore(ctx)
	if err != nil {
		return exitUsage, err
	}
	defer closeStore()
	s, err := store.Submission(ctx, o.tenant, submission)
	if err != nil {
		return exitOurs, err
	}
	last := s.Attempts[len(s.Attempts)-1]
	if end := last.Final(); last.State != review.Decided || end == nil || end.Kind != review.Approved {
		return exitRejected, errors.New("a code is only issued for what was approved")
	}
	code := vcode.Code{Value: fmt.Sprintf("%d-%s", o.vsp, strings.ReplaceAll(last.ID, "-", "")), Type: vcode.RealName} // a domain's name is nothing that we review
	data, err := vcode.Sign(code, key, cert, vcode.Options{})
	if err == nil && o.epp {
		data, err = vcode.Extension(data, vcode.Options{})
	}
	if err != nil {
		return exitOurs, err
	}
	if err := store.NoteCode(ctx, o.tenant, actor(), submission, code.Value); err != nil {
		return exitOurs, err // a code that nobody knows of is not given out
	}
	fmt.Printf("%s\n", data)
	return exitOK, nil
}

// maxCodeFile bounds what is read, in bytes.
const maxCodeFile = 1 << 20

func verifyCode(ca string) (int, error) {
	roots, err := vcode.LoadRoots(ca)
	if err != nil {
		return exitUsage, err
	}
	data, err := io.ReadAll(io.LimitReader(os.Stdin, maxCodeFile))
	if err != nil {
		return exitOurs, fmt.Errorf("read code: %w", err)
	}
	c, err := vcode.Verify(data, roots, time.Now())
	if err != nil {
		return exitRejected, err
	}
	fmt.Printf("%s (%s) was signed by a provider that is trusted\n", c.Value, c.Type)
	return exitOK, nil
}
