package validation_test

import (
	"slices"
	"testing"

	"github.com/customergate/customergate/validation"
)

// everythingMissing is what an empty object breaks, in the contract's order.
var everythingMissing = []string{
	"/customerType required", "/payloadEncrypted required", "/firstName required", "/lastName required",
	"/email required", "/phone required", "/dob required", "/password required", "/confirmPassword required",
}

func TestViolationsStandInDocumentOrder(t *testing.T) {
	for _, c := range []struct {
		name string
		gate gate
		body string
		want []string
	}{
		{"nothing sent", gate{}, `{}`, everythingMissing},
		{"nulls in another order stand where they were sent", gate{}, `{"dob":null,"email":null,"customerType":null}`, []string{
			"/dob required", "/password required", "/confirmPassword required",
			"/email required", "/phone required",
			"/customerType required", "/payloadEncrypted required", "/firstName required", "/lastName required",
		}},
		{"values in another order than the contract's", gate{}, string(
			registration{{"confirmPassword", `"b"`}, {"password", `"a"`}, {"dob", `"x"`}, {"phone", `"x"`}, {"email", `"x"`},
				{"lastName", `"x"`}, {"firstName", `"x"`}, {"payloadEncrypted", `"x"`}, {"customerType", `"x"`}}.body()), []string{
			"/dob dob_format", "/phone phone_format", "/email email_format", "/lastName name_length", "/firstName name_length",
			"/payloadEncrypted type", "/customerType enum",
		}},
		{"passwords stand where they were sent, though judged last", gate{noPlain: true}, string(
			append(registration{{"confirmPassword", quote(strong)}, {"password", `"a\u0000"`}},
				valid.without("password", "confirmPassword").withText("email", "x")...).body()), []string{
			"/password password_undecryptable", "/payloadEncrypted plaintext_not_allowed", "/email email_format",
		}},
		{"unknown members stand where they were sent", gate{}, string(
			append(registration{{"role", `"admin"`}}, append(valid.withText("email", "x"), member{"admin", "true"})...).body()), []string{
			"/role unknown_field", "/email email_format", "/admin unknown_field",
		}},
		{"members of address stand where it was sent", gate{}, string(
			append(registration{{"address", `{"countryIso3":"x","state":"x","city":1}`}}, valid.withText("firstName", "x")...).body()), []string{
			"/address/countryIso3 enum", "/address/state unknown_field", "/address/city type", "/firstName name_length",
		}},
		{"a missing value stands behind the one before it, whatever is wrong with that", gate{}, string(
			valid.withText("password", "x3Q!v€ü").without("confirmPassword").body()), []string{
			"/password password_too_short", "/confirmPassword required",
		}},
		{"a missing value stands before what follows the one before it", gate{}, string(
			valid.without("firstName").withText("lastName", "x").with("payloadEncrypted", "1").body()), []string{
			"/payloadEncrypted type", "/firstName required", "/lastName name_length",
		}},
		{"a missing first value stands before all others", gate{}, string(
			append(registration{{"x", "1"}}, valid.without("customerType")...).body()), []string{
			"/customerType required", "/x unknown_field",
		}},
		{"violations of one value keep the order of its rules", gate{}, string(
			valid.withText("firstName", "1").withText("lastName", "2").body()), []string{
			"/firstName name_length", "/firstName name_characters", "/lastName name_length", "/lastName name_characters",
		}},
		{"faults of free-form values stand where those were sent", gate{}, string(
			append(registration{{"dynamicFields", `{"a":1E999,"b":{"__proto__":1},"c":-1E999}`}}, valid.withText("firstName", "x")...).body()), []string{
			"/dynamicFields/a type", "/dynamicFields/b/__proto__ unknown_field", "/dynamicFields/c type", "/firstName name_length",
		}},
		{"not an object", gate{}, `["firstName"]`, []string{" type"}},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, c.gate.judge(t, []byte(c.body)), c.want...) })
	}
}

func TestFieldsCountsValues(t *testing.T) {
	s := gate{}.judge(t, valid.withText("firstName", "1").withText("email", "x").body())
	expect(t, s, "/firstName name_length", "/firstName name_characters", "/email email_format")
	if got := validation.CountFields(s.Violations()); got != 2 {
		t.Errorf("Fields = %d, want 2", got)
	}
	if got := validation.CountFields(nil); got != 0 {
		t.Errorf("Fields of nothing = %d", got)
	}
}

// Places name nothing that a client wrote.
func TestPlaces(t *testing.T) {
	body := valid.withText("email", "x").with("role", "1").
		with("address", `{"city":1,"secret":1}`).
		with("dynamicFields", `{"secret":{"__proto__":1,"n":[1E999]}}`)
	var places []string
	for _, v := range (gate{}).judge(t, body.body()).Violations() {
		places = append(places, v.Place())
	}
	want := []string{"/email", "/*", "/address/city", "/address/*", "/dynamicFields/*", "/dynamicFields/*"}
	if !slices.Equal(places, want) {
		t.Errorf("places %q, want %q", places, want)
	}
	if v := (gate{}).judge(t, []byte(`1`)).Violations(); v[0].Place() != "" {
		t.Errorf("place of the whole body: %q", v[0].Place())
	}
}
