package e2e

import (
	"crypto"
	"testing"
)

var habitualHashes = map[string]crypto.Hash{"sha1": crypto.SHA1, "sha256": crypto.SHA256}

// TestBothMGF1: both habits open on every platform, even in one request.
func TestBothMGF1(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	key := keyOfTests()
	for name, hash := range habitualHashes {
		for _, platform := range []string{"WEB", "ANDROID", "IOS"} {
			t.Run(name+" "+platform, func(t *testing.T) {
				sent := newCustomer().encrypted(t, key, hash).with("devicePlatform", platform)
				post(t, gate.url(endpoint), sent.json()).check(t, 201)
				got := up.takeOne(t)
				got.checkFraming(t)
				sent.checkForwarded(t, got.body)
			})
		}
	}
	t.Run("another ciphertext for the confirmation", func(t *testing.T) {
		sent := newCustomer().sealed(key.encrypt(t, password, crypto.SHA1), key.encrypt(t, password, crypto.SHA256))
		post(t, gate.url(endpoint), sent.json()).check(t, 201)
		sent.checkForwarded(t, up.takeOne(t).body)
	})
	t.Run("another password for the confirmation", func(t *testing.T) {
		sent := newCustomer().sealed(key.encrypt(t, password, crypto.SHA1), key.encrypt(t, password+"x", crypto.SHA256))
		post(t, gate.url(endpoint), sent.json()).check(t, 422, `"pointer":"/confirmPassword","code":"password_mismatch"`)
		up.checkUntouched(t)
	})
}

// TestOneMGF1 refuses the other habit where the operator allows one alone.
func TestOneMGF1(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address, site: `
	customer_gate /sha1/* {
		keys file {$DIR}/private.pem
		` + patient + `
		mgf1 sha1
	}
	customer_gate /sha256/* {
		keys file {$DIR}/private.pem
		` + patient + `
		mgf1 sha256
	}
	reverse_proxy {$UPSTREAM}
	`})
	for allowed, allowedHash := range habitualHashes {
		for _, used := range habitualHashes {
			got := post(t, gate.url("/"+allowed+endpoint), newCustomer().encrypted(t, keyOfTests(), used).json())
			if used == allowedHash {
				got.check(t, 201)
				up.takeOne(t)
			} else {
				got.check(t, 422, `"code":"password_undecryptable"`)
				up.checkUntouched(t)
			}
		}
	}
}
