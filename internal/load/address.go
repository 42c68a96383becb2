package load

import "fmt"

// Addresses are n of the machine's own, the first 127.0.network.1. Each takes as
// many networks of 250 as it needs.
func Addresses(network, n int) []string {
	addresses := make([]string, n)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("127.0.%d.%d", network+i/250, 1+i%250)
	}
	return addresses
}
