// Package subnet tells clients apart by their addresses.
package subnet

import "net/netip"

// Of is the address of an IPv4 client. An IPv6 client has a network for itself, so it
// is the first of its addresses there (RFC 6177, section 2, gives it at least a /64).
// IPv4 addresses that are written as IPv6 ones are the same. What is not valid stays so.
func Of(client netip.Addr) netip.Addr {
	client = client.Unmap().WithZone("")
	if !client.Is6() {
		return client
	}
	network, _ := client.Prefix(64) // of an IPv6 address there is one
	return network.Addr()
}
