// Package caddymodule is the Caddy handler http.handlers.customer_gate.
//
// [Gate] is its configuration. [Gate.ServeHTTP] reads as the way of one request;
// its steps stand in tenant.go, header.go, body.go, fields.go, decrypt.go,
// idempotency.go, claim_email.go and forward.go, in that order. What a request
// reserves, and what the upstream's answer makes of it, is the business of
// package uniqueness. What is refused is a refusal (refusal.go), which answer.go
// writes.
package caddymodule
