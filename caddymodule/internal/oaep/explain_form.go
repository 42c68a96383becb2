package oaep

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/customergate/customergate/caddymodule/keys"
)

// explainForm takes the Base64 off a ciphertext, or says what is wrong with it.
// With the right form, it is as long as one of the keys makes it.
func explainForm(ciphertext []byte, ring []keys.Key) (octets []byte, fault string) {
	text := string(ciphertext)
	octets, err := encoding.DecodeString(text)
	if err == nil && !strings.ContainsAny(text, "\r\n") && sized(octets, ring) {
		return octets, ""
	}
	for _, m := range misspellings {
		if decoded, err := m.decode(text); err == nil && sized(decoded, ring) {
			return nil, m.fault
		}
	}
	switch {
	case text == "":
		return nil, "it is empty"
	case err == nil && len(octets) < shortest && utf8.Valid(octets):
		return nil, "it is a text in Base64 that was not encrypted; encrypt the password, and encode what comes of it"
	case len(text) < encoding.EncodedLen(shortest):
		return nil, "it looks like the password itself; encrypt it with the public key"
	case err != nil:
		return nil, "it is not Base64 with the standard alphabet and padding, or cut"
	}
	return nil, fmt.Sprintf("it has %d bytes, but the key makes %d: it was encrypted with another public key, or cut",
		len(octets), ring[0].PublicKey().Size())
}

// shortest is what the smallest RSA key that anyone has makes, in bytes.
const shortest = 64

// sized tells whether octets are as many as a ciphertext of one of the keys has.
func sized(octets []byte, ring []keys.Key) bool {
	return slices.ContainsFunc(ring, func(key keys.Key) bool { return len(octets) == key.PublicKey().Size() })
}

// misspellings are the usual ways to write octets that are not the right one.
// The length of what comes out tells them from each other.
var misspellings = []struct {
	decode func(text string) ([]byte, error)
	fault  string
}{
	{respelt("\r", "", "\n", "", "\t", "", " ", "", `\r`, "", `\n`, ""), "its Base64 has white space or line breaks in it; encode it on one line"},
	{respelt(" ", "+"), "its Base64 has blanks in the place of +, as what was taken for a form's data; send it as JSON"},
	{respelt("\ufeff", ""), "its Base64 has a byte order mark before it; leave that out"},
	{respelt(`"`, "", `\`, "", "“", "", "”", ""), "its Base64 has quotation marks around it; leave them out"},
	{percentEncoded, "its Base64 is percent-encoded; send it as it is"},
	{behindComma, "its Base64 has the prefix of a data: URL before it; send what is behind the comma"},
	{armored, "its Base64 has lines of PEM around it; leave them out"},
	{respelt("-", "+", "_", "/"), "it is Base64 with the URL alphabet; use the standard one, with + and /"},
	{base64.RawURLEncoding.DecodeString, "it is Base64 with the URL alphabet; use the standard one, with + and /, and padding"},
	{base64.RawStdEncoding.DecodeString, "its Base64 has no padding; leave the = at its end"},
	{inBase64(encoding.DecodeString), "it is encoded in Base64 twice"},
	{inBase64(hexadecimal), "it is encoded in hexadecimal and then in Base64; leave the first out"},
	{hexadecimal, "it is encoded in hexadecimal; use Base64"},
}

// respelt decodes Base64 after something was replaced in it.
func respelt(oldnew ...string) func(string) ([]byte, error) {
	spelling := strings.NewReplacer(oldnew...)
	return func(text string) ([]byte, error) { return encoding.DecodeString(spelling.Replace(text)) }
}

func percentEncoded(text string) ([]byte, error) {
	plain, err := url.PathUnescape(strings.ReplaceAll(text, "%25", "%")) // once or twice
	if err != nil {
		return nil, err
	}
	return encoding.DecodeString(plain)
}

func behindComma(text string) ([]byte, error) {
	_, data, found := strings.Cut(text, ",")
	if !found || !strings.HasPrefix(text, "data:") {
		return nil, errors.New("no data: URL")
	}
	return encoding.DecodeString(data)
}

func armored(text string) ([]byte, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("no PEM")
	}
	return block.Bytes, nil
}

func inBase64(decode func(string) ([]byte, error)) func(string) ([]byte, error) {
	return func(text string) ([]byte, error) {
		inner, err := encoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		return decode(string(inner))
	}
}

func hexadecimal(text string) ([]byte, error) {
	return hex.DecodeString(strings.NewReplacer("0x", "", ":", "").Replace(text))
}
