// Package caddymodule is the Caddy handler http.handlers.customer_gate.
//
// [Gate] is its configuration. [Gate.ServeHTTP] reads as the way of one
// request; its steps stand in method.go, early_data.go, header.go, body.go,
// fields.go, decrypt.go and forward.go, in that order. What is refused is a refusal
// (refusal.go), which answer.go writes.
package caddymodule
