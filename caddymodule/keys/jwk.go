package keys

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/big"

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

// PublicJWK returns the public key as a JWK for RSA-OAEP-256 (RFC 7517), its
// kid the key's thumbprint.
func PublicJWK(public *rsa.PublicKey) ([]byte, error) {
	id, err := thumbprint(public)
	if err != nil {
		return nil, err
	}
	modulus, exponent := jwkNumbers(public)
	return json.Marshal(jwk{
		Type:      jwkType,
		Use:       jwkUse,
		Algorithm: jwkAlgorithm,
		ID:        id,
		Modulus:   modulus,
		Exponent:  exponent,
	})
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

func parseJWK(data []byte) (*rsa.PublicKey, error) {
	var key jwk
	if err := json.Unmarshal(data, &key); err != nil {
		return nil, errors.New("it begins like a JWK, but is not the JSON of one") // the cause could quote the input
	}
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
