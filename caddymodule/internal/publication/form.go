package publication

import (
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/customergate/customergate/caddymodule/internal/accept"
	"github.com/customergate/customergate/caddymodule/keys"
)

// form is a way to write the public keys of a tenant.
type form struct {
	mediaType string
	write     func(ring []keys.Key, now time.Time) ([]byte, error)
}

var (
	formJWKSet = &form{"application/jwk-set+json", keys.PublicJWKSet}
	formPEM    = &form{"application/x-pem-file", writePEM}
	// Without a line feed at the end, which some decoders of Base64 refuse.
	formBase64 = &form{"text/plain; charset=us-ascii", writeBase64}
)

func writePEM(ring []keys.Key, _ time.Time) ([]byte, error) {
	return keys.PublicPEM(ring[0].PublicKey())
}

func writeBase64(ring []keys.Key, _ time.Time) ([]byte, error) {
	text, err := keys.PublicBase64(ring[0].PublicKey())
	return []byte(text), err
}

// bySuffix are the forms that a path can name.
var bySuffix = map[string]*form{
	".json": formJWKSet,
	".jwks": formJWKSet,
	".pem":  formPEM,
	".txt":  formBase64,
}

// The media types that clients ask for, the preferred first, and the form of each.
var (
	mediaTypes  = []string{"application/jwk-set+json", "application/json", "application/x-pem-file", "text/plain"}
	byMediaType = []*form{formJWKSet, formJWKSet, formPEM, formBase64}
)

// At reports whether keys are to be found at a path, in a form that its suffix or
// the Accept header names. A matcher such as /keys* lets others through.
func At(p string) bool {
	_, known := bySuffix[path.Ext(p)]
	return known || strings.HasSuffix(p, "/keys")
}

// formFor returns the form to answer in, and whether it goes by the Accept header.
// Where that likes none, keys in a form that was not asked for are of more use
// than no keys.
func formFor(r *http.Request) (f *form, byAccept bool) {
	if f, ok := bySuffix[path.Ext(r.URL.Path)]; ok {
		return f, false
	}
	return byMediaType[accept.Best(r.Header["Accept"], mediaTypes)], true
}
