package validation

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// sampleBody has every member of the contract.
const sampleBody = `{"devicePlatform":"IOS","appVersion":"1","appId":"com.fincode.remitjunction",` +
	`"customerType":"INDIVIDUAL","payloadEncrypted":false,"firstName":"Excel","lastName":"Nwachukwu",` +
	`"email":"excel.nwachukwu+2@fincode.co.uk","dialingCode":"+44","phone":"+447123456789","dob":"1989-12-16",` +
	`"password":"mQ7!zKd4@hTw9#vB","confirmPassword":"mQ7!zKd4@hTw9#vB",` +
	`"address":{"address1":"1 High Street","city":"London","postcode":"N1 1AA","countryIso3":"GBR"},` +
	`"dynamicFields":{"referrer":"friend","points":[1,2.50,1e3]}}`

var sampleFacts = Facts{Now: time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC), PlaintextAllowed: true}

func sampleRules(tb testing.TB) *Rules {
	rules, err := DefaultPolicy().Compile()
	if err != nil {
		tb.Fatal(err)
	}
	return rules
}

func sampleSubmission(tb testing.TB) *Submission {
	s, err := RegisterCustomer.Read([]byte(sampleBody))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// benchmarkRule measures what one field costs, without the reading.
func benchmarkRule(b *testing.B, field, sent string) {
	s := sampleSubmission(b)
	s.facts = sampleFacts
	i := RegisterCustomer.root.members[field]
	c := check{rules: sampleRules(b), s: s, row: &RegisterCustomer.rows[i], value: &s.values[i]}
	b.ReportAllocs()
	for b.Loop() {
		s.violations = s.violations[:0]
		s.values[i] = value{state: present, text: sent}
		c.run()
	}
}

func BenchmarkName(b *testing.B) {
	b.Run("ASCII", func(b *testing.B) { benchmarkRule(b, "lastName", "Nwachukwu") })
	b.Run("composed", func(b *testing.B) { benchmarkRule(b, "lastName", "Nguy\u1ec5n Th\u1ecb H\u01b0\u1eddng") })
	b.Run("decomposed", func(b *testing.B) {
		benchmarkRule(b, "lastName", "Nguye\u0302\u0303n Thi\u0323 Hu\u031bo\u031b\u0300ng")
	})
	b.Run("64KiB", func(b *testing.B) { benchmarkRule(b, "lastName", strings.Repeat("e\u0301", 21_000)) })
}

func BenchmarkEmail(b *testing.B) {
	b.Run("usual", func(b *testing.B) { benchmarkRule(b, "email", "excel.nwachukwu+2@fincode.co.uk") })
	b.Run("upper-case", func(b *testing.B) { benchmarkRule(b, "email", "excel.nwachukwu+2@FINCODE.CO.UK") })
	b.Run("64KiB", func(b *testing.B) { benchmarkRule(b, "email", strings.Repeat("a@", 32_000)) })
}

func BenchmarkPhone(b *testing.B) {
	b.Run("GB", func(b *testing.B) { benchmarkRule(b, "phone", "+447123456789") })
	b.Run("US", func(b *testing.B) { benchmarkRule(b, "phone", "+12125551234") })
	b.Run("national", func(b *testing.B) { benchmarkRule(b, "phone", "7123456789") })
	b.Run("trunk-zero", func(b *testing.B) { benchmarkRule(b, "phone", "+4407123456789") })
	b.Run("64KiB", func(b *testing.B) { benchmarkRule(b, "phone", "+44"+strings.Repeat("7", 64_000)) })
}

func BenchmarkBirthDate(b *testing.B) {
	b.Run("usual", func(b *testing.B) { benchmarkRule(b, "dob", "1989-12-16") })
	b.Run("64KiB", func(b *testing.B) { benchmarkRule(b, "dob", strings.Repeat("1", 64_000)) })
}

func BenchmarkPassword(b *testing.B) {
	s, rules := sampleSubmission(b), sampleRules(b)
	s.Check(rules, sampleFacts)
	b.ReportAllocs()
	for b.Loop() {
		s.CheckSecrets()
	}
}

func BenchmarkRead(b *testing.B) {
	for _, sent := range []struct{ name, body string }{
		{"usual", sampleBody},
		{"64KiB-of-unknown-members", manyMembers(64 << 10)},
		{"64KiB-of-nesting", `{"dynamicFields":{"a":[` + strings.Repeat(`[[[[[[[[1]]]]]]]],`, 3_800) + `0]}}`},
	} {
		b.Run(sent.name, func(b *testing.B) {
			body := []byte(sent.body)
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := RegisterCustomer.Read(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendBody(b *testing.B) {
	s, rules := sampleSubmission(b), sampleRules(b)
	s.Check(rules, sampleFacts)
	s.CheckSecrets()
	b.ReportAllocs()
	for b.Loop() {
		s.AppendBody(nil)
	}
}

// BenchmarkWholePlaintext takes one body with raw passwords through every
// step.
func BenchmarkWholePlaintext(b *testing.B) {
	rules, body := sampleRules(b), []byte(sampleBody)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		s, err := RegisterCustomer.Read(body)
		if err != nil {
			b.Fatal(err)
		}
		s.Check(rules, sampleFacts)
		s.CheckSecrets()
		if violations := s.Violations(); len(violations) > 0 {
			b.Fatal(violations)
		}
		s.AppendBody(nil)
		s.Wipe()
	}
}

// manyMembers is an object of unknown members, of about so many bytes.
func manyMembers(size int) string {
	var b strings.Builder
	b.WriteString(`{"customerType":"COMPANY"`)
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `,"m%d":%d`, i, i)
	}
	b.WriteByte('}')
	return b.String()
}
