// Package caddymodule is the Caddy handlers http.handlers.customer_gate and
// http.handlers.customer_gate_keys.
//
// [Gate] is the configuration of the first. [Gate.ServeHTTP] reads as the way of
// one request; its steps stand in tenant.go, header.go, body.go, fields.go, attempts.go,
// decrypt.go, idempotency.go, claim_email.go and forward.go, and in monitor.go for a gate
// that only looks on. What a
// request reserves, and what the upstream's answer makes of it, is the business of
// package uniqueness. What is refused is a refusal (refusal.go), which answer.go
// writes.
//
// The options that are more than a word have rooms of their own: keysource, headers,
// rules, waiting (`queue`), limits, languages and uniqueness. So have the handlers beside
// the gates, contract, console and readiness, the matcher before them, and admin, what
// operators ask. Messages are English, and have
// keys and params, until answer_language.go says them in the client's language.
//
// What a gate stands before, and what follows from it, is told by package endpoints
// and endpoint.go.
//
// [Publisher] is the second: it gives out the public keys that clients encrypt
// with. [App] is what the handlers of a configuration share, and [Offline] a gate
// for the command line, which serves nobody.
package caddymodule
