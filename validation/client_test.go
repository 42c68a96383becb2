package validation_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode"
	"unicode/utf8"
)

// client makes up bodies that the contract accepts, spelled in every way that
// JSON allows, each with the canonical form of what the upstream should read.
type client struct{ *rand.Rand }

// normalised is what a client sends and what the upstream should read: a text
// on both sides, or a value in JSON and in its canonical form.
type normalised struct{ sent, read string }

func (c client) registration() normalised {
	name, surname := pick(c, namePairs), pick(c, namePairs)
	email, phone := pick(c, emailPairs), pick(c, phonePairs)
	password := same(c.password())
	o := c.object()
	o.add("customerType", c.quoted(same(pick(c, []string{"INDIVIDUAL", "COMPANY"}))))
	o.add("payloadEncrypted", normalised{"false", "f"})
	o.add("firstName", c.quoted(name))
	o.add("lastName", c.quoted(surname))
	o.add("email", c.quoted(email))
	o.add("phone", c.quoted(phone))
	o.add("dob", c.quoted(same("1989-12-16")))
	o.add("password", c.quoted(password))
	o.add("confirmPassword", c.quoted(password))
	if c.maybe() || phone.sent[0] != '+' {
		o.add("dialingCode", c.quoted(same(phone.read[:3])))
	}
	o.perhaps("devicePlatform", c.quoted(same(pick(c, []string{"", "IOS", "WEB", "x!#$%&'*+-.^_`|~"}))))
	o.perhaps("appVersion", c.quoted(same(c.text(32))))
	o.perhaps("appId", c.quoted(same(c.text(255))))
	o.perhaps("address", c.address())
	o.perhaps("dynamicFields", c.members(3))
	o.extras()
	return o.finish()
}

// profile leaves any field out, and phone only where there is no dialing code.
func (c client) profile() normalised {
	o := c.object()
	o.perhaps("firstName", c.quoted(pick(c, namePairs)))
	o.perhaps("lastName", c.quoted(pick(c, namePairs)))
	o.perhaps("dob", c.quoted(same("1989-12-16")))
	o.perhaps("address", c.address())
	o.perhaps("nationality", c.quoted(same(c.text(255))))
	o.perhaps("customerGender", c.quoted(same(pick(c, []string{"", "FEMALE", "X"}))))
	if c.maybe() {
		phone := pick(c, phonePairs)
		o.add("phone", c.quoted(phone))
		if c.maybe() || phone.sent[0] != '+' {
			o.add("dialingCode", c.quoted(same(phone.read[:3])))
		}
	}
	o.extras()
	return o.finish()
}

var namePairs = []normalised{
	same("Excel"), same("Nguyễn Thị Hường"), same("毛泽东"), same("श्रीनिवास"), same("𠮷田"),
	{"O’Brien", "O'Brien"}, {"  Mary   Ann ", "Mary Ann"}, {"e\u0301va\u0323", "évạ"}, {"\u1112\u1161\u11ab\u1100\u116e\u11a8", "한국"},
}

var emailPairs = []normalised{
	same("excel.nwachukwu+2@fincode.co.uk"), same("!#$%&'*+-/=?^_`{|}~@example.com"), {"Eva.M@EXAMPLE.Com", "Eva.M@example.com"},
}

var phonePairs = []normalised{same("+447123456789"), same("+390612345678"), {"7123456789", "+447123456789"}}

func same(text string) normalised { return normalised{text, text} }

func pick[T any](c client, list []T) T { return list[c.IntN(len(list))] }

func (c client) maybe() bool { return c.IntN(2) == 0 }

func (c client) address() normalised {
	o := c.object()
	for _, field := range []string{"address1", "address2", "city", "region", "countryCommonName", "postcode"} {
		o.perhaps(field, c.quoted(same(c.text(255))))
	}
	o.perhaps("countryIso3", c.quoted(same(pick(c, []string{"GBR", ""}))))
	if c.maybe() {
		o.add("floor", c.value(2))
	}
	return o.finish()
}

// maker collects the members of an object, each name once.
type maker struct {
	client
	sent []string
	read map[string]string
}

func (c client) object() *maker { return &maker{client: c, read: map[string]string{}} }

func (m *maker) add(name string, value normalised) {
	if _, taken := m.read[name]; !taken {
		m.read[name] = value.read
		m.send(name, value.sent)
	}
}

// extras adds up to three unknown members, with a number behind each name that
// keeps any two from being alike.
func (m *maker) extras() {
	for i := range m.IntN(4) {
		m.add(m.text(12)+fmt.Sprint(i), m.value(2))
	}
}

// perhaps adds a member of the contract, or leaves it out in one of the two
// ways there are.
func (m *maker) perhaps(name string, value normalised) {
	switch m.IntN(4) {
	case 0:
		m.send(name, "null")
	case 1:
	default:
		m.add(name, value)
	}
}

func (m *maker) send(name, value string) {
	m.sent = append(m.sent, m.space()+m.quote(name)+m.space()+":"+m.space()+value+m.space())
}

func (m *maker) finish() normalised {
	m.Shuffle(len(m.sent), func(i, j int) { m.sent[i], m.sent[j] = m.sent[j], m.sent[i] })
	return normalised{"{" + strings.Join(m.sent, ",") + "}", canonicalObject(m.read)}
}

// value makes a value of any type.
func (c client) value(depth int) normalised {
	switch kind := c.IntN(8); {
	case kind == 0:
		word := pick(c, []string{"null", "true", "false"})
		return normalised{word, word[:1]}
	case kind < 3:
		return c.quoted(same(c.text(10) + pick(c, []string{"", "\n", "\r\n", "\t", "\r"}) + c.text(10)))
	case kind < 6 || depth == 0:
		digits := c.number()
		return normalised{digits, canonicalNumber(digits)}
	case kind == 6:
		return c.array(depth - 1)
	default:
		return c.members(depth - 1)
	}
}

func (c client) array(depth int) normalised {
	var sent, read []string
	for range c.IntN(5) {
		value := c.value(depth)
		sent = append(sent, c.space()+value.sent+c.space())
		read = append(read, value.read)
	}
	return normalised{"[" + strings.Join(sent, ",") + "]", canonicalArray(read)}
}

func (c client) members(depth int) normalised {
	o := c.object()
	for range c.IntN(6) {
		name := pick(c, []string{c.text(8), "email", "EMAIL", "paſſword", "constructor", "toString", "1", "01", "-1", ""})
		o.add(name, c.value(depth))
	}
	return o.finish()
}

// number spells a number within the range of a double in any way that JSON
// has.
func (c client) number() string {
	var b strings.Builder
	if c.maybe() {
		b.WriteByte('-')
	}
	digits := func(n int) {
		for range n {
			b.WriteByte(byte('0' + c.IntN(10)))
		}
	}
	if c.maybe() {
		b.WriteByte('0')
	} else {
		b.WriteByte(byte('1' + c.IntN(9)))
		digits(pick(c, []int{0, 2, 15, 16, 20, 40, 250}))
	}
	if c.maybe() {
		b.WriteByte('.')
		digits(pick(c, []int{1, 2, 17, 40}))
	}
	if c.maybe() {
		if c.maybe() {
			fmt.Fprint(&b, pick(c, []string{"e", "E", "e+", "E+"}), c.IntN(50))
		} else {
			fmt.Fprint(&b, pick(c, []string{"e-", "E-"}), c.IntN(290))
		}
	}
	return b.String()
}

// runes that some parser or other treats specially.
var oddRunes = []rune{
	'"', '\\', '/', '\'', '<', '>', '&', 0xA0, 0xAD, 0x301, 0x200D, 0x2028,
	0x2029, 0x202E, 0xD7FF, 0xE000, 0xFDD0, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F600, 0x1FFFE, 0x10FFFF,
}

// text makes a text of up to n code points, none of them a control character.
func (c client) text(n int) string {
	runes := make([]rune, c.IntN(min(n, 16)+1))
	if c.IntN(20) == 0 {
		runes = make([]rune, n)
	}
	for i := range runes {
		switch c.IntN(4) {
		case 0:
			runes[i] = pick(c, oddRunes)
		case 1:
			runes[i] = c.anyRune()
		default:
			runes[i] = rune('a' + c.IntN(26))
		}
	}
	return string(runes)
}

func (c client) anyRune() rune {
	for {
		if r := rune(c.IntN(utf8.MaxRune + 1)); utf8.ValidRune(r) && !unicode.IsControl(r) {
			return r
		}
	}
}

// password is strong, without what a password must not have.
func (c client) password() string { return strong + c.text(20) }

// quoted is a text in JSON and in its canonical form.
func (c client) quoted(text normalised) normalised {
	return normalised{c.quote(text.sent), canonicalText(text.read)}
}

// quote spells a text in JSON, each character raw or in any escape it has.
func (c client) quote(text string) string {
	short := map[rune]string{
		'"': `\"`, '\\': `\\`, '/': `\/`, '\b': `\b`, '\f': `\f`, '\n': `\n`, '\r': `\r`, '\t': `\t`,
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		escape, ok := short[r]
		switch {
		case ok && c.maybe():
			b.WriteString(escape)
		case r < ' ' || r == '"' || r == '\\' || c.IntN(4) == 0:
			b.WriteString(c.unicodeEscape(r))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// unicodeEscape spells a character \uXXXX, beyond the basic plane as a pair of
// surrogates.
func (c client) unicodeEscape(r rune) string {
	format := pick(c, []string{`\u%04x`, `\u%04X`})
	if r <= 0xFFFF {
		return fmt.Sprintf(format, r)
	}
	r -= 0x10000
	return fmt.Sprintf(format+format, 0xD800+r>>10, 0xDC00+r&0x3FF)
}

func (c client) space() string {
	return pick(c, []string{"", "", "", " ", "\t", "\n", "\r\n"})
}
