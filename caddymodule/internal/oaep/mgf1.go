package oaep

import (
	"crypto"
	"crypto/rsa"
	_ "crypto/sha1" // #nosec G505 -- SunJCE's MGF1, where collisions do not matter
	_ "crypto/sha256"
	"slices"
)

// MGF1 says which hashes the mask generation function of OAEP may use. The
// hash of OAEP itself is always SHA-256 (contract, section 2).
type MGF1 uint8

const (
	// MGF1Both accepts SHA-256 and SHA-1. It is the default: Web Crypto,
	// Node, Python, .NET and Go take the first, Java and Android the second
	// unless told otherwise, and a ciphertext does not say which it was.
	MGF1Both MGF1 = iota
	// MGF1SHA256 accepts SHA-256 only.
	MGF1SHA256
	// MGF1SHA1 accepts SHA-1 only.
	MGF1SHA1
)

// A Variant is the hash that a ciphertext was decoded with in MGF1.
type Variant uint8

const (
	// VariantNone stands for a ciphertext that was not decoded: refused without
	// a private operation, or decoded with neither hash.
	VariantNone Variant = iota
	// VariantSHA256 is MGF1 with SHA-256.
	VariantSHA256
	// VariantSHA1 is MGF1 with SHA-1.
	VariantSHA1
)

// String returns none, sha256 or sha1.
func (v Variant) String() string {
	return [...]string{VariantNone: "none", VariantSHA256: "sha256", VariantSHA1: "sha1"}[v]
}

// options are what a key's Decrypt takes for a variant: RSA-OAEP with SHA-256
// and the empty label.
var options = [...]*rsa.OAEPOptions{
	VariantSHA256: {Hash: crypto.SHA256, MGFHash: crypto.SHA256},
	VariantSHA1:   {Hash: crypto.SHA256, MGFHash: crypto.SHA1},
}

// variants returns those that are accepted.
func (m MGF1) variants() []Variant {
	return [...][]Variant{
		MGF1Both:   {VariantSHA256, VariantSHA1},
		MGF1SHA256: {VariantSHA256},
		MGF1SHA1:   {VariantSHA1},
	}[m]
}

// accepts returns 1 for a variant that is accepted, and 0 for another.
func (m MGF1) accepts(v Variant) int {
	if slices.Contains(m.variants(), v) {
		return 1
	}
	return 0
}
