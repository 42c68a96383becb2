package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

const keyFile = "private.pem"

// newKey makes the key of the gateway under test.
func newKey(dir string) (*rsa.PrivateKey, error) {
	key, err := keys.Generate(keys.DefaultBits)
	if err != nil {
		return nil, err
	}
	text, err := keys.PrivatePEM(key)
	if err != nil {
		return nil, err
	}
	return key, os.WriteFile(filepath.Join(dir, keyFile), text, 0o600)
}

// privateOperation is the CPU time of one crypto/rsa OAEP decryption, in
// microseconds, of this process while nothing else in it runs.
func privateOperation(key *rsa.PrivateKey, duration time.Duration) float64 {
	options := &rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256}
	ciphertext, err := rsa.EncryptOAEPWithOptions(rand.Reader, &key.PublicKey, []byte("tUrtle-vex9!Quartz"), options)
	if err != nil {
		return math.NaN()
	}
	start, before, n := time.Now(), processCPU(), 0
	for ; time.Since(start) < duration; n++ {
		if _, err := key.Decrypt(nil, ciphertext, options); err != nil {
			return math.NaN()
		}
	}
	return float64((processCPU() - before).Microseconds()) / float64(n)
}

func processCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// openSSLOperation is OpenSSL's time for one RSA-2048 private operation, in
// microseconds, or NaN where there is no OpenSSL.
func openSSLOperation() float64 {
	out, err := exec.Command("openssl", "speed", "-mr", "-seconds", "1", "rsa2048").Output()
	if err != nil {
		return math.NaN()
	}
	// The machine-readable line is +F2:index:bits:private operations per
	// second:public operations per second.
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if fields[0] != "+F2" || len(fields) < 4 {
			continue
		}
		if rate, err := strconv.ParseFloat(fields[3], 64); err == nil {
			return 1e6 / rate
		}
	}
	return math.NaN()
}
