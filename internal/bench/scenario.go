package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// scenario is one kind of request.
type scenario struct {
	name string
	url  string
	body string
	// concurrency is how many are under way, at most; 0 for as many as asked for.
	concurrency int
	// rate is how many come in a second; 0 for as many as are answered.
	rate float64
	// fresh has each request register an address of its own.
	fresh bool
}

const (
	// crowd is how many requests are under way where a claims store is to find
	// many at once, and the CPUs always something to do.
	crowd = 256
	// paced is how many plaintext requests come in a second where the gate
	// could answer twice as many.
	paced = 4000
)

const (
	bare      = "bare reverse_proxy"
	plaintext = "gate, plaintext body"
	oneSealed = "gate, one ciphertext"
	twoSealed = "gate, two distinct ciphertexts"
)

var (
	unclaimedPaced = fmt.Sprintf("gate, plaintext body, %d/s", paced)
	unclaimedCrowd = fmt.Sprintf("gate, plaintext body, %d under way", crowd)
	unclaimedSeal  = fmt.Sprintf("gate, one ciphertext, %d under way", crowd)
)

// withClaims names a scenario that differs from another in unique_email alone.
func withClaims(name string) string { return name + ", unique_email bolt" }

const (
	password     = "tUrtle-vex9!Quartz"
	registration = `{"devicePlatform":"IOS","appVersion":"1","appId":"com.fincode.remitjunction","customerType":"INDIVIDUAL",` +
		`"payloadEncrypted":%t,"firstName":"Excel","lastName":"Nwachukwu","email":"excel.nwachukwu+2@fincode.co.uk",` +
		`"dialingCode":"+44","phone":"+447123456789","dob":"1989-12-16","password":"%s","confirmPassword":"%s",` +
		`"address":{"address1":"1 High Street","city":"London","countryIso3":"GBR","postcode":"N1 1AA"}}`
)

// scenarios are those that the table compares. The bare proxy forwards the
// body that the gate would have decrypted.
func scenarios(address string, key *rsa.PublicKey) ([]scenario, error) {
	one, err := encrypt(key)
	if err != nil {
		return nil, err
	}
	two, err := encrypt(key)
	if err != nil {
		return nil, err
	}
	const path = "/usermanagement/register-customer"
	raw := fmt.Sprintf(registration, false, password, password)
	all := []scenario{
		{name: bare, url: "http://" + address + "/bare" + path, body: raw},
		{name: plaintext, url: "http://" + address + "/gate" + path, body: raw},
		{name: oneSealed, url: "http://" + address + "/gate" + path, body: fmt.Sprintf(registration, true, one, one)},
		{name: twoSealed, url: "http://" + address + "/gate" + path, body: fmt.Sprintf(registration, true, one, two)},
	}
	sealed := fmt.Sprintf(registration, true, one, one)
	for _, s := range []scenario{
		{name: unclaimedPaced, body: raw, concurrency: crowd, rate: paced},
		{name: unclaimedCrowd, body: raw, concurrency: crowd},
		{name: unclaimedSeal, body: sealed, concurrency: crowd},
	} {
		s.fresh = true
		s.url = "http://" + address + "/gate" + path
		all = append(all, s)
		s.name = withClaims(s.name)
		s.url = "http://" + address + "/claims" + path
		all = append(all, s)
	}
	return all, nil
}

func encrypt(key *rsa.PublicKey) (string, error) {
	ciphertext, err := rsa.EncryptOAEPWithOptions(rand.Reader, key, []byte(password),
		&rsa.OAEPOptions{Hash: crypto.SHA256, MGFHash: crypto.SHA256})
	return base64.StdEncoding.EncodeToString(ciphertext), err
}

func newClient(connections int) *http.Client {
	return &http.Client{Transport: &http.Transport{
		MaxIdleConns: connections, MaxIdleConnsPerHost: connections, DisableCompression: true,
	}}
}

var addresses atomic.Int64

// send makes one request and returns its status.
func (s scenario) send(ctx context.Context, client *http.Client) (int, error) {
	body := s.body
	if s.fresh {
		body = strings.Replace(body, "nwachukwu+2@", fmt.Sprintf("nwachukwu+%d@", addresses.Add(1)), 1)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
	answer, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	var sink bytes.Buffer
	_, err = io.Copy(&sink, answer.Body)
	return answer.StatusCode, err
}

// measurement is what one run of a scenario gave.
type measurement struct {
	cpu  float64 // microseconds of the gateway process for a request
	rate float64 // requests per second
}

// measure keeps a number of requests under way for a while.
func measure(g *gateway, s scenario, concurrency int, duration time.Duration) (measurement, error) {
	if s.concurrency > 0 {
		concurrency = s.concurrency
	}
	client := newClient(concurrency)
	defer client.CloseIdleConnections()
	before, err := g.cpu()
	if err != nil {
		return measurement{}, err
	}
	start := time.Now()
	var done atomic.Int64
	var failed atomic.Pointer[error]
	var workers sync.WaitGroup
	for worker := range concurrency {
		workers.Go(func() {
			for n := worker; time.Since(start) < duration && failed.Load() == nil; n += concurrency {
				if s.rate > 0 {
					time.Sleep(time.Until(start.Add(time.Duration(float64(n) / s.rate * float64(time.Second)))))
				}
				status, err := s.send(context.Background(), client)
				if err == nil && status != http.StatusOK {
					err = fmt.Errorf("status %d", status)
				}
				if err != nil {
					failed.Store(&err)
					return
				}
				done.Add(1)
			}
		})
	}
	workers.Wait()
	elapsed := time.Since(start)
	if err := failed.Load(); err != nil {
		return measurement{}, *err
	}
	after, err := g.cpu()
	n := float64(done.Load())
	return measurement{
		cpu:  float64((after - before).Microseconds()) / n,
		rate: n / elapsed.Seconds(),
	}, err
}
