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
var EditProfile = mustEndpoint("profile", []Field{
	{Name: "email", Type: Barred, Rules: by("email_immutable")},
	{Name: "payloadEncrypted", Type: Barred, Rules: by("unknown_field")},
	{Name: "password", Type: Barred, Rules: by("unknown_field")},
	{Name: "confirmPassword", Type: Barred, Rules: by("unknown_field")},
	{Name: "firstName", Type: Text, Rules: by("name")},
	{Name: "lastName", Type: Text, Rules: by("name")},
	// Alone, nobody could tell whether it belongs to the number that the customer
	// has.
	{Name: "dialingCode", Type: Text, Rules: by("dialing_code")},
	{Name: "phone", Type: Text, RequiredWith: "dialingCode", Rules: by("phone")},
	{Name: "dob", Type: Text, Rules: by("birth_date")},
	{Name: "address", Type: Object, Members: addressFields()},
	{Name: "nationality", Type: Text, Bounds: upTo(255)},
	{Name: "customerGender", Type: Text, Bounds: upTo(32), Rules: by("token")},
})

// noPartRule refuses a member that is none of the endpoint, under any option.
func noPartRule(c *check, _ *value) { c.reject(UnknownField) }
