package keys

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// What a JWK of the gateway says about itself (RFC 7517, section 4; RFC 7518,
// section 4.3).
const (
	jwkType      = "RSA"
	jwkUse       = "enc"
	jwkAlgorithm = "RSA-OAEP-256"
)

type jwk struct {
	Type      string         `json:"kty"`
	Use       string         `json:"use,omitzero"`
	Algorithm string         `json:"alg,omitzero"`
	ID        string         `json:"kid,omitzero"`
	Modulus   string         `json:"n"`
	Exponent  string         `json:"e"`
	Private   jsontext.Value `json:"d,omitzero"` // read only to refuse it
}

func newJWK(public *rsa.PublicKey, id string) jwk {
	modulus, exponent := jwkNumbers(public)
	return jwk{
		Type:      jwkType,
		Use:       jwkUse,
		Algorithm: jwkAlgorithm,
		ID:        id,
		Modulus:   modulus,
		Exponent:  exponent,
	}
}

// PublicJWK returns the public key as a JWK for RSA-OAEP-256 (RFC 7517), its
// kid the key's thumbprint.
func PublicJWK(public *rsa.PublicKey) ([]byte, error) {
	id, err := thumbprint(public)
	if err != nil {
		return nil, err
	}
	return json.Marshal(newJWK(public, id))
}

// thumbprint returns the base64url SHA-256 thumbprint of the key's JWK
// (RFC 7638), the ID of a Key.
func thumbprint(public *rsa.PublicKey) (string, error) {
	if err := checkPublic(public); err != nil {
		return "", err
	}
	modulus, exponent := jwkNumbers(public)
	// The required members in lexicographic order, without white space. The
	// values are base64url, so nothing in them needs escaping.
	canonical := `{"e":"` + exponent + `","kty":"` + jwkType + `","n":"` + modulus + `"}`
	sum := sha256.Sum256([]byte(canonical))
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// jwkNumbers encodes the numbers of a public key as Base64urlUInt (RFC 7518,
// section 2): big-endian in the fewest octets.
func jwkNumbers(public *rsa.PublicKey) (modulus, exponent string) {
	e := binary.BigEndian.AppendUint64(nil, uint64(public.E))
	for e[0] == 0 {
		e = e[1:]
	}
	encode := base64.RawURLEncoding.EncodeToString
	return encode(public.N.Bytes()), encode(e)
}

// parseJWK reads a JWK, or the first one of a JWK Set: the key in use, of those
// that the gateway gives out.
func parseJWK(data []byte) (*rsa.PublicKey, error) {
	var given struct {
		jwk
		Set []jwk `json:"keys"`
	}
	if err := json.Unmarshal(data, &given); err != nil {
		return nil, errors.New("it begins like a JWK, but is not the JSON of one") // the cause could quote the input
	}
	switch {
	case given.Set == nil:
		return given.public()
	case len(given.Set) == 0:
		return nil, errors.New("the JWK Set has no key in it")
	case slices.ContainsFunc(given.Set, func(key jwk) bool { return key.Private != nil }):
		return nil, errPrivateGiven
	}
	return given.Set[0].public()
}

// public returns the key, if it is one to encrypt with.
func (key jwk) public() (*rsa.PublicKey, error) {
	switch {
	case key.Type != jwkType:
		return nil, errNotRSA
	case key.Private != nil:
		return nil, errPrivateGiven
	case key.Use != "" && key.Use != jwkUse:
		return nil, errors.New("the JWK is not for encryption, its use is another than enc")
	case key.Algorithm != "" && key.Algorithm != jwkAlgorithm:
		return nil, errors.New("the JWK is for another algorithm than " + jwkAlgorithm)
	}
	modulus, err := decodeNumber(key.Modulus)
	if err != nil {
		return nil, err
	}
	exponent, err := decodeNumber(key.Exponent)
	if err != nil {
		return nil, err
	}
	if err := checkNumbers(modulus, exponent); err != nil { // before the exponent is cut to an int
		return nil, err
	}
	return &rsa.PublicKey{N: modulus, E: int(exponent.Int64())}, nil
}

func decodeNumber(encoded string) (*big.Int, error) {
	octets, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(octets) == 0 {
		return nil, errors.New("n or e of the JWK is not an unpadded base64url number")
	}
	return new(big.Int).SetBytes(octets), nil
}
