package caddymodule

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/reuse"
)

// sealedWith is a body whose password fields hold these ciphertexts. Its
// customer is of age in the year 2000 too, where the clock of synctest begins.
func sealedWith(password, confirm string, changes map[string]any) string {
	all := map[string]any{"payloadEncrypted": true, "dob": "1970-01-01", "password": password, "confirmPassword": confirm}
	maps.Copy(all, changes)
	return with(all)
}

func junkCiphertext() string { return base64.StdEncoding.EncodeToString(make([]byte, 256)) }

// answered is all that a client sees of an answer, but for its time and Caddy's own
// identifier of the request.
type answered struct {
	status int
	header http.Header
	body   string
}

func (x *exchange) answered() answered {
	header := x.answer.Header().Clone()
	body := timestamp.ReplaceAllString(x.answer.Body.String(), `"timestamp":"now"`)
	if uuid := header.Get("Request-Uuid"); uuid != "" {
		body = strings.ReplaceAll(body, uuid, "own")
	}
	header.Del("Request-Uuid")
	return answered{x.answer.Code, header, body}
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

// TestReuseLimitLeavesHonestClientsAlone: a user who sends a form whose password
// was encrypted once again and again is answered, and so is the request that is
// accepted at last.
func TestReuseLimitLeavesHonestClientsAlone(t *testing.T) {
	g := newRig(t, nil)
	sealed := encrypt(t, password, crypto.SHA256)
	for i := range 19 {
		x := g.serve(newRequest(sealedWith(sealed, sealed, map[string]any{"email": "no address"})))
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
	manyWords := map[string]any{"email": "x@" + strings.Join(hiddenWords()[:30], ".") + ".com"}
	type request = map[string]any // what it changes
	for name, test := range map[string]struct {
		fields func(ciphertext string) (string, string)
		before []request
	}{
		"in both fields":                       {func(c string) (string, string) { return c, c }, make([]request, 100)},
		"as the password":                      {func(c string) (string, string) { return c, guess() }, make([]request, 100)},
		"as the confirmation":                  {func(c string) (string, string) { return guess(), c }, make([]request, 100)},
		"beside another that is beyond it too": {func(c string) (string, string) { return c, captured }, make([]request, 100)},
		"with many words":                      {func(c string) (string, string) { return c, c }, []request{manyWords}},
		"with other words":                     {func(c string) (string, string) { return c, guess() }, []request{nil, manyWords}},
	} {
		t.Run(name, func(t *testing.T) {
			sealed := encrypt(t, password, crypto.SHA1)
			g := newRig(t, map[string]any{"reuse_limit": map[string]any{"count": 100}})
			probe := func(g *rig, ciphertext string, changes request) *exchange {
				one, other := test.fields(ciphertext)
				return g.serve(newRequest(sealedWith(one, other, changes)))
			}
			for _, changes := range test.before {
				probe(g, sealed, changes)
			}
			for _, g := range []*rig{g, newRig(t, map[string]any{"reuse_limit": map[string]any{"count": 100}})} {
				before := reuseRefused(t)
				beyond := probe(g, sealed, nil)
				beyond.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
				if reuseRefused(t) == before {
					t.Error("the metric does not tell")
				}
				if junk := probe(g, junkCiphertext(), nil); !reflect.DeepEqual(beyond.answered(), junk.answered()) {
					t.Errorf("the answer is\n%+v\nand that to junk is\n%+v", beyond.answered(), junk.answered())
				}
			}
			if x := g.serve(newRequest(sealedWith(encrypt(t, password, crypto.SHA1), encrypt(t, password, crypto.SHA1), nil))); x.forwarded == nil {
				t.Errorf("another ciphertext is refused: %s", x.answer.Body)
			}
		})
	}
}

// hiddenWords are what the password of guessedPassword may hold, none of them
// known to be common.
func hiddenWords() []string {
	var words []string
	for _, first := range []string{"vor", "quil", "zan", "jux", "mef", "tobr", "wyk", "gax", "hespl", "dinv"} {
		for _, middle := range []string{"a", "e", "i", "o", "u"} {
			for _, last := range []string{"ndel", "rsk", "zzim", "plok", "tvar", "bbest", "gron", "xil", "wump"} {
				words = append(words, first+middle+last)
			}
		}
	}
	return words
}

// wordsProbe sends a captured ciphertext with words for the customer's names and
// address, as many as there are, and counts the requests.
type wordsProbe struct {
	*rig
	t        *testing.T
	captured string
	requests int
}

// holds reports whether the answer tells that the password holds one of the
// words, and whether there is an answer.
func (p *wordsProbe) holds(words []string) (holds, answered bool) {
	p.requests++
	names := []string{"Ax", "Ay"}
	for i := range names {
		if len(words) > 0 {
			names[i], words = words[0], words[1:]
		}
	}
	x := p.serve(newRequest(sealedWith(p.captured, p.captured, map[string]any{
		"firstName": names[0], "lastName": names[1], "email": "x@" + strings.Join(slices.Concat(words, []string{"com"}), "."),
	})))
	if x.forwarded != nil {
		return false, true
	}
	details := x.details(p.t)
	return slices.Contains(details, "/password password_personal"), !x.undecryptable(p.t)
}

// find looks for the word, so many at a time, and then for the one among those
// that have told.
func (p *wordsProbe) find(words []string, atATime int) (found string) {
	for batch := range slices.Chunk(words, atATime) {
		holds, answered := p.holds(batch)
		for holds && answered && len(batch) > 1 {
			half := len(batch) / 2
			if holds, answered = p.holds(batch[:half]); holds {
				batch = batch[:half]
			} else {
				batch, holds = batch[half:], true
			}
		}
		if !answered {
			return ""
		}
		if holds {
			return batch[0]
		}
	}
	return ""
}

// TestReuseLimitEndsGuessesOfWords: a word in a captured password is not found
// through the names and the address of many persons, however many words each
// request carries. The words of one person are answered about.
func TestReuseLimitEndsGuessesOfWords(t *testing.T) {
	words := hiddenWords()
	for _, atATime := range []int{1, 2, 5, 10, 20, 22, 30, 40} {
		for _, place := range []int{reuse.MaxWords + 16, 99, len(words) - 1} {
			t.Run(fmt.Sprintf("%d at a time, word %d", atATime, place), func(t *testing.T) {
				p := &wordsProbe{rig: newRig(t, nil), t: t, captured: encrypt(t, "Q7!"+words[place]+"#K", crypto.SHA256)}
				if found := p.find(words, atATime); found != "" {
					t.Errorf("%s is found in %d requests", found, p.requests)
				}
			})
		}
	}
	t.Run("its own person", func(t *testing.T) {
		p := &wordsProbe{rig: newRig(t, nil), t: t, captured: encrypt(t, "Q7!"+words[0]+"#K", crypto.SHA256)}
		if holds, answered := p.holds(words[:3]); !holds || !answered {
			t.Error("it is not told that its name is in its password")
		}
	})
}

// TestReuseLimitLeavesCorrectionsAlone: people with many names correct each of
// them, and the address, the number and the date.
func TestReuseLimitLeavesCorrectionsAlone(t *testing.T) {
	g := newRig(t, nil)
	sealed := encrypt(t, password, crypto.SHA256)
	person := map[string]any{"firstName": "Anna Mraia", "lastName": "Garcia Lopes", "email": "anna.garcia@exampel.com", "phone": "+34612345677", "dob": "1970-01-02"}
	for _, correction := range []map[string]any{
		{}, {"firstName": "Anna María"}, {"lastName": "García López"}, {"email": "anna.garcia@example.com"}, {"phone": "+34612345678"}, {"dob": "1970-02-01"},
	} {
		maps.Copy(person, correction)
		if x := g.serve(newRequest(sealedWith(sealed, sealed, person))); x.forwarded == nil {
			t.Errorf("after %v it is refused: %s", correction, x.answer.Body)
		}
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
