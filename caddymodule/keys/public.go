package keys

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
)

var errPrivateGiven = errors.New("it holds a private key, which must stay on the gateway; " +
	"print the public one with `caddy customer-gate public-key --key FILE`")

// PublicBase64 returns the public key as the Base64 of its
// SubjectPublicKeyInfo on one line: the form that the platform's dashboard
// shows (contract, section 2).
func PublicBase64(public *rsa.PublicKey) (string, error) {
	der, err := marshalSPKI(public)
	return base64.StdEncoding.EncodeToString(der), err
}

// PublicPEM returns the public key as a PEM block with its
// SubjectPublicKeyInfo.
func PublicPEM(public *rsa.PublicKey) ([]byte, error) {
	der, err := marshalSPKI(public)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

func marshalSPKI(public *rsa.PublicKey) ([]byte, error) {
	if err := checkPublic(public); err != nil {
		return nil, err
	}
	return x509.MarshalPKIXPublicKey(public)
}

// ParsePublic reads one RSA public key in any of the forms that the gateway
// gives out: PEM, a SubjectPublicKeyInfo in Base64 with white space anywhere, a
// JWK, or a JWK Set, of which it takes the first key, which is the one in use.
// A PKCS #1 public key in place of the SubjectPublicKeyInfo is read too. A
// private key is refused, and so is a public key that the gateway would refuse
// the private half of. Errors never quote the input.
func ParsePublic(data []byte) (*rsa.PublicKey, error) {
	public, err := parsePublicForm(data)
	if err != nil {
		return nil, err
	}
	if err := checkPublic(public); err != nil {
		return nil, err
	}
	return public, nil
}

func parsePublicForm(data []byte) (*rsa.PublicKey, error) {
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return parseJWK(data)
	}
	der, err := unarmor(data)
	if err != nil {
		if errors.Is(err, errEncrypted) {
			return nil, errPrivateGiven
		}
		return nil, err
	}
	found, err := structureOf(der)
	if err != nil {
		return nil, err
	}
	switch found {
	case spkiPublic:
		return parseSPKI(der)
	case pkcs1Public:
		public, err := x509.ParsePKCS1PublicKey(der)
		if err != nil {
			return nil, errNoPublic
		}
		return public, nil
	case pkcs8Private, pkcs8Encrypted, pkcs1Private, sec1Private:
		clear(der)
		return nil, errPrivateGiven
	case certificate:
		return nil, errors.New("it holds a certificate; take the public key out with `openssl x509 -in FILE -pubkey -noout`")
	default:
		return nil, errNoPublic
	}
}

var errNoPublic = errors.New("it holds no usable RSA public key; copy the key again, or print it with `caddy customer-gate public-key --key FILE`")

func parseSPKI(der []byte) (*rsa.PublicKey, error) {
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errNoPublic
	}
	public, ok := parsed.(*rsa.PublicKey)
	if !ok {
		return nil, errNotRSA
	}
	return public, nil
}
