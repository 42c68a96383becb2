package oaep

import (
	"bytes"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/internal/conformance"
	"github.com/customergate/customergate/validation"
)

type vectorFile struct {
	Groups []vectorGroup `json:"testGroups"`
}

type vectorGroup struct {
	Size   int      `json:"keySize"`
	Hash   string   `json:"sha"`
	MGF1   string   `json:"mgfSha"`
	Key    string   `json:"privateKeyPem"`
	Vector []vector `json:"tests"`
}

type vector struct {
	ID         int    `json:"tcId"`
	Comment    string `json:"comment"`
	Message    octets `json:"msg"`
	Ciphertext octets `json:"ct"`
	Label      octets `json:"label"`
	Result     string `json:"result"`
}

// octets are written in hexadecimal in the suite.
type octets []byte

func (o *octets) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(string(text))
	*o = decoded
	return err
}

func loadVectors(t *testing.T, name string) []vectorGroup {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(conformance.Dir(t, "wycheproof"), name+"_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file vectorFile
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Groups) == 0 {
		t.Fatalf("%s holds no vectors", name)
	}
	return file.Groups
}

func (g vectorGroup) ring(t *testing.T) []keys.Key {
	t.Helper()
	private, err := keys.ParsePrivate([]byte(g.Key))
	if err != nil {
		t.Fatal(err)
	}
	return ringOf(t, private)
}

// inContract tells whether clients may use these hashes.
func (g vectorGroup) inContract() bool {
	return g.Hash == "SHA-256" && (g.MGF1 == "SHA-256" || g.MGF1 == "SHA-1")
}

// openable tells whether the gateway has to open a vector: made with SHA-256,
// the empty label and one of the two variants, which is 60 of the 206 in the
// files below. 33 more are valid, but with a label that no client of the
// contract uses, and 113 are not valid at all.
func (g vectorGroup) openable(v vector) bool {
	return v.Result == "valid" && len(v.Label) == 0 && g.inContract()
}

var contractFiles = []string{
	"rsa_oaep_2048_sha256_mgf1sha1",
	"rsa_oaep_2048_sha256_mgf1sha256",
	"rsa_oaep_3072_sha256_mgf1sha1",
	"rsa_oaep_3072_sha256_mgf1sha256",
	"rsa_oaep_4096_sha256_mgf1sha1",
	"rsa_oaep_4096_sha256_mgf1sha256",
}

// TestWycheproof judges the decryption alone, without the demand for text: the
// messages of the suite are any octets.
func TestWycheproof(t *testing.T) {
	tally := make(map[string]int)
	for _, name := range contractFiles {
		for _, group := range loadVectors(t, name) {
			ring := group.ring(t)
			for _, v := range group.Vector {
				message, opened := decryptEither(t, v.Ciphertext, ring)
				if want := group.openable(v); opened != want {
					t.Errorf("%s %d (%s): opened is %t, want %t", name, v.ID, v.Comment, opened, want)
				}
				if opened && !bytes.Equal(message, v.Message) {
					t.Errorf("%s %d (%s): the wrong message came out", name, v.ID, v.Comment)
				}
				if opened {
					tally["accepted"]++
				} else {
					tally["refused"]++
					tally["refused "+v.Result]++
				}
			}
		}
	}
	for outcome, want := range map[string]int{"accepted": 60, "refused": 146, "refused invalid": 113, "refused valid": 33} {
		if tally[outcome] != want {
			t.Errorf("%s: %d, want %d", outcome, tally[outcome], want)
		}
	}
}

// decryptEither skips the question whether a message is text. It holds
// crypto/rsa to one error for every bad ciphertext, by which a failing key is
// told from it.
func decryptEither(t *testing.T, octets []byte, ring []keys.Key) ([]byte, bool) {
	t.Helper()
	decoded, ok := decode(toBase64(octets), ring)
	if !ok {
		return nil, false
	}
	for _, variant := range MGF1Both.order(VariantNone) {
		message, err := ring[0].Decrypt(nil, decoded, options[variant])
		if err == nil {
			return message, true
		}
		if !errors.Is(err, rsa.ErrDecryption) {
			t.Errorf("the error is %v, want ErrDecryption", err)
		}
	}
	return nil, false
}

// TestWycheproofThroughOpen sends the same vectors the way that requests take:
// messages that are text come out, everything else gives the same nil, and
// costs the same two operations unless public facts forbid the ciphertext.
func TestWycheproofThroughOpen(t *testing.T) {
	texts, refused := 0, 0
	for _, name := range contractFiles {
		for _, group := range loadVectors(t, name) {
			key := count(group.ring(t)[0].Decrypter)
			ring := ringOf(t, key)
			for _, v := range group.Vector {
				key.operations.Store(0)
				plaintext := openOne(t, New(Options{}), ring, "WEB", toBase64(v.Ciphertext))
				if group.openable(v) && validation.Readable(v.Message) {
					texts++
					if plaintext == nil || !bytes.Equal(plaintext, v.Message) {
						t.Errorf("%s %d (%s): the message did not come out", name, v.ID, v.Comment)
					}
					continue
				}
				refused++
				if plaintext != nil {
					t.Errorf("%s %d (%s): opened", name, v.ID, v.Comment)
				}
				want := int64(2)
				if _, ok := decode(toBase64(v.Ciphertext), ring); !ok {
					want = 0
				}
				if got := key.operations.Load(); got != want {
					t.Errorf("%s %d (%s): refused after %d operations, want %d", name, v.ID, v.Comment, got, want)
				}
			}
		}
	}
	if texts == 0 || texts+refused != 206 {
		t.Errorf("%d texts and %d refused, want some and 206 together", texts, refused)
	}
}

// TestWycheproofOtherHashes: what is valid elsewhere, but not by the contract,
// stays shut, and what the contract allows opens at every size.
func TestWycheproofOtherHashes(t *testing.T) {
	opened := 0
	for _, name := range []string{"rsa_oaep_2048_sha1_mgf1sha1", "rsa_oaep_misc"} {
		for _, group := range loadVectors(t, name) {
			if group.Size < keys.MinBits {
				continue // refused when it is loaded; see TestWycheproofKeys
			}
			if group.Size == keys.MaxBits && !group.inContract() {
				continue // a refusal takes a quarter of a second, and is tried at all other sizes
			}
			ring := group.ring(t)
			for _, v := range group.Vector {
				message, ok := decryptEither(t, v.Ciphertext, ring)
				if ok != group.openable(v) || !bytes.Equal(message, v.Message) && ok {
					t.Errorf("%s %d (%d bits, %s, MGF1 %s): opened is %t", name, v.ID, group.Size, group.Hash, group.MGF1, ok)
				}
				if ok {
					opened++
				}
			}
		}
	}
	if opened != 24 { // three for each variant and 2048, 3072, 4096, 8192 bits
		t.Errorf("%d opened, want 24", opened)
	}
}

// TestWycheproofKeys: keys that must not be served are refused when loaded.
func TestWycheproofKeys(t *testing.T) {
	refused := 0
	for _, name := range []string{"rsa_three_primes_oaep_4096_sha256_mgf1sha256", "rsa_oaep_misc"} {
		for _, group := range loadVectors(t, name) {
			if group.Size >= keys.MinBits && name == "rsa_oaep_misc" {
				continue
			}
			refused++
			if _, err := keys.ParsePrivate([]byte(group.Key)); err == nil {
				t.Errorf("%s: a key of %d bits is accepted", name, group.Size)
			}
		}
	}
	if refused < 2 {
		t.Errorf("only %d keys were tried", refused)
	}
}
