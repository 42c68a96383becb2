package validation_test

import (
	"slices"
	"testing"

	"github.com/customergate/customergate/validation"
)

func TestPersonalWords(t *testing.T) {
	for name, test := range map[string]struct {
		endpoint *validation.Endpoint
		body     string
		want     []string
	}{
		"of a registration":   {validation.RegisterCustomer, `{"firstName":"Ada","lastName":"Lovelace","email":"Ada@example.com","dob":7}`, []string{"ada", "example", "lovelace"}},
		"of no object":        {validation.RegisterCustomer, `7`, nil},
		"of another contract": {validation.EditProfile, `{}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := test.endpoint.Read([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if got := slices.Sorted(s.PersonalWords); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
