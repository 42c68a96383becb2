package clientip

import (
	"fmt"
	"net/netip"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
)

// PrivateRanges is the word for all private addresses.
const PrivateRanges = "private_ranges"

// Ranges are addresses.
type Ranges []netip.Prefix

// ParseRanges reads PrivateRanges or a CIDR range, such as 10.0.0.0/8, or an address.
func ParseRanges(word string) (Ranges, error) {
	cidrs := []string{word}
	if word == PrivateRanges {
		cidrs = caddyhttp.PrivateRangesCIDR()
	}
	var ranges Ranges
	for _, cidr := range cidrs {
		prefix, err := caddyhttp.CIDRExpressionToPrefix(cidr)
		if err != nil {
			return nil, fmt.Errorf("%q is neither private_ranges nor a CIDR range such as 10.0.0.0/8", word)
		}
		ranges = append(ranges, prefix)
	}
	return ranges, nil
}

// Contain reports whether an address is in one of the ranges; one that is not valid is
// in none.
func (ranges Ranges) Contain(ip netip.Addr) bool {
	for _, prefix := range ranges {
		if prefix.Contains(ip) {
			return true
		}
	}
	return false
}
