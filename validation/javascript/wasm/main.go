//go:build js && wasm

// Command wasm is package validation for JavaScript. It hands one object to the function
// whose name is its first argument, and answers calls from then on.
package main

import (
	"errors"
	"os"
	"syscall/js"
	"time"

	"github.com/customergate/customergate/validation"
)

func main() {
	js.Global().Call(os.Args[1], map[string]any{
		"compile": js.FuncOf(func(_ js.Value, arguments []js.Value) any { return compile(arguments[0]) }),
	})
	select {}
}

// compile makes the rules of settings. They are { check }, or { error }.
func compile(settings js.Value) any {
	policy, err := policyOf(settings)
	if err != nil {
		return failed(err)
	}
	rules, err := policy.Compile()
	if err != nil {
		return failed(err)
	}
	return map[string]any{"check": js.FuncOf(func(_ js.Value, arguments []js.Value) any {
		return check(policy.Endpoint, rules, arguments[0].String(), arguments[1].String())
	})}
}

func failed(err error) map[string]any { return map[string]any{"error": err.Error()} }

// check judges a body on the day that it is where the rules are. Secrets that are
// encrypted stay so, and are not judged.
func check(endpoint *validation.Endpoint, rules *validation.Rules, body, today string) any {
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return failed(err)
	}
	text := []byte(body)
	defer clear(text)
	submission, err := endpoint.Read(text)
	if err != nil {
		return malformed(err)
	}
	defer submission.Wipe()
	submission.Check(rules, validation.Facts{Now: now, PlaintextAllowed: true})
	if len(submission.Ciphertexts()) > 0 {
		return map[string]any{"violations": list(submission.Violations()), "sealed": true}
	}
	submission.CheckSecrets()
	result := map[string]any{"violations": list(submission.Violations()), "relaxed": list(submission.Relaxed()), "sealed": false}
	if len(submission.Violations()) == 0 {
		plain := submission.AppendBody(nil)
		defer clear(plain)
		result["body"] = string(plain)
	}
	return result
}

// malformed tells of a body that is no JSON which every parser reads alike.
func malformed(err error) any {
	fault, ok := errors.AsType[*validation.MalformedError](err)
	if !ok {
		return failed(err)
	}
	return map[string]any{"malformed": map[string]any{"fault": fault.Fault, "reason": fault.Reason, "offset": fault.Offset}}
}

func list(violations []validation.Violation) []any {
	told := make([]any, len(violations))
	for i, v := range violations {
		params := map[string]any{}
		for _, p := range v.Params {
			params[p.Name] = valueOf(p.Value)
		}
		told[i] = map[string]any{"pointer": string(v.Pointer), "code": string(v.Code), "message": v.Message, "params": params}
	}
	return told
}

func valueOf(param any) any {
	texts, ok := param.([]string)
	if !ok {
		return param
	}
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return values
}
