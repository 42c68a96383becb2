package validation

// Code says what is wrong with a value. Codes are stable: an app may switch on
// them (contract, section 3).
type Code string

// The codes of the contract's section 3, and those of the rules that only
// endpoints of an operator's own have.
const (
	Required              Code = "required"
	WrongType             Code = "type"
	NotListed             Code = "enum"
	TooLong               Code = "too_long"
	TooShort              Code = "too_short"
	OutOfRange            Code = "out_of_range"
	Duplicate             Code = "duplicate"
	Format                Code = "format"
	DateFormat            Code = "date_format"
	Mismatch              Code = "mismatch"
	Unchanged             Code = "unchanged"
	Characters            Code = "characters"
	UnknownField          Code = "unknown_field"
	PlaintextNotAllowed   Code = "plaintext_not_allowed"
	NameLength            Code = "name_length"
	NameCharacters        Code = "name_characters"
	EmailTooLong          Code = "email_too_long"
	EmailFormat           Code = "email_format"
	EmailTaken            Code = "email_taken"
	EmailPending          Code = "email_pending"
	EmailImmutable        Code = "email_immutable"
	PhoneFormat           Code = "phone_format"
	PhoneTrunkZero        Code = "phone_trunk_zero"
	PhoneInvalid          Code = "phone_invalid"
	PhoneCountry          Code = "phone_country"
	BirthDateFormat       Code = "dob_format"
	BirthDateFuture       Code = "dob_future"
	BirthDateUnderage     Code = "dob_underage"
	BirthDateTooOld       Code = "dob_too_old"
	PasswordUndecryptable Code = "password_undecryptable"
	PasswordTooShort      Code = "password_too_short"
	PasswordTooLong       Code = "password_too_long"
	PasswordUppercase     Code = "password_uppercase"
	PasswordLowercase     Code = "password_lowercase"
	PasswordDigit         Code = "password_digit"
	PasswordSpecial       Code = "password_special"
	PasswordCommon        Code = "password_common"
	PasswordPersonal      Code = "password_personal"
	PasswordMismatch      Code = "password_mismatch"
	PasswordUnchanged     Code = "password_unchanged"
)
