package command

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	"github.com/customergate/customergate/caddymodule/admin"
	"github.com/customergate/customergate/caddymodule/claims"
)

// gatewayStore is a store that a running gateway has open, through its admin endpoint.
// No address travels to it, only hashes.
type gatewayStore struct {
	address string
	config  json.RawMessage // of the store
	inUse   error           // what opening it has said
}

// ask has the gateway do something about a claim. Where none answers, or one that has
// another store, the store is in use by somebody else.
func (s *gatewayStore) ask(verb string, id claims.ID) (answer admin.ClaimsAnswer, err error) {
	request, err := json.Marshal(admin.ClaimsRequest{ID: admin.FormatID(id), Store: s.config})
	if err != nil {
		return answer, err
	}
	response, err := caddycmd.AdminAPIRequest(s.address, http.MethodPost, admin.ClaimsPath+verb, http.Header{"Content-Type": {"application/json"}}, bytes.NewReader(request))
	if err != nil {
		return answer, fmt.Errorf("%w (%s: %w)", explainStart(s.inUse), s.address, err)
	}
	defer response.Body.Close()
	return answer, json.NewDecoder(response.Body).Decode(&answer)
}

// Count is the gateway's.
func (s *gatewayStore) Count(context.Context, claims.Kind) (int, error) {
	answer, err := s.ask("count", claims.ID{Kind: claims.Email})
	if err != nil || answer.Count == nil {
		return 0, err
	}
	return *answer.Count, nil
}

// Look is the gateway's.
func (s *gatewayStore) Look(_ context.Context, id claims.ID) (claims.Found, error) {
	answer, err := s.ask("check", id)
	if err != nil {
		return claims.Found{}, err
	}
	found := claims.Found{Value: answer.Value}
	switch answer.State {
	case admin.StateTaken:
		found.State = claims.Committed
	case admin.StatePending:
		found.State = claims.Pending
		found.Wait, err = time.ParseDuration(answer.Wait)
	}
	return found, err
}

// Forget is the gateway's.
func (s *gatewayStore) Forget(_ context.Context, id claims.ID) (bool, error) {
	answer, err := s.ask("forget", id)
	return answer.Forgotten != nil && *answer.Forgotten, err
}

// errStop is what a gateway at work does not do: it would keep requests waiting.
func (s *gatewayStore) errStop() error {
	return fmt.Errorf("%w; stop the gateway, run this command again, and start it", s.inUse)
}

// Import is the command's alone.
func (s *gatewayStore) Import(context.Context, []claims.ID) (int, error) { return 0, s.errStop() }

// Reserve is of who fills a store.
func (s *gatewayStore) Reserve(context.Context, claims.ID, claims.Token, time.Duration) (claims.Found, error) {
	return claims.Found{}, s.errStop()
}

// Commit is of who has reserved.
func (s *gatewayStore) Commit(context.Context, claims.ID, claims.Token, []byte, time.Duration) error {
	return s.errStop()
}

// Release is of who has reserved.
func (s *gatewayStore) Release(context.Context, claims.ID, claims.Token) error { return s.errStop() }

// Interface guard
var _ claims.Administrator = (*gatewayStore)(nil)
