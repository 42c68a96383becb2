// Package publication writes the public keys of a tenant for who encrypts with
// them: in which form, and for how long they may be kept.
package publication

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// maxAge is how long a client may keep a public key at most: it bounds for how
// long one is used that an operator replaced in a hurry.
const maxAge = time.Hour

// Document is the public keys of a tenant, written for who asks for them.
type Document struct {
	form     *form
	body     []byte
	age      time.Duration // for how long it may be kept
	byAccept bool          // another Accept header could have got another form
	vary     string        // further header fields that it goes by
}

// New writes the keys of a tenant in the form that a request asks for. vary are
// the header fields that the tenant goes by, as a Vary header has them.
func New(r *http.Request, ring []keys.Key, provider keys.Provider, vary string, now time.Time) (*Document, error) {
	if len(ring) == 0 {
		return nil, errors.New("the provider has no key for the tenant")
	}
	current := ring[0]
	if current.PublicKey() == nil {
		return nil, fmt.Errorf("the key with the kid %q was not made with keys.NewKey", current.ID)
	}
	form, byAccept := formFor(r)
	body, err := form.write(ring, now)
	if err != nil {
		return nil, err
	}
	return &Document{form: form, body: body, age: ageOf(current, provider, now), byAccept: byAccept, vary: vary}, nil
}

// ageOf is how long the answer may be kept. That is half of the time for which the
// key in use is sure to decrypt: the other half is for a password that is encrypted
// at the last moment and on its way, and for clocks that differ. A key whose end is
// not planned could be replaced the next moment, and then decrypts for as long as
// its provider promises.
func ageOf(current keys.Key, provider keys.Provider, now time.Time) time.Duration {
	var sure time.Duration
	if planner, ok := provider.(keys.Planner); ok {
		sure = planner.Overlap()
	}
	if !current.NotAfter.IsZero() {
		sure = current.NotAfter.Sub(now)
	}
	return min(sure/2, maxAge)
}

// Serve writes the answer. It sees to HEAD and to conditional requests.
func (d *Document) Serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", d.form.mediaType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", d.cacheControl())
	header.Set("ETag", d.entityTag())
	if d.byAccept {
		header.Add("Vary", "Accept")
	}
	if d.vary != "" {
		header.Add("Vary", d.vary)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(d.body))
}

func (d *Document) cacheControl() string {
	seconds := int(d.age.Seconds())
	if seconds < 1 {
		return "no-cache"
	}
	return fmt.Sprintf("public, max-age=%d", seconds)
}

// entityTag is a strong one, the same at all gateways whose keys and times are
// the same.
func (d *Document) entityTag() string {
	sum := sha256.Sum256(d.body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}
