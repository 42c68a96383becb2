package validation

import "strings"

// countryRule wants three letters A-Z, the form of an ISO 3166-1 alpha-3 code.
// An empty text is a country that the client left open.
func countryRule(c *check, v *value) {
	if v.text == "" {
		return
	}
	if len(v.text) != 3 || strings.Trim(v.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		c.rejectWith(sayNoCountry)
	}
}
