package caddymodule

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestServeViolations: everything that is wrong is answered at once, in
// document order, with the passwords' violations among the others.
func TestServeViolations(t *testing.T) {
	body := `{"confirmPassword":"x","email":"not an address","payloadEncrypted":false,"role":"admin","password":"short",` +
		`"firstName":"A","lastName":"Lovelace","customerType":"PERSON","phone":"+447123456789","dob":"2990-01-01",` +
		`"address":{"city":1,"planet":"Earth"}}`
	want := []string{
		"/confirmPassword password_mismatch",
		"/email email_format",
		"/role unknown_field",
		"/password password_too_short",
		"/password password_uppercase",
		"/password password_digit",
		"/password password_special",
		"/password password_common",
		"/firstName name_length",
		"/customerType enum",
		"/dob dob_future",
		"/address/city type",
		"/address/planet unknown_field",
	}
	x := newRig(t, nil).serve(newRequest(body))
	x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
	got := x.details(t)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("violations\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !strings.Contains(x.answer.Body.String(), `"message":"9 fields were rejected"`) {
		t.Errorf("the fields are counted wrongly: %s", x.answer.Body)
	}
}

func TestServeNotAnObject(t *testing.T) {
	x := newRig(t, nil).serve(newRequest(`[1]`))
	x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
	if got := x.details(t); len(got) != 1 || got[0] != " type" {
		t.Errorf("violations %q, want one of the empty pointer", got)
	}
	if !strings.Contains(x.answer.Body.String(), `"pointer":""`) {
		t.Errorf("the empty pointer is left out: %s", x.answer.Body)
	}
}

func TestServeAllowFields(t *testing.T) {
	body := strings.Replace(validBody, "}", `,"referralCode":12.50,"address":{"planet":"Earth"}}`, 1)
	tests := map[string]struct {
		allow []string
		want  string // of the violations, "" when accepted
	}{
		"none":        {nil, "/referralCode unknown_field,/address/planet unknown_field"},
		"by name":     {[]string{"referralCode"}, "/address/planet unknown_field"},
		"another one": {[]string{"planet"}, "/referralCode unknown_field,/address/planet unknown_field"},
		"all":         {[]string{"*"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			options := map[string]any{}
			if test.allow != nil {
				options["allow_fields"] = test.allow
			}
			x := newRig(t, options).serve(newRequest(body))
			if test.want == "" {
				x.checkForwarded(t, strings.TrimSuffix(normalisedBody, "}")+`,"address":{"planet":"Earth"},"referralCode":12.50}`)
				return
			}
			x.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
			if got := strings.Join(x.details(t), ","); got != test.want {
				t.Errorf("violations %s, want %s", got, test.want)
			}
		})
	}
}

func TestServeRules(t *testing.T) {
	words := t.TempDir() + "/words.txt"
	writeFile(t, words, "# brands\n\n  zorblatt  \r\nquuxify\n", 0o644)
	year := time.Now().UTC().Year()
	tests := map[string]struct {
		rules   map[string]any
		changes map[string]any
		want    string // the violation with the rules; without them it is accepted, or the other way round
		strict  bool   // the rules are what refuses
	}{
		"name_length":     {map[string]any{"name_length": map[string]int{"min": 4, "max": 9}}, nil, "/firstName name_length", true},
		"age":             {map[string]any{"age": map[string]int{"min": year - 1989, "max": 120}}, nil, "/dob dob_underage", true},
		"phone":           {map[string]any{"phone": "normalize"}, map[string]any{"phone": "+44 (7123) 456-789"}, "/phone phone_format", false},
		"password_length": {map[string]any{"password_length": 13}, nil, "/password password_too_short", true},
		"password_points": {map[string]any{"password_points": 64}, nil, "/password password_common", true},
		"password_words":  {map[string]any{"password_words": words}, map[string]any{"password": "Zorblatt#k7Qm", "confirmPassword": "Zorblatt#k7Qm"}, "/password password_common", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			plain := newRig(t, nil).serve(newRequest(with(test.changes)))
			tuned := newRig(t, map[string]any{"rules": test.rules}).serve(newRequest(with(test.changes)))
			accepted, refused := tuned, plain
			if test.strict {
				accepted, refused = plain, tuned
			}
			if accepted.forwarded == nil {
				t.Errorf("refused: %s", accepted.answer.Body)
			}
			refused.checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
			if got := strings.Join(refused.details(t), ","); got != test.want {
				t.Errorf("violations %s, want %s", got, test.want)
			}
		})
	}
}

// TestServeTimezone: "today" is the date of the configured zone. The two zones
// are 26 hours apart, so a birthday that is today in the one is at least a day
// off in the other. An age of 20 keeps a 29 February what it is.
func TestServeTimezone(t *testing.T) {
	east, err := time.LoadLocation("Pacific/Kiritimati")
	if err != nil {
		t.Fatal(err)
	}
	birthday := time.Now().In(east).AddDate(-20, 0, 0).Format(time.DateOnly)
	zone := func(name string) *exchange {
		rules := map[string]any{"timezone": name, "age": map[string]int{"min": 20, "max": 120}}
		return newRig(t, map[string]any{"rules": rules}).serve(newRequest(with(map[string]any{"dob": birthday})))
	}
	if x := zone("Pacific/Kiritimati"); x.forwarded == nil {
		t.Errorf("refused on the birthday: %s", x.answer.Body)
	}
	zone("Etc/GMT+12").checkRefused(t, http.StatusUnprocessableEntity, codeValidationError)
}
