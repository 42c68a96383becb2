package contract

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/customergate/customergate/validation"
	"github.com/customergate/customergate/validation/schema"
)

// Example is a [Gate.Sample] that the gate accepts as it is, with its secrets raw.
func (g Gate) Example() (body object, made bool) {
	if g.Endpoint.Contract.HasSealed() && !g.Raw {
		return nil, false
	}
	return g.Sample()
}

// Sample is a body of what is required, or of one field where nothing is, with its secrets
// still to be encrypted; if one can be made up that no rule refuses.
func (g Gate) Sample() (body object, made bool) {
	table := g.Endpoint.Contract.Table()
	if body = members(table); len(body) == 0 {
		body = anyMember(table)
	}
	text, err := body.MarshalJSON()
	if err != nil {
		return nil, false
	}
	rules, err := g.Policy.Compile()
	if err != nil {
		return nil, false
	}
	submission, err := g.Endpoint.Contract.Read(text)
	if err != nil {
		return nil, false
	}
	submission.Check(rules, validation.Facts{Now: time.Now(), PlaintextAllowed: true})
	submission.CheckSecrets()
	return body, len(submission.Violations()) == 0
}

// anyMember is the first that the rules have a sample of.
func anyMember(table []validation.Field) object {
	for _, f := range table {
		for _, r := range f.Rules {
			if sample, found := samples[r.Name]; found && f.Type == validation.Text {
				return pairs(f.Name, sample)
			}
		}
	}
	return object{}
}

func members(table []validation.Field) object {
	body := object{}
	for _, f := range table {
		_, flag := f.Rule("encrypted")
		switch {
		case flag:
			body = body.And(f.Name, false)
		case !f.Required:
		default:
			body = body.And(f.Name, valueOf(f, body))
		}
	}
	return body
}

// samples are values that the rules take.
var samples = map[string]string{ //nolint:gosec // examples for everyone to see
	"name": "Ada", "email": "ada@example.com", "email_plausible": "ada@example.com", "phone": "+447123456789",
	"dialing_code": "+44", "date": "2026-01-02", "birth_date": "1990-12-10", "country": "GBR", "token": "WEB",
	"password": "tUrtle-vex9!Quartz",
}

func valueOf(f validation.Field, before object) any {
	switch f.Type {
	case validation.Flag:
		return true
	case validation.Number:
		if f.Bounds != nil {
			return f.Bounds.Min
		}
		return 1
	case validation.List:
		items := []any{}
		if f.Bounds != nil && f.Bounds.Min > 0 {
			items = append(items, valueOf(*f.Item, nil))
		}
		return items
	case validation.Object:
		return members(f.Members)
	}
	return textOf(f, before)
}

func textOf(f validation.Field, before object) string {
	if len(f.OneOf) > 0 {
		return f.OneOf[0]
	}
	for _, r := range f.Rules {
		if r.Name == "same_as" {
			i := slices.IndexFunc(before, func(m schema.Member) bool { return m.Name == r.Arguments[0] })
			if i >= 0 {
				return before[i].Value.(string)
			}
		}
		if r.Name == "digits" {
			least, _ := strconv.Atoi(r.Arguments[0])
			return strings.Repeat("2486", least)[:least]
		}
		if sample, found := samples[r.Name]; found {
			return sample
		}
	}
	if f.Sealed && f.Bounds == nil {
		return "kEttle-vex8!Marble" // the customer's password, whatever it is
	}
	least := 1
	if f.Bounds != nil {
		least = max(least, int(f.Bounds.Min))
	}
	return strings.Repeat("x", least)
}
