package caddymodule

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

// longestPublication is how long a client may keep a public key at most: it
// bounds for how long one is used that an operator replaced in a hurry.
const longestPublication = time.Hour

// publication is the answer to whoever asks for public keys.
type publication struct {
	mediaType string
	body      []byte
	maxAge    time.Duration
	byAccept  bool   // another Accept header could have got another form
	vary      string // further header fields that the answer goes by
}

// newPublication writes the keys of a tenant in the form that a request asks for.
func newPublication(r *http.Request, ring []keys.Key, provider keys.Provider, now time.Time) (*publication, error) {
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
	return &publication{
		mediaType: form.mediaType,
		body:      body,
		maxAge:    publicationAge(current, provider, now),
		byAccept:  byAccept,
	}, nil
}

// publicationAge is how long the answer may be kept. That is half of the time
// for which the key in use is sure to decrypt: the other half is for a password
// that is encrypted at the last moment and on its way, and for clocks that
// differ. A key whose end is not planned could be replaced the next moment, and
// then decrypts for as long as its provider promises.
func publicationAge(current keys.Key, provider keys.Provider, now time.Time) time.Duration {
	var sure time.Duration
	if planner, ok := provider.(keys.Planner); ok {
		sure = planner.Overlap()
	}
	if !current.NotAfter.IsZero() {
		sure = current.NotAfter.Sub(now)
	}
	return min(sure/2, longestPublication)
}

// serve writes the answer. It sees to HEAD and to conditional requests.
func (p *publication) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", p.mediaType)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", p.cacheControl())
	header.Set("ETag", p.entityTag())
	if p.byAccept {
		header.Add("Vary", "Accept")
	}
	if p.vary != "" {
		header.Add("Vary", p.vary)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.body))
}

func (p *publication) cacheControl() string {
	seconds := int(p.maxAge.Seconds())
	if seconds < 1 {
		return "no-cache"
	}
	return fmt.Sprintf("public, max-age=%d", seconds)
}

// entityTag is a strong one, the same at all gateways whose keys and times are
// the same.
func (p *publication) entityTag() string {
	sum := sha256.Sum256(p.body)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}
