package caddymodule

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

// sealedWith is a body whose password fields hold these ciphertexts. Its
// customer is of age in the year 2000 too, where the clock of synctest begins.
func sealedWith(password, confirm string, changes map[string]any) string {
	all := map[string]any{"payloadEncrypted": true, "dob": "1970-01-01", "password": password, "confirmPassword": confirm}
	maps.Copy(all, changes)
	return with(all)
}

func junkCiphertext() string { return base64.StdEncoding.EncodeToString(make([]byte, 256)) }

// answered is all that a client sees of an answer, its timestamp aside.
type answered struct {
	status int
	header http.Header
	body   string
}

func (x *exchange) answered() answered {
	body := timestamp.ReplaceAllString(x.answer.Body.String(), `"timestamp":"now"`)
	return answered{x.answer.Code, x.answer.Header(), body}
}

// undecryptable reports whether the answer says so of the password.
func (x *exchange) undecryptable(t *testing.T) bool {
	t.Helper()
	for _, d := range x.details(t) {
		if d == "/password password_undecryptable" {
			return true
		}
	}
	return false
}

// reuseRefused is the metric of what was beyond the limit, in the whole process.
func reuseRefused(t *testing.T) float64 {
	t.Helper()
	return gather(t, registerAgain(t))["caddy_customer_gate_reuse_refused_total{}"]
}

// TestReuseLimitLeavesHonestClientsAlone: a user who corrects one thing after
// the other in a form whose password was encrypted once is answered, and so is
// the request that is accepted at last.
func TestReuseLimitLeavesHonestClientsAlone(t *testing.T) {
	g := newRig(t, nil)
	sealed := encrypt(t, password, crypto.SHA256)
	for i := range 19 {
		x := g.serve(newRequest(sealedWith(sealed, sealed, map[string]any{"email": fmt.Sprintf("no address %d", i)})))
		x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
		if details := x.details(t); len(details) != 1 || details[0] != "/email email_format" {
			t.Fatalf("attempt %d: %v", i+1, details)
		}
	}
	if x := g.serve(newRequest(sealedWith(sealed, sealed, nil))); x.forwarded == nil {
		t.Errorf("attempt 20 is refused: %s", x.answer.Body)
	}
}

// TestReuseLimitEndsProbing: what is beyond the limit is answered as junk is,
// byte for byte, by every gate of the process; the metric tells the operator.
func TestReuseLimitEndsProbing(t *testing.T) {
	captured := encrypt(t, password, crypto.SHA1)
	guess := func() string { return encrypt(t, "Gu3ss!ng-it", crypto.SHA1) }
	for name, fields := range map[string]func(ciphertext string) (string, string){
		"in both fields":                       func(c string) (string, string) { return c, c },
		"as the password":                      func(c string) (string, string) { return c, guess() },
		"as the confirmation":                  func(c string) (string, string) { return guess(), c },
		"beside another that is beyond it too": func(c string) (string, string) { return c, captured },
	} {
		t.Run(name, func(t *testing.T) {
			sealed := encrypt(t, password, crypto.SHA1)
			g := newRig(t, map[string]any{"reuse_limit": map[string]any{"count": 100}})
			probe := func(g *rig, ciphertext string) *exchange {
				one, other := fields(ciphertext)
				return g.serve(newRequest(sealedWith(one, other, nil)))
			}
			for range 100 {
				probe(g, sealed)
			}
			for _, g := range []*rig{g, newRig(t, map[string]any{"reuse_limit": map[string]any{"count": 100}})} {
				before := reuseRefused(t)
				beyond := probe(g, sealed)
				beyond.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
				if reuseRefused(t) == before {
					t.Error("the metric does not tell")
				}
				if junk := probe(g, junkCiphertext()); !reflect.DeepEqual(beyond.answered(), junk.answered()) {
					t.Errorf("the answer is\n%+v\nand that to junk is\n%+v", beyond.answered(), junk.answered())
				}
			}
			if x := g.serve(newRequest(sealedWith(encrypt(t, password, crypto.SHA1), encrypt(t, password, crypto.SHA1), nil))); x.forwarded == nil {
				t.Errorf("another ciphertext is refused: %s", x.answer.Body)
			}
		})
	}
}

func TestReuseLimitCounts(t *testing.T) {
	tests := map[string]struct {
		options  map[string]any
		accepted int // of 30
	}{
		"by default": {nil, 20},
		"as set":     {map[string]any{"reuse_limit": map[string]any{"count": 3, "window": "10m"}}, 3},
		"off":        {map[string]any{"reuse_limit": map[string]any{"count": 0}}, 30},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := newRig(t, test.options)
			sealed := encrypt(t, password, crypto.SHA256)
			body := sealedWith(sealed, sealed, nil)
			for i := range 30 {
				x := g.serve(newRequest(body))
				if want := i < test.accepted; (x.forwarded != nil) != want {
					t.Fatalf("request %d is accepted: %t, want %t", i+1, !want, want)
				} else if !want && !x.undecryptable(t) {
					t.Fatalf("request %d is refused because of %v", i+1, x.details(t))
				}
			}
		})
	}
}

func TestReuseLimitForgetsAfterTheWindow(t *testing.T) {
	g := newRig(t, nil)
	sealed := encrypt(t, password, crypto.SHA256)
	body := sealedWith(sealed, sealed, nil)
	synctest.Test(t, func(t *testing.T) {
		for range 20 {
			g.serve(newRequest(body))
		}
		time.Sleep(time.Hour - time.Nanosecond)
		if x := g.serve(newRequest(body)); x.forwarded != nil {
			t.Error("it is accepted before the window is over")
		}
		time.Sleep(time.Nanosecond)
		if x := g.serve(newRequest(body)); x.forwarded == nil {
			t.Errorf("it is refused when the window is over: %s", x.answer.Body)
		}
	})
}

// TestReuseLimitPassesOverRawPasswords: they have no ciphertext to probe.
func TestReuseLimitPassesOverRawPasswords(t *testing.T) {
	g := newRig(t, map[string]any{"reuse_limit": map[string]any{"count": 1}})
	for range 3 {
		g.serve(newRequest(validBody)).checkForwarded(t, normalisedBody)
	}
}
