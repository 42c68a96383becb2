package oaep

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/customergate/customergate/caddymodule/engine"
	"github.com/customergate/customergate/caddymodule/internal/queue"
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

// A decryption opens ciphertexts with one key, or leaves nil: all of a group at
// once, without the question whether a message is text, as the messages of the
// suite are any octets.
type decryption func(t *testing.T, key keys.Key, ciphertexts [][]byte) [][]byte

// decryptions are by each engine, and by a key as a whole.
func decryptions(t *testing.T) map[string]decryption {
	t.Helper()
	all := map[string]decryption{"crypto-rsa": decryptWhole}
	for name, e := range engines(t) {
		all[name] = func(t *testing.T, key keys.Key, ciphertexts [][]byte) [][]byte {
			return decryptTogether(t, e, key, ciphertexts)
		}
	}
	return all
}

// decryptWhole holds crypto/rsa to one error for every bad ciphertext, by which
// a failing key is told from it.
func decryptWhole(t *testing.T, key keys.Key, ciphertexts [][]byte) [][]byte {
	t.Helper()
	messages := make([][]byte, len(ciphertexts))
	for i, octets := range ciphertexts {
		a := &attempt{task: task{octets: octets, into: new([]byte)}, key: key}
		for _, variant := range MGF1Both.variants() {
			if messages[i] == nil {
				messages[i] = a.decrypt(variant)
			}
		}
		if a.err != nil {
			t.Error(a.err)
		}
	}
	return messages
}

// decryptTogether gives each ciphertext three times, so that it goes beside
// others however few there are.
func decryptTogether(t *testing.T, e *engine.Engine, key keys.Key, ciphertexts [][]byte) [][]byte {
	t.Helper()
	ready, ok := key.Raw(e, func(err error) { t.Error(err) }).(*engine.Key)
	if !ok {
		t.Fatal("the engine does not serve the key")
	}
	var batch []*engine.Operation
	for _, octets := range ciphertexts {
		for range 3 {
			batch = append(batch, &engine.Operation{Key: ready, Ciphertext: octets, Result: make([]byte, len(octets))})
		}
	}
	e.Do(batch)
	messages := make([][]byte, len(ciphertexts))
	for i, op := range batch {
		if op.Err != nil {
			t.Error(op.Err)
		}
		message, _ := decodeEM(op.Result, MGF1Both)
		if i%3 > 0 && !bytes.Equal(message, messages[i/3]) {
			t.Error("equal ciphertexts have different messages")
		}
		messages[i/3] = message
	}
	return messages
}

// decrypt leaves out what public facts forbid.
func (g vectorGroup) decrypt(t *testing.T, by decryption) [][]byte {
	t.Helper()
	ring := g.ring(t)
	messages := make([][]byte, len(g.Vector))
	var ciphertexts [][]byte
	var places []int
	for i, v := range g.Vector {
		if octets, suited := decode(toBase64(v.Ciphertext), ring); len(suited) > 0 {
			ciphertexts, places = append(ciphertexts, octets), append(places, i)
		}
	}
	for i, message := range by(t, ring[0], ciphertexts) {
		messages[places[i]] = message
	}
	return messages
}

// TestWycheproof judges the decryption alone.
func TestWycheproof(t *testing.T) {
	for name, by := range decryptions(t) {
		t.Run(name, func(t *testing.T) {
			tally := make(map[string]int)
			for _, file := range contractFiles {
				for _, group := range loadVectors(t, file) {
					group.judge(t, file, by, tally)
				}
			}
			for outcome, want := range map[string]int{"accepted": 60, "refused": 146, "refused invalid": 113, "refused valid": 33} {
				if tally[outcome] != want {
					t.Errorf("%s: %d, want %d", outcome, tally[outcome], want)
				}
			}
		})
	}
}

func (g vectorGroup) judge(t *testing.T, file string, by decryption, tally map[string]int) {
	t.Helper()
	messages := g.decrypt(t, by)
	for i, v := range g.Vector {
		opened := messages[i] != nil
		if want := g.openable(v); opened != want {
			t.Errorf("%s %d (%s): opened is %t, want %t", file, v.ID, v.Comment, opened, want)
		}
		if opened && !bytes.Equal(messages[i], v.Message) {
			t.Errorf("%s %d (%s): the wrong message came out", file, v.ID, v.Comment)
		}
		if opened {
			tally["accepted"]++
		} else {
			tally["refused"]++
			tally["refused "+v.Result]++
		}
	}
}

// TestWycheproofThroughOpen sends the same vectors the way that requests take:
// messages that are text come out, everything else gives the same nil, and
// costs the same operation unless public facts forbid the ciphertext.
func TestWycheproofThroughOpen(t *testing.T) {
	for name, e := range engines(t) {
		t.Run(name, func(t *testing.T) {
			texts, refused := 0, 0
			for _, file := range contractFiles {
				for _, group := range loadVectors(t, file) {
					ring := group.ring(t)
					for _, v := range group.Vector {
						seen := new(observations)
						plaintext := openOne(t, New(Options{Queue: NewQueue(e, queue.Options{}), Observe: seen.observe}), ring, toBase64(v.Ciphertext))
						if group.openable(v) && validation.Readable(v.Message) {
							texts++
							if plaintext == nil || !bytes.Equal(plaintext, v.Message) {
								t.Errorf("%s %d (%s): the message did not come out", file, v.ID, v.Comment)
							}
							continue
						}
						refused++
						if plaintext != nil {
							t.Errorf("%s %d (%s): opened", file, v.ID, v.Comment)
						}
						if len(seen.seen) != 1 || seen.seen["malformed none"]+seen.failed() != 1 {
							t.Errorf("%s %d (%s): observed %v, want one failed or malformed", file, v.ID, v.Comment, seen.seen)
						}
					}
				}
			}
			if texts == 0 || texts+refused != 206 {
				t.Errorf("%d texts and %d refused, want some and 206 together", texts, refused)
			}
		})
	}
}

// TestWycheproofOtherHashes: what is valid elsewhere, but not by the contract,
// stays shut, and what the contract allows opens at every size.
func TestWycheproofOtherHashes(t *testing.T) {
	for name, by := range decryptions(t) {
		t.Run(name, func(t *testing.T) {
			opened := 0
			for _, file := range []string{"rsa_oaep_2048_sha1_mgf1sha1", "rsa_oaep_misc"} {
				for _, group := range loadVectors(t, file) {
					if group.Size < keys.MinBits {
						continue // refused when it is loaded; see TestWycheproofKeys
					}
					if group.Size == keys.MaxBits && !group.inContract() {
						continue // a refusal takes a quarter of a second, and is tried at all other sizes
					}
					for i, message := range group.decrypt(t, by) {
						v := group.Vector[i]
						if (message != nil) != group.openable(v) || !bytes.Equal(message, v.Message) && message != nil {
							t.Errorf("%s %d (%d bits, %s, MGF1 %s): opened is %t", file, v.ID, group.Size, group.Hash, group.MGF1, message != nil)
						}
						if message != nil {
							opened++
						}
					}
				}
			}
			if opened != 24 { // three for each variant and 2048, 3072, 4096, 8192 bits
				t.Errorf("%d opened, want 24", opened)
			}
		})
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
