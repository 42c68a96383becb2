package caddymodule

import (
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/customergate/customergate/caddymodule/keys"
)

// publicationForm is a way to write the public keys of a tenant.
type publicationForm struct {
	mediaType string
	write     func(ring []keys.Key, now time.Time) ([]byte, error)
}

var (
	formJWKSet = &publicationForm{"application/jwk-set+json", keys.PublicJWKSet}
	formPEM    = &publicationForm{"application/x-pem-file", writePEM}
	// Without a line feed at the end, which some decoders of Base64 refuse.
	formBase64 = &publicationForm{"text/plain; charset=us-ascii", writeBase64}
)

func writePEM(ring []keys.Key, _ time.Time) ([]byte, error) {
	return keys.PublicPEM(ring[0].PublicKey())
}

func writeBase64(ring []keys.Key, _ time.Time) ([]byte, error) {
	text, err := keys.PublicBase64(ring[0].PublicKey())
	return []byte(text), err
}

// formsBySuffix are the forms that a path can name.
var formsBySuffix = map[string]*publicationForm{
	".json": formJWKSet,
	".jwks": formJWKSet,
	".pem":  formPEM,
	".txt":  formBase64,
}

// formsByType are the forms under the media types that clients ask for, the
// preferred first.
var formsByType = [...]struct {
	mediaType string
	form      *publicationForm
}{
	{"application/jwk-set+json", formJWKSet},
	{typeJSON, formJWKSet},
	{"application/x-pem-file", formPEM},
	{"text/plain", formBase64},
}

// namesKeys reports whether keys are to be found at a path, in a form that its
// suffix or the Accept header names. A matcher such as /keys* lets others through.
func namesKeys(p string) bool {
	_, known := formsBySuffix[path.Ext(p)]
	return known || strings.HasSuffix(p, "/keys")
}

// formFor returns the form to answer in, and whether it goes by the Accept header.
func formFor(r *http.Request) (form *publicationForm, byAccept bool) {
	if form, ok := formsBySuffix[path.Ext(r.URL.Path)]; ok {
		return form, false
	}
	return acceptedForm(r.Header["Accept"]), true
}

// acceptedForm is the form that an Accept header likes best, and among equals
// what it names more precisely. Where it likes none, keys in a form that was
// not asked for are of more use than no keys (RFC 9110, section 12.4.1).
func acceptedForm(accept []string) *publicationForm {
	var liked [len(formsByType)]liking
	for mediaRange, quality := range mediaRanges(accept) {
		for i, offer := range formsByType {
			if precision := precisionOf(mediaRange, offer.mediaType); precision > liked[i].precision {
				liked[i] = liking{quality, precision}
			}
		}
	}
	best := 0
	for i := range liked {
		if liked[i].over(liked[best]) {
			best = i
		}
	}
	return formsByType[best].form
}

// A liking is what an Accept header says of a media type: the quality of the
// range that matches it most precisely (RFC 9110, section 12.5.1).
type liking struct {
	quality   float64
	precision int
}

func (l liking) over(other liking) bool {
	return l.quality > other.quality || l.quality > 0 && l.quality == other.quality && l.precision > other.precision
}

// precisionOf is how precisely a range of an Accept header matches a media
// type; 0 if it does not.
func precisionOf(mediaRange, mediaType string) int {
	switch {
	case mediaRange == mediaType:
		return 3
	case strings.HasSuffix(mediaRange, "/*") && strings.HasPrefix(mediaType, mediaRange[:len(mediaRange)-1]):
		return 2
	case mediaRange == "*/*":
		return 1
	}
	return 0
}
