package vcode

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// signer is a test authority in a directory, and a code that it signed.
func signed(t *testing.T, c Code) (dir string, data []byte) {
	t.Helper()
	dir = t.TempDir()
	if err := TestCA(dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	key, cert, err := LoadSigner(filepath.Join(dir, "signer.pem"), filepath.Join(dir, "signer-key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if data, err = Sign(c, key, cert, Options{}); err != nil {
		t.Fatal(err)
	}
	return dir, data
}

// xmlsec runs the independent tool on a signed code.
func xmlsec(t *testing.T, dir string, data []byte) error {
	t.Helper()
	file := filepath.Join(dir, "code.xml")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("xmlsec1", "--verify", "--enabled-key-data", "x509", "--trusted-pem", filepath.Join(dir, "ca.pem"),
		"--id-attr:id", Namespace+":signedCode", file).CombinedOutput()
	if len(out) > 0 {
		t.Logf("%s", out)
	}
	return err
}

func TestAnIndependentToolVerifiesOurCode(t *testing.T) {
	dir, data := signed(t, Code{"1-0a1B2c3D", RealName})
	if err := xmlsec(t, dir, data); err != nil {
		t.Errorf("xmlsec1: %v\n%s", err, data)
	}
	forged := bytes.Replace(data, []byte("1-0a1B2c3D"), []byte("1-0a1B2c3E"), 1)
	if err := xmlsec(t, dir, forged); err == nil {
		t.Error("xmlsec1 takes a forged code")
	}
}

func TestVerify(t *testing.T) {
	want := Code{"1-0a1B2c3D", Domain}
	dir, data := signed(t, want)
	other := t.TempDir()
	if err := TestCA(other, time.Now()); err != nil {
		t.Fatal(err)
	}
	extension, err := Extension(data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for rule, c := range map[string]struct {
		data []byte
		ca   string
		now  time.Time
		good bool
	}{
		"as signed":               {data, dir, now, true},
		"in its extension":        {extension, dir, now, true},
		"another authority":       {data, other, now, false},
		"after its certificate":   {data, dir, now.AddDate(2, 0, 0), false},
		"another code":            {bytes.Replace(data, []byte("3D<"), []byte("3E<"), 1), dir, now, false},
		"another type":            {bytes.Replace(data, []byte(`"domain"`), []byte(`"real-name"`), 1), dir, now, false},
		"no signature":            {[]byte(`<a/>`), dir, now, false},
		"no XML":                  {[]byte(`1-abc`), dir, now, false},
		"a document type":         {append([]byte("<!DOCTYPE a>"), data...), dir, now, false},
		"an extension in another": {[]byte(`<encodedSignedCode><code>PGVuY29kZWRTaWduZWRDb2RlLz4=</code></encodedSignedCode>`), dir, now, false},
	} {
		roots, err := LoadRoots(filepath.Join(c.ca, "ca.pem"))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Verify(c.data, roots, c.now)
		if (err == nil) != c.good || c.good && got != want {
			t.Errorf("%s: %+v %v", rule, got, err)
		}
	}
}

func TestOnlyACodeIsSigned(t *testing.T) {
	for _, c := range []Code{{"", Domain}, {"a-1", Domain}, {"1-", Domain}, {"1-a b", Domain}, {"1-a", "x"}, {"1-<a/>", RealName}} {
		if c.check() == nil {
			t.Errorf("%+v would be signed", c)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(`<signedCode xmlns="urn:ietf:params:xml:ns:verificationCode-1.0" id="signedCode"><code type="domain">1-a</code></signedCode>`))
	dir := f.TempDir()
	if err := TestCA(dir, time.Now()); err != nil {
		f.Fatal(err)
	}
	roots, err := LoadRoots(filepath.Join(dir, "ca.pem"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, err := Verify(data, roots, time.Now()); err == nil {
			t.Errorf("nobody signed %+v", c)
		}
	})
}
