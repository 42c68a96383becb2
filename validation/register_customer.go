package validation

// RegisterCustomer is POST …/usermanagement/register-customer (contract,
// sections 1 and 3).
var RegisterCustomer = mustEndpoint("registration", []Field{
	{Name: "devicePlatform", Type: Text, Bounds: upTo(32), Rules: by("token")},
	{Name: "appVersion", Type: Text, Bounds: upTo(32)},
	{Name: "appId", Type: Text, Bounds: upTo(255)},
	{Name: "customerType", Type: Text, Required: true, OneOf: []string{"INDIVIDUAL", "COMPANY"}},
	{Name: "payloadEncrypted", Type: Flag, Required: true, Rules: by("encrypted")},
	{Name: "firstName", Type: Text, Required: true, Rules: by("name")},
	{Name: "lastName", Type: Text, Required: true, Rules: by("name")},
	{Name: "email", Type: Text, Required: true, Claimed: true, Rules: by("email")},
	{Name: "dialingCode", Type: Text, Rules: by("dialing_code")},
	{Name: "phone", Type: Text, Required: true, Rules: by("phone")},
	{Name: "dob", Type: Text, Required: true, Rules: by("birth_date")},
	{Name: "password", Type: Text, Required: true, Sealed: true, Rules: by("password")},
	{Name: "confirmPassword", Type: Text, Required: true, Sealed: true, Rules: []Rule{{Name: "same_as", Arguments: []string{"password"}}}},
	{Name: "address", Type: Object, Members: addressFields()},
	{Name: "dynamicFields", Type: Object},
})
