package validation_test

import (
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/customergate/customergate/internal/race"
	"github.com/customergate/customergate/validation"
)

// FuzzEndpoint makes endpoints of any table. What is refused is an error, and what
// is taken makes no body panic, can be described again, and has a schema by which the
// bodies are valid that it accepts.
func FuzzEndpoint(f *testing.F) {
	for _, e := range []*validation.Endpoint{validation.RegisterCustomer, validation.EditProfile, validation.Login, validation.ChangePassword, devices} {
		table, err := json.Marshal(e.Table())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(table, []byte(wholeProfile))
	}
	f.Add([]byte(`[{"name":"a","type":"text","rules":[{"rule":"matches","arguments":["(a"]}]}]`), []byte(`{"a":"b"}`))
	f.Fuzz(func(t *testing.T, definition, body []byte) {
		var table []validation.Field
		if json.Unmarshal(definition, &table) != nil {
			return
		}
		endpoint, err := validation.NewEndpoint("thing", table)
		if err != nil {
			return
		}
		if _, err := validation.NewEndpoint("thing", endpoint.Table()); err != nil {
			t.Errorf("made anew: %v", err)
		}
		s, err := endpoint.Read(body)
		if err != nil {
			return
		}
		g := judging(endpoint)
		g.check(s)
		checkViolations(t, g, s)
		if len(s.Violations()) > 0 {
			return
		}
		s.AppendBody(nil)
		checkSchema(t, g, body)
	})
}

// FuzzTables judges bodies by tables that are made at random, under policies that
// relax some codes. What is accepted is valid by the schema of the same table, which is
// another reading of it.
func FuzzTables(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed, seed+1, []byte(nil))
	}
	f.Add(uint64(1), uint64(1), []byte(`{"a":"b"}`))
	f.Fuzz(func(t *testing.T, table, values uint64, body []byte) {
		fields := randomTable(rand.New(rand.NewPCG(table, 1)), 0)
		endpoint, err := validation.NewEndpoint("thing", fields)
		if err != nil {
			t.Fatalf("%v in %+v", err, fields)
		}
		if len(body) == 0 {
			body = randomObject(rand.New(rand.NewPCG(values, 2)), fields)
		}
		s, err := endpoint.Read(body)
		if err != nil {
			return
		}
		g := judging(endpoint, randomRelaxed(rand.New(rand.NewPCG(values, 3)))...)
		g.check(s)
		checkViolations(t, g, s)
		if len(s.Violations()) > 0 {
			return
		}
		checkSchema(t, g, body)
		if forwarded := s.AppendBody(nil); !json.Valid(forwarded) {
			t.Errorf("forwarded %s", forwarded)
		}
	})
}

// TestTablesAcceptBodies: the bodies that are made at random are not all refused.
func TestTablesAcceptBodies(t *testing.T) {
	taken := 0
	const tables = 2000 / race.Share
	for seed := range uint64(tables) {
		fields := randomTable(rand.New(rand.NewPCG(seed, 1)), 0)
		endpoint := newEndpoint("thing", fields...)
		body := randomObject(rand.New(rand.NewPCG(seed, 2)), fields)
		g := judging(endpoint, randomRelaxed(rand.New(rand.NewPCG(seed, 3)))...)
		if s := g.judge(t, body); len(s.Violations()) == 0 {
			taken++
		}
	}
	if taken < tables/10 {
		t.Errorf("%d of %d are accepted", taken, tables)
	}
}

// names are those that fields are made of; none is another one to any reader.
var names = []string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"}

func randomTable(r *rand.Rand, depth int) []validation.Field {
	shuffled := slices.Clone(names)
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	table := make([]validation.Field, 1+r.IntN(5))
	for i := range table {
		table[i] = randomField(r, shuffled[i], depth)
		if i > 0 && table[i].Type != validation.Barred && r.IntN(5) == 0 {
			table[i].RequiredWith = shuffled[r.IntN(i)]
		}
	}
	return table
}

func randomField(r *rand.Rand, name string, depth int) validation.Field {
	f := validation.Field{Name: name, Required: r.IntN(3) == 0}
	switch kind := r.IntN(12); {
	case kind < 1:
		f.Type, f.Required, f.Rules = validation.Barred, false, by("unknown_field")
	case kind < 2:
		f.Type = validation.Flag
	case kind < 5:
		randomNumber(r, &f)
	case kind < 7 && depth == 0:
		f.Type, f.Unique, f.Bounds = validation.List, r.IntN(2) == 0, randomLength(r)
		item := randomField(r, "", 1)
		for item.Type != validation.Text && item.Type != validation.Number && item.Type != validation.Flag || item.Sealed {
			item = randomField(r, "", 1)
		}
		item.Required = false
		f.Item = &item
	case kind < 8 && depth < 3:
		f.Type = validation.Object
		if r.IntN(4) > 0 {
			f.Members = randomTable(r, depth+1)
		}
	default:
		randomTextField(r, &f)
	}
	return f
}

func randomNumber(r *rand.Rand, f *validation.Field) {
	f.Type = validation.Number
	if r.IntN(2) == 0 {
		least := float64(r.IntN(20)-10) / []float64{2, 10}[r.IntN(2)]
		f.Bounds = &validation.Bounds{Min: least, Max: least + float64(r.IntN(10))}
	}
	if r.IntN(2) == 0 {
		f.Rules = by("integer")
	}
}

func randomTextField(r *rand.Rand, f *validation.Field) {
	f.Type, f.Bounds = validation.Text, randomLength(r)
	if f.Sealed = r.IntN(4) == 0; f.Sealed {
		f.Rules = [][]validation.Rule{nil, by("digits 1 3"), by("matches [a-c]*")}[r.IntN(3)]
		return
	}
	f.Rules = [][]validation.Rule{nil, by("digits 1 3"), by("matches [a-c]*|x"), by("token"), by("date"), by("country"), by("email_plausible"), by("name"),
		by("email"), by("phone"), by("birth_date"), by("name", "matches [A-Z].*"), by("matches [^a]+", "token"), by("email", "matches .+cd")}[r.IntN(14)]
	if r.IntN(6) == 0 {
		f.OneOf, f.Rules = []string{"a", "bc"}, nil
	}
}

// randomRelaxed are the codes that a policy does without; mostly none.
func randomRelaxed(r *rand.Rand) []validation.Code {
	if r.IntN(3) > 0 {
		return nil
	}
	codes := validation.RelaxableCodes()
	r.Shuffle(len(codes), func(i, j int) { codes[i], codes[j] = codes[j], codes[i] })
	return codes[:1+r.IntN(12)]
}

func randomLength(r *rand.Rand) *validation.Bounds {
	if r.IntN(2) == 0 {
		return nil
	}
	least := r.IntN(3)
	return &validation.Bounds{Min: float64(least), Max: float64(max(1, least+r.IntN(4)))}
}

// randomObject writes an object that the table may accept.
func randomObject(r *rand.Rand, table []validation.Field) []byte {
	body := []byte{'{'}
	for _, f := range table {
		if f.Type == validation.Barred && r.IntN(20) > 0 || !f.Required && r.IntN(3) == 0 {
			continue
		}
		body = append(body, strconv.Quote(f.Name)...)
		body = append(append(append(body, ':'), randomValue(r, f)...), ',')
	}
	if r.IntN(20) == 0 {
		body = append(body, `"omega":1,`...)
	}
	return append(bytes.TrimSuffix(body, []byte(",")), '}')
}

func randomValue(r *rand.Rand, f validation.Field) []byte {
	if r.IntN(25) == 0 {
		return []byte([]string{"null", "1", `"x"`, "[]", "{}", "true", "1e400"}[r.IntN(7)])
	}
	switch f.Type {
	case validation.Flag:
		return strconv.AppendBool(nil, r.IntN(2) == 0)
	case validation.Number:
		return []byte(randomDecimal(r, f.Bounds))
	case validation.List:
		list := []byte{'['}
		for range lengthNear(r, f.Bounds) {
			list = append(append(list, randomValue(r, *f.Item)...), ',')
		}
		return append(bytes.TrimSuffix(list, []byte(",")), ']')
	case validation.Object:
		return randomObject(r, f.Members)
	default:
		return []byte(quote(randomTextOf(r, f)))
	}
}

// randomDecimal is a number at a bound, a little within or beyond one, or any.
func randomDecimal(r *rand.Rand, b *validation.Bounds) string {
	if b == nil || r.IntN(3) == 0 {
		return []string{"0", "-0.0", "1", "1.0", "10e-1", "2.5", "-3", "5.0000000000000000001", "4.9999999999999999999", "1e2"}[r.IntN(10)]
	}
	bound := []float64{b.Min, b.Max}[r.IntN(2)]
	if r.IntN(8) == 0 && bound == math.Trunc(bound) {
		return strconv.FormatFloat(bound, 'f', 0, 64) + ".0000000000000000001" // a double has no room for it
	}
	return strconv.FormatFloat(bound+[]float64{0, 0, 0.5, -0.5, 1, -1, 0x1p-40, -0x1p-40}[r.IntN(8)], 'f', -1, 64)
}

// lengthNear is a length at a bound, one within or beyond it, or any.
func lengthNear(r *rand.Rand, b *validation.Bounds) int {
	if b == nil || r.IntN(3) == 0 {
		return r.IntN(4)
	}
	bound := []float64{b.Min, b.Max}[r.IntN(2)]
	return max(0, int(bound)+r.IntN(3)-1)
}

// randomTextOf is one that its rule may take, of a length about its bounds, or any.
func randomTextOf(r *rand.Rand, f validation.Field) string {
	if r.IntN(3) == 0 {
		return []string{"", "a", "bc", "1", "123", "é", "abc", "GBR", "2026-01-02", "a@b", "Ada", "a b", "\u0001", "x", "ää",
			"a@B.cd", "+447123456789", "1990-12-10", " Zoe\u0308 ", "x\U0001d4b3", "\u0958"}[r.IntN(21)]
	}
	near, alphabet := f.Bounds, "ab1é𝒳"
	if len(f.Rules) > 0 {
		switch f.Rules[0].Name {
		case "digits":
			near, alphabet = &validation.Bounds{Min: 1, Max: 3}, "0189"
			if r.IntN(8) == 0 {
				alphabet = "١9"
			}
		case "matches":
			alphabet = "abcd"
		}
	}
	letters := []rune(alphabet)
	text := make([]rune, lengthNear(r, near))
	for i := range text {
		text[i] = letters[r.IntN(len(letters))]
	}
	return string(text)
}
