package validation_test

import (
	"net/mail"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

func TestEmails(t *testing.T) {
	// 64 octets before the @ and labels of 63 behind it make 254 octets.
	local64 := strings.Repeat("l", 64)
	label63 := strings.Repeat("d", 63)
	longest := local64 + "@" + label63 + "." + label63 + "." + strings.Repeat("d", 57) + ".com"
	if len(longest) != 254 {
		t.Fatalf("the longest address has %d octets", len(longest))
	}
	runFieldCases(t, gate{}, "email", []fieldCase{
		{name: "of the page", sent: "excel.nwachukwu+2@fincode.co.uk"},
		{name: "as short as can be", sent: "a@b.c"},
		{name: "with every character of an atom", sent: "!#$%&'*+-/=?^_`{|}~azAZ09@example.com"},
		{name: "with digits before the @", sent: "12345@example.com"},
		{name: "with a domain in upper case", sent: "Excel.N@Example.CO.UK", forwarded: "Excel.N@example.co.uk"},
		{name: "with an internationalised domain", sent: "eva@xn--bcher-kva.example"},
		{name: "with an internationalised top level", sent: "eva@example.xn--p1ai"},
		{name: "with an internationalised top level in upper case", sent: "eva@example.XN--P1AI", forwarded: "eva@example.xn--p1ai"},
		{name: "with digits in the domain", sent: "eva@163.com"},
		{name: "with a label of digits and hyphens", sent: "eva@1-2-3.example"},
		{name: "with many labels", sent: "eva@a.b.c.d.e.f.example"},
		{name: "with a local part of 64 octets", sent: local64 + "@example.com"},
		{name: "with a label of 63 octets", sent: "eva@" + label63 + ".com"},
		{name: "of 254 octets", sent: longest},

		{name: "of 255 octets", sent: strings.Replace(longest, ".com", ".comm", 1), codes: refused("email_format")},
		{name: "of 256 characters", sent: strings.Replace(longest, ".com", ".commm", 1), codes: refused("email_too_long")},
		{name: "of 255 characters of two bytes", sent: strings.Repeat("é", 255), codes: refused("email_format")},
		{name: "of 256 characters of two bytes", sent: strings.Repeat("é", 256), codes: refused("email_too_long")},
		{name: "with a local part of 65 octets", sent: local64 + "l@example.com", codes: refused("email_format")},
		{name: "with a label of 64 octets", sent: "eva@" + label63 + "d.com", codes: refused("email_format")},
		{name: "without @", sent: "eva.example.com", codes: refused("email_format")},
		{name: "with two @", sent: "eva@lea@example.com", codes: refused("email_format")},
		{name: "without local part", sent: "@example.com", codes: refused("email_format")},
		{name: "without domain", sent: "eva@", codes: refused("email_format")},
		{name: "of an @ alone", sent: "@", codes: refused("email_format")},
		{name: "beginning with a dot", sent: ".eva@example.com", codes: refused("email_format")},
		{name: "with a dot before the @", sent: "eva.@example.com", codes: refused("email_format")},
		{name: "with two dots", sent: "e..va@example.com", codes: refused("email_format")},
		{name: "of a dot", sent: ".@example.com", codes: refused("email_format")},
		{name: "with one label", sent: "eva@localhost", codes: refused("email_format")},
		{name: "with an A-label that is none", sent: "eva@xn--0.com", codes: refused("email_format")},
		{name: "with a top level that is no A-label", sent: "eva@example.xn--0", codes: refused("email_format")},
		{name: "with hyphens of another prefix", sent: "eva@r3---sn-apo3qvuoxuxbt-j5pe.example"},
		{name: "with an empty label", sent: "eva@example..com", codes: refused("email_format")},
		{name: "with a leading dot in the domain", sent: "eva@.example.com", codes: refused("email_format")},
		{name: "with the root", sent: "eva@example.com.", codes: refused("email_format")},
		{name: "with a label beginning with a hyphen", sent: "eva@-example.com", codes: refused("email_format")},
		{name: "with a label ending with a hyphen", sent: "eva@example-.com", codes: refused("email_format")},
		{name: "with an underscore in the domain", sent: "eva@ex_ample.com", codes: refused("email_format")},
		{name: "with a numeric top level", sent: "eva@example.123", codes: refused("email_format")},
		{name: "with a top level of letters and digits", sent: "eva@example.c0m", codes: refused("email_format")},
		{name: "with a top level of an empty A-label", sent: "eva@example.xn--", codes: refused("email_format")},
		{name: "with an IPv4 address", sent: "eva@192.0.2.1", codes: refused("email_format")},
		{name: "with an address literal", sent: "eva@[192.0.2.1]", codes: refused("email_format")},
		{name: "with an IPv6 literal", sent: "eva@[IPv6:2001:db8::1]", codes: refused("email_format")},
		{name: "with a quoted local part", sent: `"eva"@example.com`, codes: refused("email_format")},
		{name: "with a quoted @", sent: `"e@va"@example.com`, codes: refused("email_format")},
		{name: "with a comment", sent: "eva(work)@example.com", codes: refused("email_format")},
		{name: "with a display name", sent: "Eva <eva@example.com>", codes: refused("email_format")},
		{name: "in brackets", sent: "<eva@example.com>", codes: refused("email_format")},
		{name: "with a blank before", sent: " eva@example.com", codes: refused("email_format")},
		{name: "with a blank behind", sent: "eva@example.com ", codes: refused("email_format")},
		{name: "with a blank inside", sent: "eva lea@example.com", codes: refused("email_format")},
		{name: "with a line break behind", sent: "eva@example.com\n", codes: refused("characters", "email_format")},
		{name: "with another recipient's header", sent: "eva@example.com\r\nBcc: lea@example.com", codes: refused("characters", "email_format")},
		{name: "with a NUL", sent: "eva@example.com\x00", codes: refused("characters", "email_format")},
		{name: "with DEL", sent: "eva\x7f@example.com", codes: refused("characters", "email_format")},
		{name: "of two addresses", sent: "eva@example.com,lea@example.com", codes: refused("email_format")},
		{name: "with a backslash", sent: `e\va@example.com`, codes: refused("email_format")},
		{name: "with an internationalised local part", sent: "évá@example.com", codes: refused("email_format")},
		{name: "with a domain not in its A-label form", sent: "eva@bücher.example", codes: refused("email_format")},
		{name: "with a full-width @", sent: "eva＠example.com", codes: refused("email_format")},
		{name: "with a letter that lower case makes ASCII", sent: "eva@\u212aelvin.com", codes: refused("email_format")},
		{name: "with an ideographic full stop", sent: "eva@example。com", codes: refused("email_format")},
	})
}

// FuzzEmail compares with net/mail, which knows the whole grammar of RFC 5322:
// every address accepted here is one there, with the same parts.
func FuzzEmail(f *testing.F) {
	for _, seed := range []string{
		"", "@", "a@b.c", "excel.nwachukwu+2@fincode.co.uk", "Eva@EXAMPLE.COM", "eva@example.xn--p1ai", `"e@va"@example.com`,
		"eva@[192.0.2.1]", "eva@192.0.2.1", "eva@example.com\n", "é@example.com", "a@xn--bcher-kva.xn--p1ai", "a@xn---.xn--0", "eva@\u212a.com", strings.Repeat("a", 65) + "@b.c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		if !utf8.ValidString(sent) {
			return
		}
		s := gate{}.judge(t, valid.withText("email", sent).body())
		if len(s.Violations()) > 0 {
			return
		}
		email := s.Text("email")
		parsed, err := mail.ParseAddress(email)
		if err != nil || parsed.Address != email || parsed.Name != "" {
			t.Errorf("%q is not an address to net/mail: %v, %v", email, parsed, err)
		}
		if !strings.EqualFold(email, sent) || len(email) > 254 {
			t.Errorf("%q became %q", sent, email)
		}
		local, domain, _ := strings.Cut(email, "@")
		if !strings.HasPrefix(sent, local+"@") || domain != strings.ToLower(domain) {
			t.Errorf("%q became %q", sent, email)
		}
		if unicode, err := idna.Punycode.ToUnicode(domain); err != nil {
			t.Errorf("%q is no domain to IDNA: %v", domain, err)
		} else if ascii, err := idna.Punycode.ToASCII(unicode); err != nil || ascii != domain {
			t.Errorf("%q has another spelling, %q, %v", domain, ascii, err)
		}
		again := gate{}.judge(t, valid.withText("email", email).body())
		if expect(t, again); again.Text("email") != email {
			t.Errorf("%q became %q", email, again.Text("email"))
		}
	})
}
