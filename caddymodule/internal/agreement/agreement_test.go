package agreement_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/customergate/customergate/caddymodule/internal/agreement"
)

// TestRows: what was counted comes back, by who said what.
func TestRows(t *testing.T) {
	registry := prometheus.NewRegistry()
	if err := agreement.Register(registry); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		agreement.Count("login", "monitor", 201, "email_format", "required")
	}
	agreement.Count("login", "monitor", 422, "email_format")
	agreement.Count("login", "monitor", 503, "required")
	agreement.Count("login", "monitor", 0, agreement.Skipped)
	agreement.Count("login", "enforce", 303, agreement.Accepted)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	want := []agreement.Row{
		{Endpoint: "login", Mode: "enforce", Verdict: "accepted", Accepted: 1},
		{Endpoint: "login", Mode: "monitor", Verdict: "email_format", Accepted: 3, Refused: 1, Alone: 1},
		{Endpoint: "login", Mode: "monitor", Verdict: "required", Accepted: 3, Neither: 1},
		{Endpoint: "login", Mode: "monitor", Verdict: "skipped", Neither: 1},
	}
	if got := agreement.Rows(families[0]); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := agreement.Rows(nil); len(got) > 0 {
		t.Errorf("of nothing there is %v", got)
	}
}

func TestWords(t *testing.T) {
	for want, row := range map[string]agreement.Row{
		"safe to enforce":      {Verdict: "dob_future", Refused: 12, Alone: 10, Neither: 1},
		"none of 13":           {Verdict: "dob_future", Refused: 12, Alone: 10, Neither: 1},
		"wait for more":        {Verdict: "dob_future", Refused: 999, Alone: 9},
		"only 9 of 10":         {Verdict: "dob_future", Refused: 999, Alone: 9},
		"look at it":           {Verdict: "dob_future", Refused: 999, Accepted: 1},
		"accepted 1 of 1000":   {Verdict: "dob_future", Refused: 999, Accepted: 1},
		"nothing can be said":  {Verdict: "dob_future", Neither: 3},
		"neither accepted nor": {Verdict: "accepted", Neither: 3},
		"not judged":           {Verdict: "skipped", Accepted: 3},
		"agree":                {Verdict: "accepted", Accepted: 3},
		"rules of its own":     {Verdict: "accepted", Accepted: 3, Refused: 2},
		"the upstream refused": {Verdict: "accepted", Accepted: 3, Refused: 2},
	} {
		if got := row.Words(); !strings.Contains(got, want) {
			t.Errorf("of %v it says %q, want %q", row, got, want)
		}
	}
}
