package console

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/customergate/customergate/caddymodule/internal/clientip"
)

// privateRanges is the word for all private addresses.
const privateRanges = "private_ranges"

// visitors are the addresses of those who may see the console.
type visitors []netip.Prefix

// parseVisitors reads the words of the option `clients`.
func parseVisitors(words []string) (visitors, error) {
	if words == nil {
		words = []string{privateRanges}
	}
	var admitted visitors
	for i, word := range words {
		if slices.Contains(words[:i], word) {
			return nil, fmt.Errorf("clients: %s is named twice", word)
		}
		ranges := []string{word}
		if word == privateRanges {
			ranges = caddyhttp.PrivateRangesCIDR()
		}
		for _, text := range ranges {
			prefix, err := caddyhttp.CIDRExpressionToPrefix(text)
			if err != nil {
				return nil, fmt.Errorf("clients: %q is neither private_ranges nor a CIDR range such as 10.0.0.0/8", word)
			}
			admitted = append(admitted, prefix)
		}
	}
	return admitted, nil
}

// admit judges by where the request comes from for sure.
func (v visitors) admit(r *http.Request) bool {
	ip := clientip.Sure(r)
	return ip.IsValid() && slices.ContainsFunc(v, func(prefix netip.Prefix) bool { return prefix.Contains(ip) })
}
