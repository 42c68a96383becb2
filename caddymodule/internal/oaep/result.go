package oaep

// A Result is how a private operation, or a ciphertext refused without one,
// ended. It tells an operator more than a client may learn.
type Result uint8

const (
	// ResultOK is an operation that gave a plaintext.
	ResultOK Result = iota
	// ResultFailed is an operation that gave none, or none that is text.
	ResultFailed
	// ResultReused is an operation that gave a plaintext, which was dropped
	// because the ciphertext has been sent too often.
	ResultReused
	// ResultMalformed is a ciphertext that no key can have made: not strict
	// Base64, not as long as the modulus, or not less than it.
	ResultMalformed
	// ResultUnknownKey is a ciphertext whose sender named a key that is not
	// there.
	ResultUnknownKey
	// ResultError is an operation that the key could not perform, whatever the
	// ciphertext.
	ResultError
	// ResultFault is an operation whose result the public key did not confirm.
	// The key was asked to decrypt as a whole then.
	ResultFault
)

// Results are all that there are.
func Results() []Result {
	return []Result{ResultOK, ResultFailed, ResultReused, ResultMalformed, ResultUnknownKey, ResultError, ResultFault}
}

// String returns ok, failed, reused, malformed, unknown_key, error or fault.
func (r Result) String() string {
	return [...]string{
		ResultOK:         "ok",
		ResultFailed:     "failed",
		ResultReused:     "reused",
		ResultMalformed:  "malformed",
		ResultUnknownKey: "unknown_key",
		ResultError:      "error",
		ResultFault:      "fault",
	}[r]
}
