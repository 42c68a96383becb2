package load

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// Post is a request of a client that keeps to the contract.
func Post(path, body string) []byte {
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: gate.example\r\nUser-Agent: load\r\nContent-Type: application/json\r\n"+
		"Platform: fincode\r\nUuid: 200\r\nContent-Length: %d\r\n\r\n%s", path, len(body), body)
}

// Get is a request for another route.
func Get(path string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: gate.example\r\nUser-Agent: load\r\n\r\n", path)
}

const (
	password     = "tUrtle-vex9!Quartz"
	number       = "0000000000"
	registration = `{"devicePlatform":"IOS","appVersion":"1","appId":"com.fincode.remitjunction","customerType":"INDIVIDUAL",` +
		`"payloadEncrypted":%t,"firstName":"Excel","lastName":"Nwachukwu","email":"excel.nwachukwu+` + number + `@fincode.co.uk",` +
		`"dialingCode":"+44","phone":"+447123456789","dob":"1989-12-16","password":"%s","confirmPassword":"%s",` +
		`"address":{"address1":"1 High Street","city":"London","countryIso3":"GBR","postcode":"N1 1AA"}}`
)

// Raw is a registration with raw passwords.
func Raw() string { return fmt.Sprintf(registration, false, password, password) }

// Sealed is a registration with two ciphertexts.
func Sealed(first, second string) string { return fmt.Sprintf(registration, true, first, second) }

// Number makes a request of Post that registers an address of its own, in place.
func Number(request []byte, n int64) {
	at := bytes.Index(request, []byte("nwachukwu+")) + len("nwachukwu+")
	copy(request[at:at+len(number)], fmt.Appendf(nil, "%0*d", len(number), n))
}

// Encrypt returns a ciphertext of the password, as most clients make it.
func Encrypt(key *rsa.PublicKey) (string, error) {
	ciphertext, err := rsa.EncryptOAEPWithOptions(rand.Reader, key, []byte(password),
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256})
	return base64.StdEncoding.EncodeToString(ciphertext), err
}

// Junk returns what looks like a ciphertext for a key, and nobody can decrypt.
func Junk(key *rsa.PublicKey) string {
	junk := make([]byte, key.Size())
	_, _ = rand.Read(junk) // it never fails
	junk[0] = 0            // so that it is less than the modulus
	return base64.StdEncoding.EncodeToString(junk)
}

// Made makes n requests, with all CPUs.
func Made(n int, request func() ([]byte, error)) ([][]byte, error) {
	made, errs := make([][]byte, n), make([]error, runtime.GOMAXPROCS(0))
	var makers sync.WaitGroup
	for maker := range errs {
		makers.Go(func() {
			for i := maker; i < n && errs[maker] == nil; i += len(errs) {
				made[i], errs[maker] = request()
			}
		})
	}
	makers.Wait()
	return made, errors.Join(errs...)
}
