package validation

// addressFields are the members of an address (contract, section 1).
var addressFields = []field{
	{name: "address1", kind: text, maxLength: 255},
	{name: "address2", kind: text, maxLength: 255},
	{name: "city", kind: text, maxLength: 255},
	{name: "region", kind: text, maxLength: 255},
	{name: "countryCommonName", kind: text, maxLength: 255},
	{name: "postcode", kind: text, maxLength: 255},
	{name: "countryIso3", kind: text, rule: countryRule},
}
