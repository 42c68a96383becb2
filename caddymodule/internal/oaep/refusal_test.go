package oaep

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
)

func TestOpenRefusesMalformedWithoutTheKey(t *testing.T) {
	good := string(seal(t, key2048(), VariantSHA256, password))
	unpadded := strings.TrimRight(good, "=")
	modulus := key2048().N
	tests := map[string]string{
		"empty":                          "",
		"one character short":            good[:len(good)-1],
		"one group short":                good[:len(good)-4],
		"one group long":                 good + "AAAA",
		"twice":                          good + good,
		"no padding":                     unpadded,
		"half the padding":               unpadded + "=",
		"padding in front":               "==" + unpadded,
		"padding too long":               unpadded + "===",
		"one octet in place of padding":  unpadded + "A=",
		"two octets in place of padding": unpadded + "AA",
		"line break in place of four":    good[:76] + "\n" + good[77:],
		"line breaks added":              good[:76] + "\r\n" + good[76:],
		"line break at the end":          good + "\n",
		"line break before the padding":  unpadded + "\n=",
		"blank in front":                 " " + good[1:],
		"tab inside":                     good[:10] + "\t" + good[11:],
		"NUL inside":                     good[:10] + "\x00" + good[11:],
		"URL alphabet -":                 good[:10] + "-" + good[11:],
		"URL alphabet _":                 good[:10] + "_" + good[11:],
		"percent-encoded":                good[:10] + "%2B" + good[13:],
		"non-zero trailing bits":         withTrailingBits(good),
		"hexadecimal":                    strings.Repeat("0a", 172),
		"PEM armour":                     "-----BEGIN" + good[10:],
		"not ASCII":                      good[:10] + "é" + good[12:],
		"leading zero octet dropped":     string(toBase64(bytes.Repeat([]byte{1}, 255))),
		"one octet more than modulus":    string(toBase64(append([]byte{0}, bytes.Repeat([]byte{1}, 256)...))),
		"equal to the modulus":           string(toBase64(modulus.Bytes())),
		"modulus plus one":               string(toBase64(new(big.Int).Add(modulus, big.NewInt(1)).Bytes())),
		"greatest number of its length":  string(toBase64(bytes.Repeat([]byte{0xff}, 256))),
	}
	for name, ciphertext := range tests {
		t.Run(name, func(t *testing.T) {
			key, seen := count(t, key2048()), new(observations)
			d := New(Options{Observe: seen.observe})
			if plaintext := openOne(t, d, ringOf(t, key), []byte(ciphertext)); plaintext != nil {
				t.Error("it was opened")
			}
			if n := key.operations.Load(); n != 0 {
				t.Errorf("%d private operations, want none", n)
			}
			if want := map[string]int{"malformed none": 1}; !maps.Equal(seen.seen, want) {
				t.Errorf("observed %v, want %v", seen.seen, want)
			}
		})
	}
}

// withTrailingBits sets a bit of the last character that no octet takes.
func withTrailingBits(encoded string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := len(encoded) - 3 // 256 octets leave two characters of padding
	return encoded[:last] + string(alphabet[strings.IndexByte(alphabet, encoded[last])|1]) + "=="
}

func TestOpenFailsAlike(t *testing.T) {
	tests := map[string][]byte{
		"junk":                 junk(256),
		"zero":                 toBase64(make([]byte, 256)),
		"one":                  toBase64(append(make([]byte, 255), 1)),
		"modulus less one":     toBase64(new(big.Int).Sub(key2048().N, big.NewInt(1)).Bytes()),
		"another key":          sealBelow(t, other(), key2048().N),
		"PKCS #1 v1.5 padding": sealPKCS1v15(t),
		"not UTF-8":            seal(t, key2048(), VariantSHA256, "Passw\xf6rd1!"),
		"UTF-8 cut off":        seal(t, key2048(), VariantSHA1, "Passw0rd!\xc3"),
		"a surrogate":          seal(t, key2048(), VariantSHA256, "Passw0rd!\xed\xa0\x80"),
		"NUL":                  seal(t, key2048(), VariantSHA1, "Passw0rd!\x00"),
		"line feed":            seal(t, key2048(), VariantSHA256, "Passw0rd!\n"),
		"DEL":                  seal(t, key2048(), VariantSHA256, "Passw0rd!\x7f"),
		"C1 control character": seal(t, key2048(), VariantSHA1, "Passw0rd!\u0085"),
	}
	for name, ciphertext := range tests {
		t.Run(name, func(t *testing.T) {
			key, seen := count(t, key2048()), new(observations)
			d := New(Options{Observe: seen.observe})
			if plaintext := openOne(t, d, ringOf(t, key), ciphertext); plaintext != nil {
				t.Error("it was opened")
			}
			if n := key.operations.Load(); n != 1 {
				t.Errorf("%d private operations, want 1", n)
			}
			if len(seen.seen) != 1 || seen.failed() != 1 {
				t.Errorf("observed %v, want one that failed", seen.seen)
			}
		})
	}
}

// sealBelow seals until the ciphertext is less than another key's modulus.
func sealBelow(t *testing.T, key *rsa.PrivateKey, modulus *big.Int) []byte {
	t.Helper()
	for {
		sealed := seal(t, key, VariantSHA256, password)
		if numberOf(t, sealed).Cmp(modulus) < 0 {
			return sealed
		}
	}
}

func sealPKCS1v15(t *testing.T) []byte {
	t.Helper()
	sealed, err := rsa.EncryptPKCS1v15(rand.Reader, &key2048().PublicKey, []byte(password)) //nolint:staticcheck // a client that took the wrong padding
	if err != nil {
		t.Fatal(err)
	}
	return toBase64(sealed)
}

// TestOpenRefusesLineBreaksUpToAnotherLength: a length alone does not tell that
// a ciphertext is whole when the ring has keys of several sizes.
func TestOpenRefusesLineBreaksUpToAnotherLength(t *testing.T) {
	small, large := count(t, key2048()), count(t, key3072())
	sealed := seal(t, key2048(), VariantSHA256, password)
	stretched := slices.Concat(sealed, bytes.Repeat([]byte("\n"), 512-len(sealed)))
	if openOne(t, New(Options{}), ringOf(t, small, large), stretched) != nil {
		t.Error("it was opened")
	}
	if n := small.operations.Load() + large.operations.Load(); n != 0 {
		t.Errorf("%d private operations, want none", n)
	}
}
