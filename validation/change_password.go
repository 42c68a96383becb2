package validation

// ChangePassword is PUT …/securitymanagement/change-password. Only the new password
// follows the rule of registrations; nothing here says whose it is, so nothing in it
// is personal.
var ChangePassword = mustEndpoint("change of password", []Field{
	{Name: "currentPassword", Type: Text, Required: true, Sealed: true},
	{Name: "newPassword", Type: Text, Required: true, Sealed: true, Rules: []Rule{
		{Name: "password"}, {Name: "differs_from", Arguments: []string{"currentPassword"}},
	}},
	{Name: "payloadEncrypted", Type: Flag, Rules: by("encrypted")},
})
