package validation

// EditProfile is PUT …/usermanagement/profile-edit. What is sent is changed and
// follows the rules of a registration; what is absent stays as it is, so an
// object without members is a valid body that changes nothing.
//
// What the contract leaves open of nationality and customerGender is not
// guessed at: any spelling that customers' records may hold passes, within a
// length.
//
// The email address is never changed (contract, section 3), and neither is the
// password here: no option lets these members through.
var EditProfile = newEndpoint("profile", []field{
	{name: "email", kind: barred, rule: immutableEmail},
	{name: "payloadEncrypted", kind: barred, rule: noPartRule},
	{name: "password", kind: barred, rule: noPartRule},
	{name: "confirmPassword", kind: barred, rule: noPartRule},
	{name: "firstName", kind: text, rule: nameRule},
	{name: "lastName", kind: text, rule: nameRule},
	// Before phone, whose rule puts the number's own code in its place. Alone,
	// nobody could tell whether it belongs to the number that the customer has.
	{name: "dialingCode", kind: text, rule: dialingCodeRule},
	{name: "phone", kind: text, requiredWith: "dialingCode", rule: phoneRule},
	{name: "dob", kind: text, rule: birthDateRule},
	{name: "address", kind: record, members: addressFields},
	{name: "nationality", kind: text, maxLength: 255},
	{name: "customerGender", kind: text, maxLength: 32, rule: tokenRule},
})

// noPartRule refuses a member that is none of the endpoint, under any option.
func noPartRule(c *check, _ *value) { c.reject(UnknownField) }
