package contract

import (
	"net/http"
	"slices"

	"github.com/customergate/customergate/caddymodule/languages"
	"github.com/customergate/customergate/validation"
)

// Code is one that answers have, explained.
type Code struct {
	Value, Title, Description string
	Status                    int                    // of a refusal; 0 for a violation
	Params                    []validation.ParamInfo // of a violation
}

func codeOf(info validation.CodeInfo) Code {
	return Code{Value: string(info.Code), Title: info.Title, Description: info.Description}
}

// statuses are those of the refusals that clients see.
var statuses = map[string]int{
	"MALFORMED_JSON":         http.StatusBadRequest,
	"INVALID_HEADER":         http.StatusBadRequest,
	"NOT_FOUND":              http.StatusNotFound,
	"METHOD_NOT_ALLOWED":     http.StatusMethodNotAllowed,
	"CONFLICT":               http.StatusConflict,
	"PAYLOAD_TOO_LARGE":      http.StatusRequestEntityTooLarge,
	"UNSUPPORTED_MEDIA_TYPE": http.StatusUnsupportedMediaType,
	"VALIDATION_ERROR":       http.StatusUnprocessableEntity,
	"TOO_EARLY":              http.StatusTooEarly,
	"TOO_MANY_ATTEMPTS":      http.StatusTooManyRequests,
	"SERVICE_UNAVAILABLE":    http.StatusServiceUnavailable,
}

// Refusals are the codes that clients see of refusals, by status.
func Refusals() []Code {
	var codes []Code
	for info := range languages.Refusals() {
		code := codeOf(info)
		code.Status = statuses[code.Value]
		codes = append(codes, code)
	}
	slices.SortStableFunc(codes, func(a, b Code) int { return a.Status - b.Status })
	return codes
}

// Violations are the codes of single violations: those of values, and those that only
// headers have.
func Violations() []Code {
	var codes []Code
	seen := map[validation.Code]bool{}
	for info := range validation.Codes() {
		code := codeOf(info)
		code.Params = info.Params()
		codes, seen[info.Code] = append(codes, code), true
	}
	for info := range languages.HeaderCodes() {
		if !seen[info.Code] {
			codes = append(codes, codeOf(info))
		}
	}
	return codes
}
