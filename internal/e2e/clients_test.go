package e2e

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ciphers is one client library: it returns a ciphertext of the password for
// each of its habits.
type ciphers func(t *testing.T, publicKey string) []string

// TestClientLibraries registers a customer with every library that this
// machine has, as their users write it.
func TestClientLibraries(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	publicKey := filepath.Join(gate.dir, "public.pem")
	writeFile(t, publicKey, keyOfTests().publicPEM())

	for name, encrypt := range map[string]ciphers{
		"Go":      encryptWithGo,
		"Node.js": encryptWithNode,
		"OpenSSL": encryptWithOpenSSL,
		"Python":  encryptWithPython,
		"Java":    encryptWithJava,
	} {
		t.Run(name, func(t *testing.T) {
			for _, ciphertext := range encrypt(t, publicKey) {
				for _, platform := range []string{"WEB", "ANDROID", "IOS"} {
					sent := newCustomer().sealed(ciphertext, ciphertext).with("devicePlatform", platform)
					post(t, gate.url(endpoint), sent.json()).check(t, 201)
					got := up.takeOne(t)
					got.checkFraming(t)
					sent.checkForwarded(t, got.body)
				}
			}
		})
	}

	t.Run("another ciphertext for the confirmation", func(t *testing.T) {
		key := keyOfTests()
		sent := newCustomer().sealed(key.encrypt(t, password, crypto.SHA1), key.encrypt(t, password, crypto.SHA256))
		post(t, gate.url(endpoint), sent.json()).check(t, 201)
		sent.checkForwarded(t, up.takeOne(t).body)
	})
	t.Run("another password for the confirmation", func(t *testing.T) {
		key := keyOfTests()
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
		mgf1 sha1
	}
	customer_gate /sha256/* {
		keys file {$DIR}/private.pem
		mgf1 sha256
	}
	reverse_proxy {$UPSTREAM}
	`})
	hashes := map[string]crypto.Hash{"/sha1": crypto.SHA1, "/sha256": crypto.SHA256}
	for path, allowed := range hashes {
		for _, used := range hashes {
			got := post(t, gate.url(path+endpoint), newCustomer().encrypted(t, keyOfTests(), used).json())
			if used == allowed {
				got.check(t, 201)
				up.takeOne(t)
			} else {
				got.check(t, 422, `"code":"password_undecryptable"`)
				up.checkUntouched(t)
			}
		}
	}
}

func encryptWithGo(t *testing.T, _ string) []string {
	return []string{
		keyOfTests().encrypt(t, password, crypto.SHA256),
		keyOfTests().encrypt(t, password, crypto.SHA1),
	}
}

func encryptWithNode(t *testing.T, publicKey string) []string {
	return strings.Fields(string(runClient(t, "node", "testdata/encrypt.mjs", publicKey)))
}

func encryptWithOpenSSL(t *testing.T, publicKey string) []string {
	var ciphertexts []string
	for _, mgf1 := range []string{"sha256", "sha1"} {
		out := runClient(t, "openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", publicKey,
			"-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:"+mgf1)
		ciphertexts = append(ciphertexts, base64.StdEncoding.EncodeToString(out))
	}
	return ciphertexts
}

// encryptWithPython uses the package cryptography, which Debian has for its own
// Python, whatever other one comes first in the PATH.
func encryptWithPython(t *testing.T, publicKey string) []string {
	python := "python3"
	if exec.Command(python, "-c", "import cryptography").Run() != nil {
		python = "/usr/bin/python3"
	}
	var ciphertexts []string
	for _, mgf1 := range []string{"sha256", "sha1"} {
		out := runClient(t, python, "testdata/encrypt.py", publicKey, mgf1)
		ciphertexts = append(ciphertexts, strings.TrimSpace(string(out)))
	}
	return ciphertexts
}

// encryptWithJava needs a JDK of version 11 or later.
func encryptWithJava(t *testing.T, publicKey string) []string {
	return strings.Fields(string(runClient(t, "java", "testdata/Encrypt.java", publicKey)))
}

// runClient runs a program with the password as its input.
func runClient(t *testing.T, words ...string) []byte {
	t.Helper()
	var diagnostics bytes.Buffer
	command := exec.CommandContext(t.Context(), words[0], words[1:]...)
	command.Stdin = strings.NewReader(password)
	command.Stderr = &diagnostics
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", words[0], err, &diagnostics)
	}
	return out
}
