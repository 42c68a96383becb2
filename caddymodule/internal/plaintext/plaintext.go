// Package plaintext is the option `plaintext` of a gate at work: who may send raw
// passwords.
package plaintext

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// Policy says who may send raw passwords.
type Policy struct {
	everyone bool
	ranges   []netip.Prefix
}

// Allows judges Caddy's client IP, which is the peer's unless the server
// trusts the proxy before it.
func (policy Policy) Allows(ip netip.Addr) bool {
	if policy.everyone {
		return true
	}
	if len(policy.ranges) == 0 {
		return false
	}
	for _, prefix := range policy.ranges {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}

// Parse reads the words of the option.
func Parse(words []string) (Policy, error) {
	var policy Policy
	seen := make(map[string]bool, len(words))
	for _, word := range words {
		if seen[word] {
			return policy, fmt.Errorf("plaintext: %s is named twice", word)
		}
		seen[word] = true
		if err := policy.add(word); err != nil {
			return policy, err
		}
	}
	if (seen["deny"] || seen["allow"]) && len(words) > 1 {
		return policy, errors.New("plaintext: deny and allow stand alone; for some ranges only, name these ranges alone")
	}
	return policy, nil
}

func (policy *Policy) add(word string) error {
	ranges := []string{word}
	switch word {
	case "deny":
		return nil
	case "allow":
		policy.everyone = true
		return nil
	case "private_ranges":
		ranges = caddyhttp.PrivateRangesCIDR()
	}
	for _, cidr := range ranges {
		prefix, err := caddyhttp.CIDRExpressionToPrefix(cidr)
		if err != nil {
			return fmt.Errorf("plaintext: %q is neither deny, allow, private_ranges nor a CIDR range such as 10.0.0.0/8", word)
		}
		policy.ranges = append(policy.ranges, prefix)
	}
	return nil
}
