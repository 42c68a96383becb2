package caddymodule

import (
	"errors"
	"net/http"

	"github.com/customergate/customergate/caddymodule/keys"
)

// tenant finds out whose customer this is to become, and what keys that tenant
// has. That a provider has failed matters only to a request with ciphertexts.
func (p *passage) tenant() *refusal {
	p.tenantName, p.ring, p.ringErr = p.gate.source.ringFor(p.r)
	if errors.Is(p.ringErr, keys.ErrUnknownTenant) {
		return noSuchTenant()
	}
	p.finding.tenant = p.tenantName
	return nil
}

func noSuchTenant() *refusal {
	return newRefusal(codeNotFound, "There is no such tenant.")
}

// ringFor returns the tenant of a request and its keys.
func (s *keySource) ringFor(r *http.Request) (string, []keys.Key, error) {
	tenant := s.template.Of(r)
	ring, err := s.ringOf(tenant)
	return tenant, ring, err
}

// ringOf returns the keys of a tenant, as many as may be tried. The name may
// not be that of a tenant at all.
func (s *keySource) ringOf(tenant string) ([]keys.Key, error) {
	if !keys.ValidTenant(tenant) {
		return nil, keys.ErrUnknownTenant
	}
	ring, err := s.provider.Keys(tenant)
	return ring[:min(len(ring), keys.MaxKeys)], err
}
