package admin

import (
	"errors"
	"net/http"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/customergate/customergate/caddymodule/uniqueness"
)

func init() {
	caddy.RegisterModule(new(API))
}

// API is the gates' part of Caddy's admin endpoint: GET /customer_gate/status, and POST
// /customer_gate/claims/count, check and forget.
type API struct{}

// CaddyModule returns the Caddy module information.
func (*API) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{ID: "admin.api.customer_gate", New: func() caddy.Module { return new(API) }}
}

// Routes are those of the admin endpoint.
func (*API) Routes() []caddy.AdminRoute {
	return []caddy.AdminRoute{
		{Pattern: ClaimsPath, Handler: caddy.AdminHandlerFunc(serveClaims)},
		{Pattern: StatusPath, Handler: caddy.AdminHandlerFunc(serveStatus)},
	}
}

func serveClaims(w http.ResponseWriter, r *http.Request) error {
	do, known := claimsVerbs[strings.TrimPrefix(r.URL.Path, ClaimsPath)]
	switch {
	case !known:
		return failed(http.StatusNotFound, errors.New("it is one of count, check and forget"))
	case r.Method != http.MethodPost:
		return failed(http.StatusMethodNotAllowed, errors.New("it is asked with POST"))
	}
	return do.serve(w, r)
}

func failed(status int, err error) error { return caddy.APIError{HTTPStatus: status, Err: err} }

// gates are what the app of the gates tells of them.
type gates interface {
	// Keepers are one for each store of claims.
	Keepers() []*uniqueness.Keeper

	// Status is how they do.
	Status() Status
}

// gatesAtWork are those of the configuration at work.
func gatesAtWork() (gates, error) {
	app, err := caddy.ActiveContext().AppIfConfigured("customer_gate")
	if err != nil {
		return nil, failed(http.StatusNotFound, errors.New("the configuration has no customer_gate"))
	}
	return app.(gates), nil
}

// Interface guard
var _ caddy.AdminRouter = (*API)(nil)
