package contract

import (
	"net/http"

	"github.com/customergate/customergate/validation"
)

// Code is one that answers have, explained.
type Code struct {
	Value, Title, Description string
	Status                    int // of a refusal; 0 for a violation
}

// Refusals are the codes that clients see of refusals.
func Refusals() []Code {
	return []Code{
		{"MALFORMED_JSON", "Malformed JSON", "The body is not exactly one JSON text of strict RFC 8259.", http.StatusBadRequest},
		{"INVALID_HEADER", "Invalid header", "A required header is absent, repeated or of another value; the details name it.", http.StatusBadRequest},
		{"NOT_FOUND", "Not found", "There is no such tenant.", http.StatusNotFound},
		{"METHOD_NOT_ALLOWED", "Method not allowed", "The endpoint has another method; Allow says which.", http.StatusMethodNotAllowed},
		{"CONFLICT", "Conflict", "The email address is taken or being registered, or the request is being answered already; the details say which.", http.StatusConflict},
		{"PAYLOAD_TOO_LARGE", "Payload too large", "The body is over the limit.", http.StatusRequestEntityTooLarge},
		{"UNSUPPORTED_MEDIA_TYPE", "Unsupported media type", "The body has to be application/json in UTF-8, without a Content-Encoding.", http.StatusUnsupportedMediaType},
		{"VALIDATION_ERROR", "Validation error", "Members of the body break rules; the details list all of them.", http.StatusUnprocessableEntity},
		{"TOO_EARLY", "Too early", "The request came in TLS early data; send it again.", http.StatusTooEarly},
		{"TOO_MANY_ATTEMPTS", "Too many attempts", "Too many attempts from this address or at this account have failed; Retry-After says when to try again.", http.StatusTooManyRequests},
		{"SERVICE_UNAVAILABLE", "Service unavailable", "The gateway is busy, or something that it needs is down; Retry-After says when to try again.", http.StatusServiceUnavailable},
	}
}

// Violations are the codes of single violations, in the order of the contract.
func Violations() []Code {
	explained := []struct {
		code               validation.Code
		title, description string
	}{
		{validation.Required, "Required", "Absent, null, or empty where a value is required."},
		{validation.WrongType, "Wrong type", "Another JSON type, or a number that JSON readers do not agree on."},
		{validation.NotListed, "Not listed", "Not one of the listed values, or not of the form that they have."},
		{validation.TooLong, "Too long", "More characters, or elements, than there is room for."},
		{validation.TooShort, "Too short", "Fewer characters, or elements, than there have to be."},
		{validation.OutOfRange, "Out of range", "A number outside its bounds."},
		{validation.Duplicate, "Duplicate", "An element that the list has already."},
		{validation.Format, "Format", "Not written as it has to be."},
		{validation.DateFormat, "Date format", "Not a day of the calendar as YYYY-MM-DD."},
		{validation.Mismatch, "Mismatch", "Another value than the field that it repeats."},
		{validation.Unchanged, "Unchanged", "The same value as the field that it is to replace."},
		{validation.Characters, "Control characters", "A control character in a text or in the name of a member."},
		{validation.UnknownField, "Unknown field", "The contract knows no such member, or its name is too much like that of another."},
		{validation.PlaintextNotAllowed, "Plaintext not allowed", "This client may not send secrets unencrypted."},
		{validation.NameLength, "Name length", "Too few characters for a name, or too many."},
		{validation.NameCharacters, "Name characters", "Characters that no name is written with, or no letter."},
		{validation.EmailTooLong, "Email too long", "Over 255 characters."},
		{validation.EmailFormat, "Email format", "Not a deliverable email address."},
		{validation.EmailTaken, "Email taken", "A customer has this email address; with status 409."},
		{validation.EmailPending, "Email pending", "This email address is being registered; with status 409, and Retry-After."},
		{validation.EmailImmutable, "Email immutable", "The email address of a customer is never changed."},
		{validation.PhoneFormat, "Phone format", "Not + and 7 to 15 digits with the country code, or digits without a usable dialing code."},
		{validation.PhoneTrunkZero, "Phone trunk zero", "Valid without the zero behind the country code, which is dialled inside the country only."},
		{validation.PhoneInvalid, "Phone invalid", "Not a valid number of its country."},
		{validation.PhoneCountry, "Phone country", "Not an assigned country code, or not that of the phone number."},
		{validation.BirthDateFormat, "Date of birth format", "Not a day of the calendar as YYYY-MM-DD."},
		{validation.BirthDateFuture, "Date of birth in the future", "After today."},
		{validation.BirthDateUnderage, "Underage", "The customer is not old enough."},
		{validation.BirthDateTooOld, "Too old", "Longer ago than anybody lives, or than the operator takes."},
		{validation.PasswordUndecryptable, "Undecryptable", "A secret could not be read: encrypt it again with the current public key."},
		{validation.PasswordTooShort, "Password too short", "Fewer characters than a password has."},
		{validation.PasswordTooLong, "Password too long", "Over 190 bytes."},
		{validation.PasswordUppercase, "Password without uppercase", "It lacks a letter A-Z."},
		{validation.PasswordLowercase, "Password without lowercase", "It lacks a letter a-z."},
		{validation.PasswordDigit, "Password without digit", "It lacks a digit 0-9."},
		{validation.PasswordSpecial, "Password without special character", "It lacks one of !@#$%^&*."},
		{validation.PasswordCommon, "Common password", "Built from common words or patterns."},
		{validation.PasswordPersonal, "Personal password", "Built from this customer's own name, email address, phone number or date of birth."},
		{validation.PasswordMismatch, "Password mismatch", "The two passwords are not the same."},
		{validation.PasswordUnchanged, "Password unchanged", "The new password is the same as the current one."},
		{"request_pending", "Request pending", "A request with the same idempotency key is being answered; with status 409, and Retry-After."},
		{"request_mismatch", "Request mismatch", "The same idempotency key came before, with another request: take a new one."},
	}
	codes := make([]Code, len(explained))
	for i, e := range explained {
		codes[i] = Code{Value: string(e.code), Title: e.title, Description: e.description}
	}
	return codes
}
