// Package plaintext is the option `plaintext` of a gate at work: who may send raw
// passwords.
package plaintext

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/customergate/customergate/caddymodule/internal/clientip"
)

// Policy says who may send raw passwords.
type Policy struct {
	everyone bool
	ranges   clientip.Ranges
}

// Allows judges a client by its address, which is not valid where the request could be
// anybody's.
func (policy Policy) Allows(ip netip.Addr) bool {
	return policy.everyone || policy.ranges.Contain(ip)
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
	switch word {
	case "deny":
		return nil
	case "allow":
		policy.everyone = true
		return nil
	}
	ranges, err := clientip.ParseRanges(word)
	if err != nil {
		return fmt.Errorf("plaintext: %q is neither deny, allow, private_ranges nor a CIDR range such as 10.0.0.0/8", word)
	}
	policy.ranges = append(policy.ranges, ranges...)
	return nil
}
