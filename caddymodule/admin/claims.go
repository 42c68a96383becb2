package admin

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/keys"
	"github.com/customergate/customergate/caddymodule/uniqueness"
	"github.com/customergate/customergate/validation"
)

// ClaimsPath is where claims are counted, checked and forgotten, by the name of what is
// to be done behind it.
const ClaimsPath = "/customer_gate/claims/"

// ClaimsRequest is the body of a request about claims, in JSON.
type ClaimsRequest struct {
	// Email is the address to check or forget.
	Email string `json:"email,omitempty"`

	// Tenant is whose customer it is. Default: that of gates that tell no tenants
	// apart.
	Tenant string `json:"tenant,omitempty"`

	// ID is that of an address in the place of it, for who knows the pepper, or that of
	// the pepper's mark: a letter for its kind, and the hash in hexadecimal.
	ID string `json:"id,omitempty"`

	// Store is the configuration of the store that is meant. Default: the only one that
	// gates of the configuration have.
	Store json.RawMessage `json:"store,omitempty"`
}

// ClaimsAnswer is that of count, check or forget.
type ClaimsAnswer struct {
	Count     *int   `json:"count,omitempty"`     // of count: addresses that are taken
	State     string `json:"state,omitempty"`     // of check: free, taken or pending
	Wait      string `json:"wait,omitempty"`      // of check: how long it is pending, at most
	Value     []byte `json:"value,omitempty"`     // of check by ID: what the claim holds
	Forgotten *bool  `json:"forgotten,omitempty"` // of forget: whether it was there
}

// The states of an address.
const (
	StateFree    = "free"
	StateTaken   = "taken"
	StatePending = "pending"
)

var states = map[claims.State]string{claims.Free: StateFree, claims.Committed: StateTaken, claims.Pending: StatePending}

// claimsVerb does what is asked about claims.
type claimsVerb func(ctx context.Context, c *uniqueness.Claims, asked ClaimsRequest) (ClaimsAnswer, error)

var claimsVerbs = map[string]claimsVerb{"count": count, "check": check, "forget": forget}

func count(ctx context.Context, c *uniqueness.Claims, _ ClaimsRequest) (ClaimsAnswer, error) {
	n, err := c.Count(ctx, claims.Email)
	return ClaimsAnswer{Count: &n}, err
}

func check(ctx context.Context, c *uniqueness.Claims, asked ClaimsRequest) (ClaimsAnswer, error) {
	id, err := asked.claim(c)
	if err != nil {
		return ClaimsAnswer{}, err
	}
	found, err := c.Look(ctx, id)
	answer := ClaimsAnswer{State: states[found.State], Value: found.Value}
	if found.State == claims.Pending {
		answer.Wait = found.Wait.Round(time.Second).String()
	}
	return answer, err
}

func forget(ctx context.Context, c *uniqueness.Claims, asked ClaimsRequest) (ClaimsAnswer, error) {
	id, err := asked.claim(c)
	switch {
	case err != nil:
		return ClaimsAnswer{}, err
	case id.Kind != claims.Email:
		return ClaimsAnswer{}, errNoAddress
	}
	there, err := c.Forget(ctx, id)
	return ClaimsAnswer{Forgotten: &there}, err
}

var errNoAddress = &invalidRequest{errors.New("id: this is not the ID of an address")}

// maxRequest is far more than an address needs.
const maxRequest = 16 << 10

// serve answers a request about claims. Addresses are in its body, which no log has.
func (do claimsVerb) serve(w http.ResponseWriter, r *http.Request) error {
	var asked ClaimsRequest
	decoder := json.NewDecoder(io.LimitReader(r.Body, maxRequest))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil && !errors.Is(err, io.EOF) {
		return failed(http.StatusBadRequest, errors.New("the body is not the JSON of an address and its tenant"))
	}
	keeper, err := asked.keeper()
	if err != nil {
		return err
	}
	var answer ClaimsAnswer
	err = keeper.With(r.Context(), func(c *uniqueness.Claims) error {
		answer, err = do(r.Context(), c, asked)
		return err
	})
	if invalid := (*invalidRequest)(nil); errors.As(err, &invalid) {
		return failed(http.StatusBadRequest, err)
	}
	if err != nil {
		return failed(http.StatusServiceUnavailable, err)
	}
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(answer)
}

// keeper has the store that is meant.
func (asked ClaimsRequest) keeper() (*uniqueness.Keeper, error) {
	found, err := gatesAtWork()
	if err != nil {
		return nil, err
	}
	keepers := found.Keepers()
	if asked.Store != nil {
		for _, k := range keepers {
			if k.HasStore(asked.Store) {
				return k, nil
			}
		}
		return nil, failed(http.StatusConflict, errors.New("no gate of this gateway has that store"))
	}
	switch len(keepers) {
	case 0:
		return nil, failed(http.StatusNotFound, errors.New("no gate of the configuration has unique_email"))
	case 1:
		return keepers[0], nil
	}
	return nil, failed(http.StatusConflict, errors.New("the gates of the configuration have several stores; say which one with \"store\""))
}

// invalidRequest is a request that names no claim.
type invalidRequest struct{ error }

// claim is the one that is meant.
func (asked ClaimsRequest) claim(c *uniqueness.Claims) (claims.ID, error) {
	if asked.ID != "" {
		return parseID(asked.ID)
	}
	tenant := asked.Tenant
	if tenant == "" {
		tenant = keys.DefaultTenant
	}
	if !keys.ValidTenant(tenant) {
		return claims.ID{}, &invalidRequest{errors.New("tenant: there is no such tenant")}
	}
	address, valid := validation.NormalizeEmail(asked.Email)
	if !valid {
		return claims.ID{}, &invalidRequest{errors.New("email: this is not an email address that a customer could register with")}
	}
	return c.ID(tenant, address), nil
}

// FormatID writes the ID of a claim for ClaimsRequest.
func FormatID(id claims.ID) string { return string(id.Kind) + hex.EncodeToString(id.Sum[:]) }

func parseID(text string) (id claims.ID, err error) {
	sum, err := hex.DecodeString(text[1:])
	kind := claims.Kind(text[0])
	if err != nil || len(sum) != len(id.Sum) || kind != claims.Email && kind != claims.Pepper {
		return id, &invalidRequest{errors.New("id: this is not the ID of a claim")}
	}
	id.Kind = kind
	copy(id.Sum[:], sum)
	return id, nil
}
