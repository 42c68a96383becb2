package main

// table holds the measurements of all rounds, by row.
type table struct {
	cpu, rate, busy map[string][]float64
	latencies       map[string]*latency // by engine
	private         []float64
	openSSL         []float64
}

func newTable() *table {
	return &table{
		cpu: make(map[string][]float64), rate: make(map[string][]float64), busy: make(map[string][]float64),
		latencies: make(map[string]*latency),
	}
}

func (t *table) add(name string, m measurement) {
	t.cpu[name] = append(t.cpu[name], m.cpu)
	t.rate[name] = append(t.rate[name], m.rate)
	t.busy[name] = append(t.busy[name], m.busy)
}

func (t *table) addLatency(engine string, l latency) {
	if t.latencies[engine] == nil {
		t.latencies[engine] = &latency{}
	}
	t.latencies[engine].add(l)
}

func (t *table) addPrivateOperation(us float64) { t.private = append(t.private, us) }
func (t *table) addOpenSSL(us float64)          { t.openSSL = append(t.openSSL, us) }

// ratios divides round by round, since the machine's speed drifts from one to
// the next.
func ratios(a, b []float64) []float64 {
	r := make([]float64, len(a))
	for i := range a {
		r[i] = a[i] / b[i]
	}
	return r
}

// expected is what n private operations on top of the plaintext row cost.
func (t *table) expected(n float64, operation []float64) []float64 {
	sum := make([]float64, len(operation))
	for i := range sum {
		sum[i] = t.cpu[plaintext][i] + n*operation[i]
	}
	return sum
}

// comparison is how many times dearer one thing is than another.
type comparison struct {
	what, beside string
	ratio        []float64
	limit        float64 // 0 for none
}

// limits are what an engine is to reach: beside the plaintext row plus one or two
// operations, beside Node, and beside the gateway before there were engines. 0 is
// none.
type limits struct {
	one, two         float64
	oneNode, twoNode float64
	oneBase, twoBase float64
	junkBase         float64
}

var limitsOf = map[string]limits{
	goEngine:   {one: 1.10, two: 1.10, oneBase: 1.05, twoBase: 1.05, junkBase: 0.55},
	"openssl":  {one: 1.15, two: 1.25, twoNode: 1, junkBase: 0.25},
	"cryptomb": {one: 0.90, two: 0.80, oneNode: 0.75, twoNode: 0.60, junkBase: 0.15},
}

const (
	maxPlaintext  = 1.20
	maxMonitored  = 1.00
	maxClaim      = 1.15 // on the row of one ciphertext
	maxClaimAlone = 1.25 // on a row that decrypts nothing
)

func (t *table) comparisons(s *servers) []comparison {
	all := []comparison{
		t.compare(plaintext, bare, maxPlaintext),
		t.compare(monitored, plaintext, maxMonitored),
		t.compare(s.relaxed.of(rawBody), plaintext, 0),
	}
	for _, e := range s.engines {
		all = append(all, t.compareEngine(s, e)...)
	}
	for _, without := range []string{plaintextPaced, plaintextCrowd} {
		all = append(all, t.compare(withClaims(without), without, maxClaimAlone))
	}
	if s.base != nil {
		all = append(all, t.compare(plaintext, s.base.of(rawBody), 0))
	}
	return all
}

func (t *table) compareEngine(s *servers, e *server) []comparison {
	limit := limitsOf[e.name]
	operation, of := t.openSSL, "OpenSSL"
	if e.name == goEngine {
		operation, of = t.private, "crypto/rsa"
	}
	all := []comparison{
		{e.of(one), "plaintext + 1 operation of " + of, ratios(t.cpu[e.of(one)], t.expected(1, operation)), limit.one},
		{e.of(two), "plaintext + 2 operations of " + of, ratios(t.cpu[e.of(two)], t.expected(2, operation)), limit.two},
	}
	if s.node != nil {
		all = append(all, t.compare(e.of(one), s.node.of(one), limit.oneNode), t.compare(e.of(two), s.node.of(two), limit.twoNode))
	}
	if s.base != nil {
		all = append(all,
			t.compare(e.of(one), s.base.of(one), limit.oneBase),
			t.compare(e.of(two), s.base.of(two), limit.twoBase),
			t.compare(e.of(junk), s.base.of(junk), limit.junkBase))
	}
	return append(all, t.compare(withClaims(e.of(one)), e.of(one), maxClaim))
}

func (t *table) compare(row, beside string, limit float64) comparison {
	return comparison{row, beside, ratios(t.cpu[row], t.cpu[beside]), limit}
}
