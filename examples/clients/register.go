// Registers a customer, or logs one in, with Go's standard library only:
//
//	go run register.go https://acme.example.com ada@example.com [login]
//
// The password comes on standard input, as one line.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
)

type violation struct{ Pointer, Header, Code, Message string }

func fetchKey(gateway string) (*rsa.PublicKey, error) {
	answer, err := http.Get(gateway + "/keys.pem")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the gateway publishes no key at /keys.pem")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return key.(*rsa.PublicKey), nil
}

func encrypt(key *rsa.PublicKey, password string) (string, error) {
	ciphertext, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, key, []byte(password), nil)
	return base64.StdEncoding.EncodeToString(ciphertext), err
}

// answer is what a gateway or a customer service says.
type answer struct {
	status  int
	Success *bool
	Error   struct {
		Message string
		Details []violation
	}
	Errors  []violation // in a problem (RFC 9457), in place of error
	Title   string
	Message string
}

func (a answer) isYes() bool {
	return a.status/100 == 2 && (a.Success == nil || *a.Success)
}

func (a answer) violations() []violation { return append(a.Error.Details, a.Errors...) }

func register(gateway, email, ciphertext string) (answer, error) {
	return send("POST", gateway+"/api/v6/services/usermanagement/register-customer", map[string]any{
		"customerType": "INDIVIDUAL", "payloadEncrypted": true,
		"firstName": "Excel", "lastName": "Nwachukwu", "email": email,
		"dialingCode": "+44", "phone": "7123456789", "dob": "1989-12-16",
		"password": ciphertext, "confirmPassword": ciphertext,
	})
}

func login(gateway, email, ciphertext string) (answer, error) {
	return send("PUT", gateway+"/api/v6/services/securitymanagement/login", map[string]any{"email": email, "currentPassword": ciphertext})
}

// sealed does something with a password that is encrypted with the current key.
func sealed(act func(gateway, email, ciphertext string) (answer, error), gateway, email, password string) (a answer, err error) {
	key, err := fetchKey(gateway)
	if err != nil {
		return a, err
	}
	ciphertext, err := encrypt(key, password)
	if err != nil {
		return a, err
	}
	return act(gateway, email, ciphertext)
}

func send(method, url string, body map[string]any) (a answer, err error) {
	text, err := json.Marshal(body)
	if err != nil {
		return a, err
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(text))
	if err != nil {
		return a, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("platform", "fincode")
	request.Header.Set("uuid", rand.Text())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	_ = json.NewDecoder(response.Body).Decode(&a) // an outage can have another body, or none
	a.status = response.StatusCode
	return a, nil
}

func main() {
	act, done := register, "registered"
	switch {
	case len(os.Args) == 4 && os.Args[3] == "login":
		act, done = login, "logged in"
	case len(os.Args) != 3:
		log.Fatal("usage: go run register.go GATEWAY EMAIL [login]")
	}
	gateway, email := os.Args[1], os.Args[2]
	lines := bufio.NewScanner(os.Stdin)
	lines.Scan()

	a, err := sealed(act, gateway, email, lines.Text())
	if slices.ContainsFunc(a.violations(), func(v violation) bool { return v.Code == "password_undecryptable" }) {
		a, err = sealed(act, gateway, email, lines.Text()) // the key has changed since it was fetched
	}
	if err != nil {
		log.Fatal(err)
	}
	if a.isYes() {
		fmt.Println(done)
		return
	}
	fmt.Println("refused:", a.status)
	for _, v := range a.violations() {
		fmt.Printf("%s%s %s: %s\n", v.Pointer, v.Header, v.Code, v.Message)
	}
	if len(a.violations()) == 0 {
		fmt.Println(cmp.Or(a.Error.Message, a.Title, a.Message))
	}
	os.Exit(1)
}
