package documents

import (
	"encoding/json"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/customergate/customergate/validation"
)

// TestPasswordRules: what a password manager generates by the attribute `passwordrules`
// of the form in examples/clients is what the gate takes.
func TestPasswordRules(t *testing.T) {
	form := Read(t, "examples/clients/register.html")
	attribute := regexp.MustCompile(`passwordrules="([^"]+)"`).FindStringSubmatch(form)
	if attribute == nil {
		t.Fatal("the form has no passwordrules")
	}
	if document := Read(t, "docs/encrypting.md"); !strings.Contains(document, attribute[1]) {
		t.Errorf("docs/encrypting.md does not tell of %s", attribute[1])
	}
	rules, err := validation.DefaultPolicy().Compile()
	if err != nil {
		t.Fatal(err)
	}
	generator := parsePasswordRules(t, attribute[1])
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		password := generator.generate(random)
		body, err := json.Marshal(map[string]any{
			"customerType": "INDIVIDUAL", "payloadEncrypted": false, "firstName": "Excel", "lastName": "Nwachukwu",
			"email": "excel.nwachukwu@fincode.co.uk", "phone": "+447123456789", "dob": "1989-12-16",
			"password": password, "confirmPassword": password,
		})
		if err != nil {
			t.Fatal(err)
		}
		s, err := validation.RegisterCustomer.Read(body)
		if err != nil {
			t.Fatal(err)
		}
		s.Check(rules, validation.Facts{Now: time.Now(), PlaintextAllowed: true})
		s.CheckSecrets()
		for _, v := range s.Violations() {
			t.Errorf("%s: %s %s", password, v.Pointer, v.Code)
		}
	}
}

// passwordRules are what a manager reads of the attribute: properties and their values,
// of which `required` may come several times.
type passwordRules struct {
	least    int
	required []string // characters of which one has to be there
}

func parsePasswordRules(t *testing.T, text string) (rules passwordRules) {
	t.Helper()
	classes := map[string]string{"upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "lower": "abcdefghijklmnopqrstuvwxyz", "digit": "0123456789"}
	for rule := range strings.SplitSeq(strings.TrimSuffix(text, ";"), ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(rule), ":")
		value = strings.TrimSpace(value)
		switch name {
		case "minlength":
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			rules.least = n
		case "required":
			characters, named := classes[value]
			if !named {
				characters = strings.TrimSuffix(strings.TrimPrefix(value, "["), "]")
			}
			rules.required = append(rules.required, characters)
		default:
			t.Fatalf("nobody knows the rule %q", name)
		}
	}
	return rules
}

// generate makes the shortest password that the rules allow, as managers do that are told
// of a shorter one than they would make.
func (r passwordRules) generate(random *rand.Rand) string {
	all := strings.Join(r.required, "")
	password := make([]byte, 0, r.least)
	for _, characters := range r.required {
		password = append(password, characters[random.IntN(len(characters))])
	}
	for len(password) < r.least {
		password = append(password, all[random.IntN(len(all))])
	}
	random.Shuffle(len(password), func(i, j int) { password[i], password[j] = password[j], password[i] })
	return string(slices.Clone(password))
}
