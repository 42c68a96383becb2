// Package validation is the contract of the endpoints that register customers
// and edit their profiles, and its rules: what a client may send, what is wrong
// with it, and what the upstream receives instead.
//
// The contract is data. An [Endpoint] is a table of fields, each with its JSON
// type, whether it is required, its rule and whether it is sealed, which means
// that a client may send it encrypted. [RegisterCustomer] and [EditProfile] are
// such tables.
//
// One request goes through these steps, cheap ones first:
//
//	submission, err := validation.RegisterCustomer.Read(body) // strict JSON
//	submission.Check(rules, facts)                            // every rule that needs no secret
//	submission.Unseal(open(submission.Ciphertexts()))         // the caller's private key
//	submission.CheckSecrets()                                 // the rules of the passwords
//	violations := submission.Violations()                     // all of them, in document order
//	plain := submission.AppendBody(nil)                       // when there are none
//	submission.Wipe()
//
// The package knows no HTTP, keeps no clock and opens no file: the time and
// everything else that depends on the world comes in as [Facts] or [Policy].
package validation
