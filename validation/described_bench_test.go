package validation_test

import (
	"testing"

	"github.com/customergate/customergate/validation"
)

// BenchmarkDescribed measures all steps of a registration by the built-in endpoint, and
// by one that is described alike.
func BenchmarkDescribed(b *testing.B) {
	body := valid.body()
	for _, c := range []struct {
		name     string
		endpoint *validation.Endpoint
	}{{"built-in", validation.RegisterCustomer}, {"described", describedRegistration()}} {
		b.Run(c.name, func(b *testing.B) {
			g := judging(c.endpoint)
			b.ReportAllocs()
			for b.Loop() {
				s := g.judgeOnce(b, body)
				if len(s.Violations()) > 0 {
					b.Fatal(s.Violations())
				}
				s.AppendBody(nil)
			}
		})
	}
}
