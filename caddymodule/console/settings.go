package console

import (
	"github.com/customergate/customergate/caddymodule/contract"
	"github.com/customergate/customergate/validation"
)

// settings are the rules of a gate as package javascript compiles them: in the form that
// a gate has in JSON. Words of the operator's own are not among them.
type settings struct {
	Custom      custom   `json:"custom"`
	AllowFields []string `json:"allow_fields,omitempty"`
	Rules       rules    `json:"rules"`
}

type custom struct {
	Subject string             `json:"subject"`
	Fields  []validation.Field `json:"fields"`
}

type rules struct {
	NameLength      bounds            `json:"name_length"`
	NamePunctuation []string          `json:"name_punctuation,omitempty"`
	Age             bounds            `json:"age"`
	Timezone        string            `json:"timezone"`
	Phone           string            `json:"phone"`
	PasswordLength  int               `json:"password_length"`
	PasswordPoints  int               `json:"password_points"`
	Codes           map[string]string `json:"codes,omitempty"`
}

type bounds struct {
	Min int `json:"min"`
	Max int `json:"max"`
}

var enforcements = map[validation.Enforcement]string{
	validation.Enforced: "enforce", validation.Monitored: "monitor", validation.Off: "off",
}

func settingsOf(g contract.Gate) settings {
	p := g.Policy
	told := settings{
		Custom:      custom{g.Endpoint.Contract.Subject(), g.Endpoint.Contract.Table()},
		AllowFields: p.AllowFields,
		Rules: rules{
			NameLength: bounds{p.NameMin, p.NameMax}, NamePunctuation: p.NamePunctuation, Age: bounds{p.AgeMin, p.AgeMax},
			Timezone: p.Location.String(), Phone: "strict", PasswordLength: p.PasswordMin, PasswordPoints: p.PasswordPoints,
		},
	}
	if p.AllowAllFields {
		told.AllowFields = []string{"*"}
	}
	if p.NormalizePhone {
		told.Rules.Phone = "normalize"
	}
	for code, enforcement := range p.Codes {
		if told.Rules.Codes == nil {
			told.Rules.Codes = map[string]string{}
		}
		told.Rules.Codes[string(code)] = enforcements[enforcement]
	}
	return told
}
