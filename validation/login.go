package validation

// Login is PUT …/securitymanagement/login. Its rules are laxer than those of a
// registration: the address and the password are those that the customer has
// already, of whatever rules there were then.
var Login = mustEndpoint("login", []Field{
	{Name: "email", Type: Text, Required: true, Account: true, Rules: by("email_plausible")},
	{Name: "currentPassword", Type: Text, Required: true, Sealed: true},
	{Name: "payloadEncrypted", Type: Flag, Rules: by("encrypted")},
})
