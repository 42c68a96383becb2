package e2e

import (
	"crypto"
	"crypto/rsa"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/customergate/customergate/internal/conformance"
)

// vectorGroup is the part of a Wycheproof file that has one key.
type vectorGroup struct {
	Size  int      `json:"keySize"`
	Key   string   `json:"privateKeyPem"`
	Tests []vector `json:"tests"`
}

type vector struct {
	ID         int    `json:"tcId"`
	Message    string `json:"msg"`
	Ciphertext string `json:"ct"`
	Label      string `json:"label"`
	Result     string `json:"result"`
}

var vectorSizes = []int{2048, 3072, 4096}

func vectorsOf(t *testing.T, size int) []vectorGroup {
	t.Helper()
	var groups []vectorGroup
	for _, mgf1 := range []string{"sha256", "sha1"} {
		name := fmt.Sprintf("rsa_oaep_%d_sha256_mgf1%s_test.json", size, mgf1)
		data, err := os.ReadFile(filepath.Join(conformance.Dir(t, "wycheproof"), name))
		if err != nil {
			t.Fatal(err)
		}
		var file struct {
			Groups []vectorGroup `json:"testGroups"`
		}
		if err := json.Unmarshal(data, &file); err != nil {
			t.Fatal(err)
		}
		groups = append(groups, file.Groups...)
	}
	return groups
}

// TestDecryptionTellsNothing sends every ciphertext of Wycheproof that must
// not open, and every other kind of junk, with the vectors' own keys: all
// answers are the same to the byte, but for the time, whatever was wrong.
func TestDecryptionTellsNothing(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	keys := make(map[int]*rsa.PrivateKey)
	groups := make(map[int][]vectorGroup)
	var site strings.Builder
	dir := t.TempDir()
	for _, size := range vectorSizes {
		groups[size] = vectorsOf(t, size)
		keyFile := filepath.Join(dir, fmt.Sprintf("%d.pem", size))
		writeFile(t, keyFile, []byte(groups[size][0].Key))
		keys[size] = parsePrivate(t, groups[size][0].Key)
		fmt.Fprintf(&site, "customer_gate /%d/* {\n keys file %s\n%s\n}\n", size, keyFile, patient)
	}
	site.WriteString("reverse_proxy {$UPSTREAM}\n")
	gate := startGateway(t, setup{upstream: up.address, site: site.String()})

	want, tally := "", map[string]int{}
	for _, size := range vectorSizes {
		send := func(ciphertext string) answer {
			return post(t, gate.url(fmt.Sprintf("/%d%s", size, endpoint)), newCustomer().sealed(ciphertext, ciphertext).json())
		}
		expectSame := func(what, ciphertext string) {
			t.Helper()
			got := send(ciphertext).timeless()
			if want == "" {
				want = got
				t.Logf("the answer to all:\n%s", want)
			}
			if got != want {
				t.Errorf("%d bits, %s: the answer is\n%s\nwant\n%s", size, what, got, want)
			}
		}
		for _, group := range groups[size] {
			for _, v := range group.Tests {
				ciphertext := base64.StdEncoding.EncodeToString(fromHex(t, v.Ciphertext))
				if ciphertext == "" { // as any field that is left empty
					tally[v.Result]++
					send(ciphertext).check(t, 422, `"pointer":"/password","code":"required"`)
					continue
				}
				if v.Result == "valid" && v.Label == "" && isText(fromHex(t, v.Message)) {
					tally["text"]++
					if got := send(ciphertext); strings.Contains(got.body, "undecryptable") {
						t.Errorf("%d bits, vector %d: a valid ciphertext was not opened", size, v.ID)
					}
					continue
				}
				tally[v.Result]++
				expectSame(fmt.Sprintf("vector %d", v.ID), ciphertext)
			}
		}
		for what, ciphertext := range junk(t, keys[size]) {
			expectSame(what, ciphertext)
		}
	}
	up.checkUntouched(t)
	if tally["invalid"] != 113 || tally["text"]+tally["valid"] != 93 {
		t.Errorf("the suite has %v, want 113 invalid and 93 valid vectors", tally)
	}
}

// junk is what is not a ciphertext of a password, of every kind.
func junk(t *testing.T, private *rsa.PrivateKey) map[string]string {
	key := &testKey{private: private}
	good := key.encrypt(t, password, crypto.SHA256)
	raw, _ := base64.StdEncoding.DecodeString(good)
	size := len(raw)
	encode := base64.StdEncoding.EncodeToString
	n := private.N.FillBytes(make([]byte, size))
	kinds := map[string]string{
		"not Base64":              strings.Repeat("!", len(good)),
		"a password":              password,
		"one character":           "A",
		"short":                   encode(raw[:size-1]),
		"long":                    encode(append([]byte{0}, raw...)),
		"another tenant's":        (&testKey{private: newKey().private}).encrypt(t, password, crypto.SHA256),
		"damaged":                 encode(append([]byte{raw[0] ^ 1}, raw[1:]...)),
		"zero":                    encode(make([]byte, size)),
		"the modulus":             encode(n),
		"largest number":          encode(slices.Repeat([]byte{0xff}, size)),
		"another hash":            key.encrypt(t, password, crypto.SHA512),
		"NUL inside":              key.encrypt(t, "Vq7!xTz9#\x00Lm2wRk", crypto.SHA256),
		"line break inside":       key.encrypt(t, "Vq7!xTz9#\nLm2wRk", crypto.SHA1),
		"DEL inside":              key.encrypt(t, "Vq7!xTz9#\x7fLm2wRk", crypto.SHA256),
		"not UTF-8":               key.encrypt(t, "Vq7!xTz9#\xffLm2wRk", crypto.SHA256),
		"surrogate inside":        key.encrypt(t, "Vq7!xTz9#\xed\xa0\x80Lm2wRk", crypto.SHA256),
		"line break in Base64":    good[:64] + "\n" + good[64:],
		"blank behind":            good + " ",
		"more padding":            good + "==",
		"digits of two alphabets": strings.Map(toURLAlphabet, forceURLDigit(t, key)),
	}
	if digits := strings.TrimRight(good, "="); digits != good { // not so where 3 divides the length
		kinds["no padding"] = digits
		kinds["trailing bits"] = setTrailingBit(digits) + good[len(digits):]
	}
	return kinds
}

// forceURLDigit returns a ciphertext whose Base64 has a digit that the URL
// alphabet writes differently.
func forceURLDigit(t *testing.T, key *testKey) string {
	for {
		if ciphertext := key.encrypt(t, password, crypto.SHA256); strings.ContainsAny(ciphertext, "+/") {
			return ciphertext
		}
	}
}

func toURLAlphabet(r rune) rune {
	switch r {
	case '+':
		return '-'
	case '/':
		return '_'
	}
	return r
}

// setTrailingBit changes a bit of the last digit that no octet is made of.
func setTrailingBit(digits string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := len(digits) - 1
	return digits[:last] + alphabet[strings.IndexByte(alphabet, digits[last])|1:][:1]
}

var timestamp = regexp.MustCompile(`"timestamp":"[^"]*"`)

// timeless is an answer with its status and headers, but without the time and without
// Caddy's own identifier of the request.
func (a answer) timeless() string {
	var b strings.Builder
	fmt.Fprintln(&b, a.status)
	header := a.header.Clone()
	header.Del("Date")
	body := timestamp.ReplaceAllString(a.body, `"timestamp":""`)
	if uuid := header.Get("Request-Uuid"); uuid != "" {
		body = strings.ReplaceAll(body, uuid, "")
	}
	header.Del("Request-Uuid")
	_ = header.Write(&b)
	b.WriteString(body)
	return b.String()
}

func isText(message []byte) bool {
	return utf8.Valid(message) && !strings.ContainsFunc(string(message), unicode.IsControl)
}

func fromHex(t *testing.T, text string) []byte {
	t.Helper()
	octets, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func parsePrivate(t *testing.T, text string) *rsa.PrivateKey {
	t.Helper()
	private, err := parsePKCS8([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return private
}
