package keys

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
)

const pemBegin = "-----BEGIN "

var errEncrypted = errors.New("the private key is encrypted with a passphrase, which the gateway cannot ask for; " +
	"write it without one with `openssl pkey -in FILE -out NEW` and `chmod 600 NEW`")

// unarmor takes the PEM or Base64 layer off the DER of a key. It accepts one
// key with nothing but white space around it, so that what an operator sees in
// a file is what the gateway uses. Its errors never quote the input.
func unarmor(data []byte) ([]byte, error) {
	data = bytes.TrimSpace(data)
	switch blocks := bytes.Count(data, []byte(pemBegin)); {
	case len(data) == 0:
		return nil, errors.New("there is no key in it, it is empty; " + hintKeygen)
	case blocks == 0:
		return decodeBase64(data)
	case blocks > 1:
		return nil, fmt.Errorf("it holds %d PEM blocks; leave only the one with the key", blocks)
	case !bytes.HasPrefix(data, []byte(pemBegin)):
		return nil, errors.New("there is text before the PEM block; leave only the block")
	}
	return decodePEM(data)
}

func decodePEM(data []byte) ([]byte, error) {
	block, rest := pem.Decode(data)
	switch {
	case block == nil:
		return nil, errors.New("the PEM block is damaged; copy the key again, from -----BEGIN to the last dash of -----END")
	case len(rest) > 0:
		return nil, errors.New("there is text after the PEM block; leave only the block")
	case strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED"):
		return nil, errEncrypted
	case block.Type == "OPENSSH PRIVATE KEY":
		return nil, errors.New("it holds a key in OpenSSH's own format; " + hintKeygen)
	}
	return block.Bytes, nil
}

// decodeBase64 allows line breaks and blanks anywhere: dashboards, secrets
// stores and command lines all wrap long values in their own way.
func decodeBase64(data []byte) ([]byte, error) {
	compact := bytes.Join(bytes.Fields(data), nil)
	defer clear(compact)
	der := make([]byte, base64.StdEncoding.DecodedLen(len(compact)))
	n, err := base64.StdEncoding.Strict().Decode(der, compact)
	if err != nil {
		clear(der)
		return nil, errors.New("it is neither PEM nor Base64; the gateway reads PEM, and DER in Base64")
	}
	return der[:n], nil
}
