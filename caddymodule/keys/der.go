package keys

import (
	"encoding/asn1"
	"errors"
)

// A structure is what the DER of a key looks like from outside.
type structure int

const (
	unknownStructure structure = iota
	pkcs8Private               // PrivateKeyInfo, RFC 5208
	pkcs8Encrypted             // EncryptedPrivateKeyInfo, RFC 5208
	pkcs1Private               // RSAPrivateKey, RFC 8017 A.1.2
	pkcs1Public                // RSAPublicKey, RFC 8017 A.1.1
	sec1Private                // ECPrivateKey, RFC 5915
	spkiPublic                 // SubjectPublicKeyInfo, RFC 5280 4.1
	certificate                // Certificate or CertificationRequest
)

// structureOf tells the structures apart by the tags of their outermost
// members, so that a refusal can say what was found in place of the right one,
// whatever a PEM label claims.
func structureOf(der []byte) (structure, error) {
	var members []asn1.RawValue
	rest, _ := asn1.Unmarshal(der, &members) // what is not DER has no members
	if len(rest) > 0 {
		return unknownStructure, errors.New("there are bytes after the end of the key; copy the key again, alone")
	}
	tags := make([]byte, 0, len(members))
	for _, m := range members {
		tags = append(tags, tagLetter(m))
	}
	switch shape := string(tags); {
	case len(shape) >= 3 && shape[:3] == "iso":
		return pkcs8Private, nil
	case shape == "so":
		return pkcs8Encrypted, nil
	case shape == "iiiiiiiii", shape == "iiiiiiiiis":
		return pkcs1Private, nil
	case shape == "ii":
		return pkcs1Public, nil
	case len(shape) >= 2 && shape[:2] == "io":
		return sec1Private, nil
	case shape == "sb":
		return spkiPublic, nil
	case shape == "ssb":
		return certificate, nil
	}
	return unknownStructure, nil
}

// tagLetter shortens an ASN.1 tag: i(nteger), o(ctet string), b(it string),
// s(equence), anything else a dot.
func tagLetter(m asn1.RawValue) byte {
	if m.Class != asn1.ClassUniversal {
		return '.'
	}
	switch m.Tag {
	case asn1.TagInteger:
		return 'i'
	case asn1.TagOctetString:
		return 'o'
	case asn1.TagBitString:
		return 'b'
	case asn1.TagSequence:
		return 's'
	}
	return '.'
}
