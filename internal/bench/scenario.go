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
	// concurrency is how many are under way; 0 for as many as asked for.
	concurrency int
	// fresh has each request register an address of its own.
	fresh bool
}

// batched is how many requests are under way where a claims store is to find
// several at once, as it does under load.
const batched = 64

const (
	bare      = "bare reverse_proxy"
	plaintext = "gate, plaintext body"
	oneSealed = "gate, one ciphertext"
	twoSealed = "gate, two distinct ciphertexts"
	unclaimed = "gate, plaintext body, 64 under way"
	claimed   = "the same with unique_email bolt"

	unclaimedSealed = "gate, one ciphertext, 64 under way"
	claimedSealed   = "this with unique_email bolt"
)

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
	return []scenario{
		{name: bare, url: "http://" + address + "/bare" + path, body: raw},
		{name: plaintext, url: "http://" + address + "/gate" + path, body: raw},
		{name: oneSealed, url: "http://" + address + "/gate" + path, body: fmt.Sprintf(registration, true, one, one)},
		{name: twoSealed, url: "http://" + address + "/gate" + path, body: fmt.Sprintf(registration, true, one, two)},
		{name: unclaimed, url: "http://" + address + "/gate" + path, body: raw, concurrency: batched, fresh: true},
		{name: claimed, url: "http://" + address + "/claims" + path, body: raw, concurrency: batched, fresh: true},
		{name: unclaimedSealed, url: "http://" + address + "/gate" + path, body: fmt.Sprintf(registration, true, one, one), concurrency: batched, fresh: true},
		{name: claimedSealed, url: "http://" + address + "/claims" + path, body: fmt.Sprintf(registration, true, one, one), concurrency: batched, fresh: true},
	}, nil
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
	for range concurrency {
		workers.Go(func() {
			for time.Since(start) < duration && failed.Load() == nil {
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
