package validation

// RegisterCustomer is POST …/usermanagement/register-customer (contract,
// sections 1 and 3).
var RegisterCustomer = newEndpoint("registration", []field{
	{name: "devicePlatform", kind: text, maxLength: 32, rule: tokenRule},
	{name: "appVersion", kind: text, maxLength: 32},
	{name: "appId", kind: text, maxLength: 255},
	{name: "customerType", kind: text, required: true, oneOf: []string{"INDIVIDUAL", "COMPANY"}},
	{name: "payloadEncrypted", kind: flag, required: true, rule: encryptionRule},
	{name: "firstName", kind: text, required: true, rule: nameRule},
	{name: "lastName", kind: text, required: true, rule: nameRule},
	{name: "email", kind: text, required: true, rule: emailRule},
	{name: "dialingCode", kind: text, rule: dialingCodeRule},
	{name: "phone", kind: text, required: true, rule: phoneRule},
	{name: "dob", kind: text, required: true, rule: birthDateRule},
	{name: "password", kind: text, required: true, sealed: true, rule: passwordRule},
	{name: "confirmPassword", kind: text, required: true, sealed: true, rule: confirmationRule},
	{name: "address", kind: record, members: addressFields},
	{name: "dynamicFields", kind: freeform},
})
