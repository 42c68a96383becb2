// Package endpoints is what a gate can stand before: the endpoints that are built in,
// and those that a configuration describes.
package endpoints

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/customergate/customergate/validation"
)

// Endpoint is what a gate has to know of the endpoint that it stands before. Which
// options a gate has follows from it.
type Endpoint struct {
	// Name is how the configuration calls it.
	Name string
	// Contract is the table of its body.
	Contract *validation.Endpoint
	// Method is the one that it has.
	Method string
	// Path is where requests go, below the address of the platform's services; "" where
	// nobody has said so.
	Path string
	// Token tells that requests have an X-Auth-Token, which says whose they are and
	// is a secret.
	Token bool
}

// Default is the endpoint of a gate that names none.
var Default = &Endpoint{Name: "register_customer", Contract: validation.RegisterCustomer, Method: http.MethodPost,
	Path: "/usermanagement/register-customer"}

// BuiltIn are the endpoints that need no description, by name.
var BuiltIn = byName(
	Default,
	&Endpoint{Name: "edit_profile", Contract: validation.EditProfile, Method: http.MethodPut,
		Path: "/usermanagement/profile-edit", Token: true},
	&Endpoint{Name: "login", Contract: validation.Login, Method: http.MethodPut,
		Path: "/securitymanagement/login"},
	&Endpoint{Name: "change_password", Contract: validation.ChangePassword, Method: http.MethodPut,
		Path: "/securitymanagement/change-password", Token: true},
)

func byName(endpoints ...*Endpoint) map[string]*Endpoint {
	named := make(map[string]*Endpoint, len(endpoints))
	for _, e := range endpoints {
		named[e.Name] = e
	}
	return named
}

// Names lists what a gate can be asked to stand before, sorted.
func Names() []string {
	return slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(BuiltIn)), CustomName)))
}

// Label is what metrics call it: of those that are described, what they are about.
func (e *Endpoint) Label() string {
	if e.Name == CustomName {
		return e.Contract.Subject()
	}
	return e.Name
}

// PathOrSubject is the path, or one that is made of the subject where nobody has named
// any.
func (e *Endpoint) PathOrSubject() string {
	if e.Path != "" {
		return e.Path
	}
	words := strings.FieldsFunc(strings.ToLower(e.Contract.Subject()), func(r rune) bool { return !isURLWord(r) })
	return "/" + strings.Join(words, "-")
}

func isURLWord(r rune) bool { return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' }

// Article is what a body is called, with its article: "a registration".
func (e *Endpoint) Article() string { return validation.WithArticle(e.Contract.Subject()) }
