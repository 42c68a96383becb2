package console

import (
	"fmt"
	"slices"

	"github.com/customergate/customergate/caddymodule/internal/clientip"
)

// parseVisitors reads the words of the option `clients`, the addresses of those who may
// see the console.
func parseVisitors(words []string) (clientip.Ranges, error) {
	if words == nil {
		words = []string{clientip.PrivateRanges}
	}
	var admitted clientip.Ranges
	for i, word := range words {
		if slices.Contains(words[:i], word) {
			return nil, fmt.Errorf("clients: %s is named twice", word)
		}
		ranges, err := clientip.ParseRanges(word)
		if err != nil {
			return nil, fmt.Errorf("clients: %w", err)
		}
		admitted = append(admitted, ranges...)
	}
	return admitted, nil
}
