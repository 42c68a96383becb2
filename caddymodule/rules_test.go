package caddymodule

import (
	"net/http"
	"strings"
	"testing"
)

// TestCaddyfileNamePunctuation: the characters that a Caddyfile adds reach the
// rule of names, of a registration and of a profile.
func TestCaddyfileNamePunctuation(t *testing.T) {
	config, err := adapt(`
		:8080 {
			customer_gate {
				rules {
					name_punctuation . · ・
				}
			}
		}`)
	if err != nil {
		t.Fatal(err)
	}
	if want := `"rules":{"name_punctuation":[".","·","・"]}`; !strings.Contains(string(config), want) {
		t.Errorf("%s is not in %s", want, config)
	}
	rules := map[string]any{"name_punctuation": []string{".", "・"}}
	dotted := with(map[string]any{"firstName": "J. ジョン・スミス"})
	if x := newRig(t, map[string]any{"rules": rules}).serve(newRequest(dotted)); x.forwarded == nil {
		t.Errorf("refused: %s", x.answer.Body)
	}
	x := newRig(t, nil).serve(newRequest(dotted))
	x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
	if got := strings.Join(x.details(t), ","); got != "/firstName name_characters" {
		t.Errorf("violations %s", got)
	}
}

func TestCaddyfileNamePunctuationRefused(t *testing.T) {
	tests := map[string]struct{ line, want string }{
		"no character":     {"name_punctuation", "name_punctuation: write `name_punctuation <character>...`"},
		"another":          {"name_punctuation . _", `name_punctuation: "_" is not one of . , / ·`},
		"two in one":       {"name_punctuation .,", `name_punctuation: ".," is not one of . , / ·`},
		"one twice":        {"name_punctuation . . ", `name_punctuation: "." is listed twice`},
		"the option twice": {"name_punctuation .\nname_punctuation ,", "name_punctuation"},
		"of a profile":     {"name_punctuation <", `name_punctuation: "<" is not one of . , / ·`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			endpoint := ""
			if name == "of a profile" {
				endpoint = "edit_profile"
			}
			_, err := adapt(":8080 {\ncustomer_gate " + endpoint + " {\nrules {\n" + test.line + "\n}\n}\n}")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}
