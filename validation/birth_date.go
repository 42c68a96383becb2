package validation

import "time"

// birthDateRule wants a day of the calendar on which a customer of the
// policy's ages was born.
func birthDateRule(c *check, v *value) {
	born, ok := parseDate(v.text)
	if !ok {
		c.reject(BirthDateFormat)
		return
	}
	year, month, day := c.s.facts.Now.In(c.rules.policy.Location).Date()
	today := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	switch {
	case born.After(today):
		c.reject(BirthDateFuture)
	case birthday(born, c.rules.policy.AgeMin).After(today):
		c.reject(BirthDateUnderage)
	case birthday(born, c.rules.policy.AgeMax).Before(today):
		c.reject(BirthDateTooOld)
	}
}

// dateRule wants a day of the calendar.
func dateRule(c *check, v *value) {
	if _, ok := parseDate(v.text); !ok {
		c.reject(DateFormat)
	}
}

// birthday is the day on which somebody reaches an age. Who was born on
// 29 February does so on 1 March of a common year: time.Date carries the day
// over.
func birthday(born time.Time, age int) time.Time {
	return time.Date(born.Year()+age, born.Month(), born.Day(), 0, 0, 0, 0, time.UTC)
}

// parseDate reads YYYY-MM-DD in ASCII digits, RFC 3339's full-date.
func parseDate(s string) (time.Time, bool) {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	date, err := time.Parse(time.DateOnly, s)
	return date, err == nil
}
