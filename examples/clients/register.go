// Registers a customer, with Go's standard library only:
//
//	go run register.go https://acme.example.com ada@example.com
//
// The password comes on standard input, as one line.
package main

import (
	"bufio"
	"bytes"
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

// register returns the status of the answer and the violations in it.
func register(gateway, email, password string) (int, []violation, error) {
	key, err := fetchKey(gateway)
	if err != nil {
		return 0, nil, err
	}
	ciphertext, err := encrypt(key, password)
	if err != nil {
		return 0, nil, err
	}
	customer, err := json.Marshal(map[string]any{
		"customerType": "INDIVIDUAL", "payloadEncrypted": true,
		"firstName": "Excel", "lastName": "Nwachukwu", "email": email,
		"dialingCode": "+44", "phone": "7123456789", "dob": "1989-12-16",
		"password": ciphertext, "confirmPassword": ciphertext,
	})
	if err != nil {
		return 0, nil, err
	}
	request, err := http.NewRequest("POST", gateway+"/api/v6/services/usermanagement/register-customer", bytes.NewReader(customer))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("platform", "fincode")
	request.Header.Set("uuid", rand.Text())
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	var body struct{ Error struct{ Details []violation } }
	_ = json.NewDecoder(answer.Body).Decode(&body) // an outage can have another body, or none
	return answer.StatusCode, body.Error.Details, nil
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: go run register.go GATEWAY EMAIL")
	}
	gateway, email := os.Args[1], os.Args[2]
	lines := bufio.NewScanner(os.Stdin)
	lines.Scan()

	status, violations, err := register(gateway, email, lines.Text())
	if slices.ContainsFunc(violations, func(v violation) bool { return v.Code == "password_undecryptable" }) {
		status, violations, err = register(gateway, email, lines.Text()) // the key has changed since it was fetched
	}
	if err != nil {
		log.Fatal(err)
	}
	if status/100 == 2 {
		fmt.Println("registered")
		return
	}
	fmt.Println("refused:", status)
	for _, v := range violations {
		fmt.Printf("%s%s %s: %s\n", v.Pointer, v.Header, v.Code, v.Message)
	}
	os.Exit(1)
}
