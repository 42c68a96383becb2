package validation_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the test names zones that a machine may not have

	"github.com/customergate/customergate/validation"
)

func on(year int, month time.Month, day int) gate {
	return gate{now: time.Date(year, month, day, 12, 0, 0, 0, time.UTC)}
}

func TestBirthDatesAreDaysOfTheCalendar(t *testing.T) {
	runFieldCases(t, gate{}, "dob", []fieldCase{
		{name: "of the page", sent: "1989-12-16"},
		{name: "leap day", sent: "1996-02-29"},
		{name: "leap day of a century divisible by 400", sent: "2000-02-29"},

		{name: "leap day of a common year", sent: "1997-02-29", codes: refused("dob_format")},
		{name: "leap day of a common century", sent: "1900-02-29", codes: refused("dob_format")},
		{name: "31 April", sent: "1989-04-31", codes: refused("dob_format")},
		{name: "day 00", sent: "1989-12-00", codes: refused("dob_format")},
		{name: "day 32", sent: "1989-12-32", codes: refused("dob_format")},
		{name: "month 00", sent: "1989-00-16", codes: refused("dob_format")},
		{name: "month 13", sent: "1989-13-16", codes: refused("dob_format")},
		{name: "day first", sent: "16-12-1989", codes: refused("dob_format")},
		{name: "with slashes", sent: "1989/12/16", codes: refused("dob_format")},
		{name: "without separators", sent: "19891216", codes: refused("dob_format")},
		{name: "without leading zeros", sent: "1989-1-6", codes: refused("dob_format")},
		{name: "with blanks for zeros", sent: "1989- 1- 6", codes: refused("dob_format")},
		{name: "with a sign", sent: "+989-12-16", codes: refused("dob_format")},
		{name: "with a sign inside the year", sent: "1-89-12-16", codes: refused("dob_format")},
		{name: "with a year of five digits", sent: "11989-12-16", codes: refused("dob_format")},
		{name: "with a time", sent: "1989-12-16T00:00:00Z", codes: refused("dob_format")},
		{name: "with a blank before", sent: " 1989-12-16", codes: refused("dob_format")},
		{name: "with a blank behind", sent: "1989-12-16 ", codes: refused("dob_format")},
		{name: "with a line break behind", sent: "1989-12-16\n", codes: refused("characters", "dob_format")},
		{name: "in Arabic digits", sent: "١٩٨٩-١٢-١٦", codes: refused("dob_format")},
		{name: "with one full-width digit", sent: "1989-12-1６", codes: refused("dob_format")},
		{name: "with non-ASCII in ten bytes", sent: "1989-12-é", codes: refused("dob_format")},
		{name: "with typographic hyphens", sent: "1989‐12‐16", codes: refused("dob_format")},
		{name: "year 0000", sent: "0000-01-01", codes: refused("dob_too_old")},
		{name: "zero date", sent: "0000-00-00", codes: refused("dob_format")},
		{name: "year 9999", sent: "9999-12-31", codes: refused("dob_future")},
	})
}

func TestAges(t *testing.T) {
	young := compile(t, func(p *validation.Policy) { p.AgeMin, p.AgeMax = 0, 1 })
	grown := compile(t, func(p *validation.Policy) { p.AgeMin, p.AgeMax = 21, 99 })
	for _, c := range []struct {
		name string
		gate gate
		born string
		want []string
	}{
		{"18 today", on(2026, 1, 2), "2008-01-02", nil},
		{"18 tomorrow", on(2026, 1, 2), "2008-01-03", refused("dob_underage")},
		{"born today", on(2026, 1, 2), "2026-01-02", refused("dob_underage")},
		{"born tomorrow", on(2026, 1, 2), "2026-01-03", refused("dob_future")},
		{"120 today", on(2026, 1, 2), "1906-01-02", nil},
		{"120 yesterday", on(2026, 1, 2), "1906-01-01", refused("dob_too_old")},
		{"born on a leap day, 28 February of a common year", on(2026, 2, 28), "2008-02-29", refused("dob_underage")},
		{"born on a leap day, 1 March of a common year", on(2026, 3, 1), "2008-02-29", nil},
		{"born on 1 March, the day before", on(2026, 2, 28), "2008-03-01", refused("dob_underage")},
		{"born on 28 February, on the day", on(2026, 2, 28), "2008-02-28", nil},
		{"born on a leap day, 120 years later on the day", on(2028, 2, 29), "1908-02-29", nil},
		{"born on a leap day, 120 years later the day after", on(2028, 3, 1), "1908-02-29", refused("dob_too_old")},
		{"born on 28 February, 120 years later on a leap day", on(2028, 2, 29), "1908-02-28", refused("dob_too_old")},
		{"born on a leap day, 120 common years later", on(2000, 2, 29), "1880-02-29", nil},
		{"today is a leap day, born 1 March", on(2024, 2, 29), "2006-03-01", refused("dob_underage")},
		{"today is a leap day, born 28 February", on(2024, 2, 29), "2006-02-28", nil},
		{"New Year's Eve", on(2025, 12, 31), "2008-01-01", refused("dob_underage")},
		{"no least age, born today", gate{rules: young}, "2026-01-02", nil},
		{"no least age, born tomorrow", gate{rules: young}, "2026-01-03", refused("dob_future")},
		{"greatest age of 1", gate{rules: young}, "2025-01-01", refused("dob_too_old")},
		{"least age of 21", gate{rules: grown}, "2005-01-03", refused("dob_underage")},
		{"least age of 21 on the day", gate{rules: grown}, "2005-01-02", nil},
		{"greatest age of 99", gate{rules: grown}, "1927-01-01", refused("dob_too_old")},
		{"greatest age of 99 on the day", gate{rules: grown}, "1927-01-02", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			runFieldCases(t, c.gate, "dob", []fieldCase{{name: c.born, sent: c.born, codes: c.want}})
		})
	}
}

// Today is a date in the configured zone, whatever zone the clock is in.
func TestTodayIsInTheConfiguredZone(t *testing.T) {
	noon := time.Date(2026, 1, 2, 10, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		zone string
		now  time.Time
		born string
		want []string
	}{
		{"UTC", noon, "2008-01-02", nil},
		{"UTC", noon, "2008-01-03", refused("dob_underage")},
		{"Pacific/Kiritimati", noon, "2008-01-03", nil}, // 00:30 on 3 January
		{"Pacific/Kiritimati", noon, "2008-01-04", refused("dob_underage")},
		{"Pacific/Kiritimati", noon.Add(-time.Hour), "2008-01-03", refused("dob_underage")}, // 23:30 on 2 January
		{"Pacific/Pago_Pago", noon, "2008-01-01", nil},                                      // 23:30 on 1 January
		{"Pacific/Pago_Pago", noon, "2008-01-02", refused("dob_underage")},
		{"Pacific/Pago_Pago", noon.Add(time.Hour), "2008-01-02", nil}, // 00:30 on 2 January
		{"Pacific/Pago_Pago", noon, "2026-01-02", refused("dob_future")},
		{"UTC", noon, "2026-01-02", refused("dob_underage")},
		{"Pacific/Kiritimati", noon, "1906-01-02", refused("dob_too_old")},
		{"Pacific/Pago_Pago", noon, "1906-01-01", nil},
	} {
		t.Run(c.zone+" "+c.born, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			rules := compile(t, func(p *validation.Policy) { p.Location = zone })
			cases := []fieldCase{{name: c.now.String(), sent: c.born, codes: c.want}}
			runFieldCases(t, gate{rules: rules, now: c.now}, "dob", cases)
			runFieldCases(t, gate{rules: rules, now: c.now.In(time.FixedZone("clock", -5*3600))}, "dob", cases)
		})
	}
}
