package oaep

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/customergate/customergate/caddymodule/keys"
)

const secret = "vQ7!mZk2#pWx"

// sealWith encrypts with a digest and a hash of MGF1.
func sealWith(t *testing.T, digest, mgf1 crypto.Hash, plaintext string) []byte {
	t.Helper()
	sealed, err := rsa.EncryptOAEPWithOptions(rand.Reader, &key2048().PublicKey, []byte(plaintext), &rsa.OAEPOptions{Hash: digest, MGFHash: mgf1})
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

// TestExplainMixes: every mix of the digests that libraries offer is told by name,
// but for the two that the contract has.
func TestExplainMixes(t *testing.T) {
	names := map[crypto.Hash]string{crypto.SHA1: "SHA-1", crypto.SHA256: "SHA-256", crypto.SHA384: "SHA-384", crypto.SHA512: "SHA-512"}
	ring := ringOf(t, other(), key2048())
	for digest := range names {
		for mgf1 := range names {
			want := "it opens with OAEP, the digest " + names[digest] + " and MGF1 with " + names[mgf1] + "; set "
			if digest == crypto.SHA256 && (mgf1 == crypto.SHA1 || mgf1 == crypto.SHA256) {
				want = ""
			}
			key, fault := Explain(ring, MGF1Both, toBase64(sealWith(t, digest, mgf1, secret)))
			if key != 1 || !strings.HasPrefix(fault, want) || want == "" && fault != "" {
				t.Errorf("%v with %v: key %d, %q", digest, mgf1, key, fault)
			}
		}
	}
}

// TestExplainRemedies: what is right already stays as it is.
func TestExplainRemedies(t *testing.T) {
	for _, test := range []struct {
		digest, mgf1 crypto.Hash
		remedy       string
	}{
		{crypto.SHA1, crypto.SHA1, "set the client's digest to SHA-256"},
		{crypto.SHA512, crypto.SHA1, "set the client's digest to SHA-256"},
		{crypto.SHA256, crypto.SHA512, "set MGF1 to SHA-256"},
		{crypto.SHA384, crypto.SHA512, "set both to SHA-256"},
	} {
		_, fault := Explain(ringOf(t, key2048()), MGF1Both, toBase64(sealWith(t, test.digest, test.mgf1, secret)))
		if !strings.HasSuffix(fault, "; "+test.remedy) {
			t.Errorf("%v with %v: %q", test.digest, test.mgf1, fault)
		}
	}
}

// withMarks is a ciphertext whose Base64 has both characters that are not
// letters or digits.
func withMarks(t *testing.T) []byte {
	t.Helper()
	for {
		octets := sealWith(t, crypto.SHA256, crypto.SHA256, secret)
		if text := string(toBase64(octets)); strings.Contains(text, "+") && strings.Contains(text, "/") {
			return octets
		}
	}
}

// TestExplainForm: the usual mistakes with the form of what is right otherwise.
func TestExplainForm(t *testing.T) {
	octets := withMarks(t)
	text := string(toBase64(octets))
	for name, test := range map[string]struct{ ciphertext, fault string }{
		"the password":              {secret, "the password itself"},
		"a password like Base64":    {"Passw0rd", "the password itself"},
		"a long password":           {strings.Repeat("correct horse ", 5), "the password itself"},
		"nothing":                   {"", "it is empty"},
		"the password in Base64":    {string(toBase64([]byte(secret))), "was not encrypted"},
		"hexadecimal":               {hex.EncodeToString(octets), "in hexadecimal; use Base64"},
		"hexadecimal, upper case":   {strings.ToUpper(hex.EncodeToString(octets)), "in hexadecimal; use Base64"},
		"hexadecimal, marked":       {"0x" + hex.EncodeToString(octets), "in hexadecimal; use Base64"},
		"hexadecimal, with colons":  {strings.ReplaceAll(fmt.Sprintf("% x", octets), " ", ":"), "in hexadecimal; use Base64"},
		"Base64 of hexadecimal":     {string(toBase64([]byte(hex.EncodeToString(octets)))), "in hexadecimal and then in Base64"},
		"Base64 twice":              {string(toBase64([]byte(text))), "Base64 twice"},
		"blanks for +":              {strings.ReplaceAll(text, "+", " "), "blanks in the place of +"},
		"percent-encoded":           {strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(text), "percent-encoded"},
		"URL alphabet":              {base64.URLEncoding.EncodeToString(octets), "URL alphabet"},
		"URL alphabet, no padding":  {base64.RawURLEncoding.EncodeToString(octets), "and padding"},
		"no padding":                {strings.TrimRight(text, "="), "has no padding"},
		"line breaks":               {text[:76] + "\n" + text[76:], "line breaks"},
		"line breaks of Windows":    {text[:76] + "\r\n" + text[76:] + "\r\n", "line breaks"},
		"a blank behind it":         {text + " ", "white space"},
		"a byte order mark":         {"\ufeff" + text, "byte order mark"},
		"quotation marks":           {`"` + text + `"`, "quotation marks"},
		"JSON within JSON":          {`\"` + text + `\"`, "quotation marks"},
		"marks of a person":         {"“" + text + "”", "quotation marks"},
		"escaped line breaks":       {text[:76] + `\n` + text[76:], "line breaks"},
		"percent-encoded twice":     {strings.NewReplacer("+", "%252B", "/", "%252F", "=", "%253D").Replace(text), "percent-encoded"},
		"a data: URL":               {"data:;base64," + text, "the prefix of a data: URL"},
		"another prefix":            {"date:," + text, "it is not Base64"},
		"PEM":                       {string(pem.EncodeToMemory(&pem.Block{Type: "MESSAGE", Bytes: octets})), "lines of PEM"},
		"cut":                       {text[:200], "it has 150 bytes, but the key makes 256"},
		"cut within four":           {text[:201], "or cut"},
		"of a larger key":           {string(seal(t, key3072(), VariantSHA256, secret)), "it has 384 bytes, but the key makes 256"},
		"something else altogether": {strings.Repeat("?", 344), "it is not Base64"},
	} {
		t.Run(name, func(t *testing.T) {
			key, fault := Explain(ringOf(t, key2048()), MGF1Both, []byte(test.ciphertext))
			if key != -1 || !strings.Contains(fault, test.fault) || strings.Contains(fault, secret) {
				t.Errorf("key %d, %q", key, fault)
			}
		})
	}
}

// TestExplainPlaintext: what opens, and yet is no password, or is not accepted.
func TestExplainPlaintext(t *testing.T) {
	var utf16Text strings.Builder
	for _, unit := range utf16.Encode([]rune(secret)) {
		utf16Text.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	for name, test := range map[string]struct{ plaintext, fault string }{
		"right":              {secret, ""},
		"right, but empty":   {"", ""},
		"a line feed":        {secret + "\n", "ends with a line feed"},
		"another control":    {secret + "\x07", "a control character"},
		"UTF-16":             {utf16Text.String(), "UTF-16"},
		"Latin-1":            {"M\xfcller#42", "not UTF-8"},
		"a byte order mark":  {"\ufeff" + secret, "a byte order mark"},
		"quotation marks":    {`"` + secret + `"`, "quotation marks"},
		"one mark":           {`"`, ""},
		"two lines":          {secret + "\r\n" + secret, "a control character"},
		"a line of Windows":  {secret + "\r\n", "ends with a line feed"},
		"a zero byte at end": {secret + "\x00", "a zero byte"},
	} {
		key, fault := Explain(ringOf(t, key2048()), MGF1Both, seal(t, key2048(), VariantSHA1, test.plaintext))
		if key != 0 || test.fault == "" && fault != "" || !strings.Contains(fault, test.fault) {
			t.Errorf("%s: key %d, %q", name, key, fault)
		}
	}
	for accepted, fault := range map[MGF1]string{MGF1SHA1: "", MGF1SHA256: "it opens, but with a hash in MGF1 that the gate's option mgf1 refuses"} {
		if _, got := Explain(ringOf(t, key2048()), accepted, seal(t, key2048(), VariantSHA1, secret)); got != fault {
			t.Errorf("%v: %q", accepted, got)
		}
	}
}

// TestExplainPadding: other ways than OAEP.
func TestExplainPadding(t *testing.T) {
	private := key2048()
	pkcs1, err := rsa.EncryptPKCS1v15(rand.Reader, &private.PublicKey, []byte(secret)) //nolint:staticcheck // a client's mistake
	if err != nil {
		t.Fatal(err)
	}
	textbook := new(big.Int).Exp(new(big.Int).SetBytes([]byte(secret)), big.NewInt(int64(private.E)), private.N).FillBytes(make([]byte, 256))
	reversed := sealWith(t, crypto.SHA256, crypto.SHA1, secret)
	slices.Reverse(reversed)
	garbage := make([]byte, 256)
	for name, test := range map[string]struct {
		octets []byte
		key    int
		fault  string
	}{
		"PKCS #1 v1.5":          {pkcs1, 0, "PKCS #1 v1.5"},
		"textbook":              {textbook, 0, "without a padding"},
		"reversed":              {reversed, 0, "in reverse order"},
		"zeros":                 {garbage, -1, "in no usual way"},
		"larger than the key":   {slices.Repeat([]byte{0xff}, 256), -1, "in no usual way"},
		"text behind a padding": {new(big.Int).Exp(big.NewInt(0x00_02_ff), big.NewInt(int64(private.E)), private.N).FillBytes(make([]byte, 256)), -1, "in no usual way"},
	} {
		key, fault := Explain(ringOf(t, private), MGF1Both, toBase64(test.octets))
		if key != test.key || !strings.Contains(fault, test.fault) {
			t.Errorf("%s: key %d, %q", name, key, fault)
		}
	}
}

// handle is a key of an HSM, which does what the contract asks for and fails the
// test otherwise.
type handle struct {
	*rsa.PrivateKey
	t *testing.T
}

func (h handle) Decrypt(_ io.Reader, ciphertext []byte, opts crypto.DecrypterOpts) ([]byte, error) {
	if o, ok := opts.(*rsa.OAEPOptions); !ok || o.Hash != crypto.SHA256 || o.MGFHash != crypto.SHA1 && o.MGFHash != crypto.SHA256 {
		h.t.Errorf("a key that need not know it is asked for %+v", opts)
	}
	return h.PrivateKey.Decrypt(nil, ciphertext, opts)
}

// TestExplainAsksNoKeyForMore: what a keys.Key promises is all that it can do.
func TestExplainAsksNoKeyForMore(t *testing.T) {
	key, err := keys.NewKey(handle{key2048(), t})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		digest crypto.Hash
		key    int
	}{{crypto.SHA256, 0}, {crypto.SHA384, -1}} {
		if got, fault := Explain([]keys.Key{key}, MGF1Both, toBase64(sealWith(t, test.digest, crypto.SHA1, secret))); got != test.key {
			t.Errorf("%v: key %d, %q", test.digest, got, fault)
		}
	}
}
