package agreement

import (
	"cmp"
	"fmt"
	"slices"

	dto "github.com/prometheus/client_model/go"
)

// A Row is what the upstream has said of the requests of one verdict.
type Row struct {
	Endpoint string `json:"endpoint"`
	Mode     string `json:"mode"`
	Verdict  string `json:"verdict"`

	Accepted int `json:"accepted"` // 2xx and 3xx
	Refused  int `json:"refused"`  // 4xx
	Alone    int `json:"alone"`    // those of them that nothing else was wrong with
	Neither  int `json:"neither"`  // anything else, and no answer
}

// Seen is how many requests that was.
func (r Row) Seen() int { return r.Accepted + r.Refused + r.Neither }

// Rows are those of a metric, in the order of their names; the metric may be nil.
func Rows(family *dto.MetricFamily) []Row {
	rows := map[Row]*Row{}
	for _, m := range family.GetMetric() {
		labels := map[string]string{}
		for _, pair := range m.GetLabel() {
			labels[pair.GetName()] = pair.GetValue()
		}
		key := Row{Endpoint: labels["endpoint"], Mode: labels["mode"], Verdict: labels["verdict"]}
		row, known := rows[key]
		if !known {
			row = &Row{Endpoint: key.Endpoint, Mode: key.Mode, Verdict: key.Verdict}
			rows[key] = row
		}
		row.add(labels["upstream"], labels["alone"] == "yes", int(m.GetCounter().GetValue()))
	}
	sorted := []Row{} // which is [] in JSON, and not null
	for _, row := range rows {
		sorted = append(sorted, *row)
	}
	slices.SortFunc(sorted, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Endpoint, b.Endpoint), cmp.Compare(a.Mode, b.Mode), cmp.Compare(a.Verdict, b.Verdict))
	})
	return sorted
}

func (r *Row) add(upstream string, alone bool, n int) {
	switch upstream {
	case "2xx", "3xx": // which sends the client to what was made
		r.Accepted += n
	case "4xx":
		r.Refused += n
		if alone {
			r.Alone += n
		}
	default:
		r.Neither += n
	}
}

// enough is how many requests the upstream has to have refused for one code, to call it
// safe: where other codes stood beside it, nobody knows for which.
const enough = 10

// Words say what to make of the row.
func (r Row) Words() string {
	switch {
	case r.Verdict == Skipped:
		return "not judged: no slot was free, or something the gate needs was down"
	case r.Accepted == 0 && r.Refused == 0:
		return "nothing can be said yet: the upstream has neither accepted nor refused one"
	case r.Verdict == Accepted && r.Refused == 0:
		return "the gate and the upstream agree"
	case r.Verdict == Accepted:
		return fmt.Sprintf("the upstream refused %d that the gate lets through: it has rules of its own", r.Refused)
	case r.Accepted > 0:
		return fmt.Sprintf("look at it: the upstream accepted %d of %d", r.Accepted, r.Seen())
	case r.Alone >= enough:
		return fmt.Sprintf("safe to enforce: the upstream accepted none of %d", r.Seen())
	}
	return fmt.Sprintf("wait for more: the upstream accepted none, but only %d of %d were refused with nothing else wrong", r.Alone, enough)
}
