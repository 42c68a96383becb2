package validation

// addressFields are the members of an address (contract, section 1).
func addressFields() []Field {
	return []Field{
		{Name: "address1", Type: Text, Bounds: upTo(255)},
		{Name: "address2", Type: Text, Bounds: upTo(255)},
		{Name: "city", Type: Text, Bounds: upTo(255)},
		{Name: "region", Type: Text, Bounds: upTo(255)},
		{Name: "countryCommonName", Type: Text, Bounds: upTo(255)},
		{Name: "postcode", Type: Text, Bounds: upTo(255)},
		{Name: "countryIso3", Type: Text, Rules: by("country")},
	}
}
