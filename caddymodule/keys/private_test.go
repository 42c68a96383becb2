package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"

	"github.com/customergate/customergate/caddymodule/keys/internal/keytest"
)

func TestParsePrivateAccepts(t *testing.T) {
	key := keytest.Key(0)
	pkcs8DER, pkcs1DER := pkcs8(t, key), x509.MarshalPKCS1PrivateKey(key)
	tests := map[string]string{
		"PKCS #8 in PEM":                   toPEM("PRIVATE KEY", pkcs8DER),
		"PKCS #1 in PEM":                   toPEM("RSA PRIVATE KEY", pkcs1DER),
		"PEM with white space around":      "\n\n \t" + toPEM("PRIVATE KEY", pkcs8DER) + " \r\n\n",
		"PEM with the line ends of DOS":    strings.ReplaceAll(toPEM("PRIVATE KEY", pkcs8DER), "\n", "\r\n"),
		"PEM without the last line end":    strings.TrimSpace(toPEM("PRIVATE KEY", pkcs8DER)),
		"PKCS #8 in Base64":                toBase64(pkcs8DER),
		"PKCS #1 in Base64":                toBase64(pkcs1DER),
		"Base64 on several lines":          " " + toBase64(pkcs8DER)[:64] + "\r\n" + toBase64(pkcs8DER)[64:128] + "\n\t " + toBase64(pkcs8DER)[128:] + "\n",
		"what PrivatePEM writes":           string(keytest.Must[[]byte](t)(PrivatePEM(key))),
		"PEM with a header that is no lie": strings.Replace(toPEM("PRIVATE KEY", pkcs8DER), "\n", "\nName: gateway\n\n", 1),
	}
	for name, input := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParsePrivate([]byte(input))
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(key) {
				t.Error("another key came out")
			}
		})
	}
}

func TestParsePrivateRefuses(t *testing.T) {
	good := pkcs8(t, keytest.Key(0))
	goodPEM := toPEM("PRIVATE KEY", good)
	spki := keytest.Must[[]byte](t)(x509.MarshalPKIXPublicKey(keytest.Key(0).Public()))
	ecKey := keytest.Must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1 := keytest.Must[[]byte](t)(x509.MarshalECPrivateKey(ecKey))

	const keygen = "caddy customer-gate keygen --out DIR"
	tests := map[string]struct {
		input string
		says  []string
	}{
		"empty":                   {"", []string{"empty", keygen}},
		"white space":             {" \r\n\t", []string{"empty", keygen}},
		"prose":                   {"This is not a key, but it is long enough.", []string{"neither PEM nor Base64"}},
		"binary DER":              {string(good), []string{"neither PEM nor Base64", "DER in Base64"}},
		"Base64 cut off":          {toBase64(good)[:101], []string{"neither PEM nor Base64"}},
		"Base64 of URLs":          {strings.NewReplacer("+", "-", "/", "_").Replace(toBase64(good)), []string{"neither PEM nor Base64"}},
		"Base64 of trailing bits": {"AAAAAB==", []string{"neither PEM nor Base64"}},
		"Base64 of nothing DER":   {toBase64([]byte("no DER at all")), []string{"no RSA private key", keygen}},
		"Base64 of half a key":    {toBase64(good[:600]), []string{"no RSA private key", keygen}},
		"a JWK":                   {`{"kty":"RSA","n":"","e":"AQAB","d":""}`, []string{"neither PEM nor Base64"}},

		"two PEM blocks":           {goodPEM + goodPEM, []string{"2 PEM blocks", "leave only"}},
		"key and certificate":      {goodPEM + certificatePEM(t), []string{"2 PEM blocks"}},
		"text before the PEM":      {"Bag Attributes\n" + goodPEM, []string{"text before"}},
		"text after the PEM":       {goodPEM + "# our key\n", []string{"text after"}},
		"PEM without an end":       {goodPEM[:500], []string{"damaged", "-----END"}},
		"PEM with broken Base64":   {strings.Replace(goodPEM, "MII", "M*I", 1), []string{"damaged"}},
		"PEM of nothing":           {toPEM("PRIVATE KEY", nil), []string{"no RSA private key"}},
		"bytes after the DER":      {toPEM("PRIVATE KEY", append(good[:len(good):len(good)], 0)), []string{"bytes after the end"}},
		"bytes after the DER in 8": {toBase64(pkcs8Of(t, append(x509.MarshalPKCS1PrivateKey(keytest.Key(0)), 0))), []string{"damaged"}},

		"PEM encrypted the old way": {legacyEncrypted(t), []string{"passphrase", "openssl pkey"}},
		"PEM encrypted":             {toPEM("ENCRYPTED PRIVATE KEY", pkcs8EncryptedDER(t)), []string{"passphrase", "openssl pkey"}},
		"Base64 encrypted":          {toBase64(pkcs8EncryptedDER(t)), []string{"passphrase", "openssl pkey"}},

		"public key in PEM":         {toPEM("PUBLIC KEY", spki), []string{"public key", "private.pem", "keygen --out"}},
		"public key in Base64":      {toBase64(spki), []string{"public key", "private.pem", "keygen --out"}},
		"public key in PKCS #1":     {toPEM("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&keytest.Key(0).PublicKey)), []string{"public key", "private.pem", "keygen --out"}},
		"certificate":               {certificatePEM(t), []string{"certificate", "keygen --out"}},
		"elliptic curve in PKCS #8": {toPEM("PRIVATE KEY", pkcs8(t, ecKey)), []string{"not an RSA", keygen}},
		"elliptic curve in SEC 1":   {toPEM("EC PRIVATE KEY", sec1), []string{"not an RSA", keygen}},
		"Ed25519":                   {toBase64(pkcs8(t, edKey)), []string{"not an RSA", keygen}},
		"OpenSSH":                   {toPEM("OPENSSH PRIVATE KEY", []byte("openssh-key-v1\x00")), []string{"OpenSSH", keygen}},

		"512 bits":                 {toBase64(spoiled(t, func(k *privateNumbers) { k.N = oddOfBits(512) })), []string{"512 bits", "2048 or more", keygen}},
		"1024 bits":                {toBase64(pkcs8(t, keytest.Must[*rsa.PrivateKey](t)(rsa.GenerateKey(rand.Reader, 1024)))), []string{"1024 bits", keygen}},
		"2047 bits":                {toBase64(spoiled(t, func(k *privateNumbers) { k.N = oddOfBits(2047) })), []string{"2047 bits", keygen}},
		"8193 bits":                {toBase64(spoiled(t, func(k *privateNumbers) { k.N = oddOfBits(8193) })), []string{"8193 bits", "2048 to 8192", keygen}},
		"three primes":             {toBase64(x509.MarshalPKCS1PrivateKey(threePrimes(t))), []string{"more than two primes", keygen}},
		"three primes in PKCS #8":  {toPEM("PRIVATE KEY", pkcs8(t, threePrimes(t))), []string{"more than two primes", keygen}},
		"version of three primes":  {toBase64(spoiled(t, func(k *privateNumbers) { k.Version = 1 })), []string{"more than two primes", keygen}},
		"primes behind version 0":  {toBase64(spoiled(t, func(k *privateNumbers) { k.AdditionalPrimeInfos = []additionalPrime{{k.P, k.ExpP, k.Coef}} })), []string{"more than two primes", keygen}},
		"exponent 3":               {toBase64(spoiled(t, func(k *privateNumbers) { k.E = big.NewInt(3) })), []string{"exponent", "65537", keygen}},
		"exponent 65536":           {toBase64(spoiled(t, func(k *privateNumbers) { k.E = big.NewInt(65536) })), []string{"exponent", keygen}},
		"exponent 65538":           {toBase64(spoiled(t, func(k *privateNumbers) { k.E = big.NewInt(65538) })), []string{"even", keygen}},
		"exponent of 32 bits":      {toBase64(spoiled(t, func(k *privateNumbers) { k.E = big.NewInt(1<<32 + 1) })), []string{"exponent", keygen}},
		"exponent of 2048 bits":    {toBase64(spoiled(t, func(k *privateNumbers) { k.E = oddOfBits(2048) })), []string{"exponent", keygen}},
		"negative exponent":        {toBase64(spoiled(t, func(k *privateNumbers) { k.E = big.NewInt(-65537) })), []string{"exponent", keygen}},
		"even modulus":             {toBase64(spoiled(t, func(k *privateNumbers) { k.N = new(big.Int).Lsh(big.NewInt(1), 2047) })), []string{"modulus", keygen}},
		"negative modulus":         {toBase64(spoiled(t, func(k *privateNumbers) { k.N = new(big.Int).Neg(k.N) })), []string{"modulus", keygen}},
		"modulus of another key":   {toBase64(spoiled(t, func(k *privateNumbers) { k.N = keytest.Key(1).N })), []string{"damaged", keygen}},
		"private exponent changed": {toBase64(spoiled(t, func(k *privateNumbers) { k.D = new(big.Int).Add(k.D, big.NewInt(2)) })), []string{"damaged", keygen}},
		"prime of another key":     {toBase64(spoiled(t, func(k *privateNumbers) { k.P = keytest.Key(1).Primes[0] })), []string{"damaged", keygen}},
		"prime zero":               {toBase64(spoiled(t, func(k *privateNumbers) { k.P = big.NewInt(0) })), []string{"damaged", keygen}},
		"coefficient changed":      {toBase64(spoiled(t, func(k *privateNumbers) { k.Coef = new(big.Int).Add(k.Coef, big.NewInt(1)) })), []string{"damaged", keygen}},
		"DER of other tags":        {toBase64([]byte{0x30, 0x05, 0x04, 0x01, 0x00, 0xa0, 0x00}), []string{"no RSA private key", keygen}},
		"version out of range":     {toBase64(append([]byte{0x30, 0x0f, 0x02, 0x09}, []byte("\x01\x00\x00\x00\x00\x00\x00\x00\x00\x30\x00\x04\x00")...)), []string{"damaged", keygen}},
		"PKCS #8 of nothing":       {toBase64(pkcs8Of(t, nil)), []string{"damaged", keygen}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePrivate([]byte(test.input))
			keytest.CheckRefusal(t, err, test.input, test.says...)
		})
	}
}

func threePrimes(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	return keytest.Must[*rsa.PrivateKey](t)(rsa.GenerateMultiPrimeKey(rand.Reader, 3, 2048)) //nolint:staticcheck // to be refused
}

// pkcs8Of wraps anything as if it were an RSA key.
func pkcs8Of(t *testing.T, inner []byte) []byte {
	t.Helper()
	return keytest.Must[[]byte](t)(asn1.Marshal(struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: oidRSAEncryption, Parameters: asn1.NullRawValue}, inner}))
}

func pkcs8EncryptedDER(t *testing.T) []byte {
	t.Helper()
	pbes2 := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}
	return keytest.Must[[]byte](t)(asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}{pkix.AlgorithmIdentifier{Algorithm: pbes2}, make([]byte, 1200)}))
}

// legacyEncrypted is a block as OpenSSL wrote them before PKCS #8.
func legacyEncrypted(t *testing.T) string {
	t.Helper()
	plain := toPEM("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(keytest.Key(0)))
	return strings.Replace(plain, "\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00112233445566778899AABBCCDDEEFF\n\n", 1)
}

func certificatePEM(t *testing.T) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der := keytest.Must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, template, keytest.Key(0).Public(), crypto.Signer(keytest.Key(0))))
	return toPEM("CERTIFICATE", der)
}

func FuzzParsePrivate(f *testing.F) {
	der := x509.MarshalPKCS1PrivateKey(keytest.Key(0))
	for _, seed := range [][]byte{
		nil,
		[]byte(toPEM("PRIVATE KEY", pkcs8(f, keytest.Key(0)))),
		[]byte(toPEM("RSA PRIVATE KEY", der)),
		[]byte(toBase64(der)),
		[]byte(toBase64(spoiled(f, func(k *privateNumbers) { k.E = big.NewInt(3) }))),
		[]byte(toBase64(spoiled(f, func(k *privateNumbers) {
			k.AdditionalPrimeInfos = []additionalPrime{{k.P, k.ExpP, k.Coef}}
		}))),
		[]byte("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := ParsePrivate(data)
		if err != nil {
			return
		}
		if bits := key.N.BitLen(); bits < MinBits || bits > MaxBits || len(key.Primes) != 2 {
			t.Fatalf("a key of %d bits and %d primes is accepted", bits, len(key.Primes))
		}
		if _, err := NewKey(key); err != nil {
			t.Fatalf("a key is accepted that cannot be used: %v", err)
		}
		again, err := ParsePrivate(keytest.Must[[]byte](t)(PrivatePEM(key)))
		if err != nil || !again.Equal(key) {
			t.Fatalf("the key does not survive writing: %v", err)
		}
	})
}
