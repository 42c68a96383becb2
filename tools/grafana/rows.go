package main

import "fmt"

// quantiles are those of a histogram, native where Prometheus has taken it so, and of its
// classic buckets elsewhere.
func quantiles(histogram, selector, by string) []query {
	legend, and := "", ""
	if by != "" {
		legend, and = "{{"+by+"}} ", ","+by
	}
	var queries []query
	for _, q := range []string{"0.5", "0.99"} {
		native := fmt.Sprintf("histogram_quantile(%s, sum by (%s) (rate(%s{%s}[$__rate_interval])))", q, by, histogram, selector)
		classic := fmt.Sprintf("histogram_quantile(%s, sum by (le%s) (rate(%s_bucket{%s}[$__rate_interval])))", q, and, histogram, selector)
		queries = append(queries, query{native + " or " + classic, legend + "p" + map[string]string{"0.5": "50", "0.99": "99"}[q]})
	}
	return queries
}

var rows = []row{
	{"At a glance", []panel{
		{title: "Gateways", description: "Gateways that are scraped. None: see the runbook 'No gateway is seen'.", unit: "short", width: 4, height: 4,
			queries: []query{{`count(caddy_customer_gate_build_info{$I})`, ""}}, state: &state{1, true, "none"}},
		{title: "Refused", description: "The share of requests that was refused, in the last rate interval. Enforced ones only. Red from a half on: is an app broken, or is it junk?", unit: "percentunit", width: 4, height: 4,
			queries: []query{{`sum(rate(caddy_customer_gate_requests_total{$E,mode="enforce",outcome!~"accepted|preflight|published"}[$__rate_interval])) / sum(rate(caddy_customer_gate_requests_total{$E,mode="enforce",outcome!~"preflight|published"}[$__rate_interval]))`, ""}}, state: &state{0.5, false, "no requests"}},
		{title: "Waiting", description: "Ciphertexts that wait for a private-key operation. It goes up and down; it should not stay.", unit: "short", width: 4, height: 4,
			queries: []query{{`sum(caddy_customer_gate_queue_length{$I})`, ""}}, state: &state{100, false, "none"}},
		{title: "Self checks that fail", description: "Whatever fails here fails for customers, too: `caddy customer-gate status` says what.", unit: "short", width: 4, height: 4,
			queries: []query{{`sum(increase(caddy_customer_gate_self_checks_total{$I,result="failed"}[10m]))`, ""}}, state: &state{1, false, "0"}},
		{title: "Stores of claims down", description: "Registrations are answered 503, or addresses are not kept unique, as `on_failure` says.", unit: "short", width: 4, height: 4,
			queries: []query{{`count(caddy_customer_gate_store_up{$I} == 0)`, ""}}, state: &state{1, false, "0"}},
		{title: "Key loads that fail", description: "A key file is broken, or Caddy's storage cannot be read. The old keys stay in force; the log says what is wrong.", unit: "short", width: 4, height: 4,
			queries: []query{{`sum(increase(caddy_customer_gate_key_loads_total{$I,result="failed"}[1h]))`, ""}}, state: &state{1, false, "0"}},
	}},
	{"Requests", []panel{
		{title: "Requests", description: "By what came of them. `accepted` is what was handed on, also where the customer service then failed.", unit: "reqps", width: 12,
			queries: []query{{`sum by (outcome) (rate(caddy_customer_gate_requests_total{$E,mode="enforce"}[$__rate_interval]))`, "{{outcome}}"}}},
		{title: "What is wrong with them", description: "The ten commonest violations. One that begins with an app's release is that app's.", unit: "reqps", width: 12,
			queries: []query{{`topk(10, sum by (pointer, code) (rate(caddy_customer_gate_violations_total{$E,mode="enforce"}[$__rate_interval])))`, "{{pointer}} {{code}}"}}},
		{title: "Only watched", description: "Requests to gates in monitor mode, by what would have come of them.", unit: "reqps",
			queries: []query{{`sum by (outcome) (rate(caddy_customer_gate_requests_total{$E,mode="monitor"}[$__rate_interval]))`, "{{outcome}}"}}},
		{title: "Refused here, taken by the service", description: "Requests of gates that watch which would have been refused, and which the customer service took. `caddy customer-gate report` puts it into words.", unit: "reqps",
			queries: []query{{`sum by (verdict) (rate(caddy_customer_gate_agreement_total{$E,verdict!="accepted",upstream="2xx"}[$__rate_interval]))`, "{{verdict}}"}}},
		{title: "Body sizes", description: "Of the bodies that were read. Beyond `max_body` none is.", unit: "bytes",
			queries: quantiles("caddy_customer_gate_request_body_bytes", "$E", "endpoint")},
	}},
	{"Decryption", []panel{
		{title: "Ciphertexts", description: "`failed` and `malformed` rise with junk, and when apps encrypt with another key. `fault` is a result that the public key did not confirm: replace that machine.", unit: "ops",
			queries: []query{{`sum by (result) (rate(caddy_customer_gate_decryptions_total{$I}[$__rate_interval]))`, "{{result}}"}}},
		{title: "How long a private-key operation takes", description: "Without the wait for it. Much more than in docs/performance.md: is the engine the one that you expect (below)?", unit: "s",
			queries: quantiles("caddy_customer_gate_decrypt_duration_seconds", `$I,result="ok"`, "mgf1")},
		{title: "Turned away by the queue", description: "`stale` and `not_admitted`: the machine cannot keep up. Is it junk (left)? Then set a rate limit before the gate. Else add gateways.", unit: "ops",
			queries: []query{{`sum by (reason) (rate(caddy_customer_gate_queue_refused_total{$I}[$__rate_interval]))`, "{{reason}}"}}},
		{title: "Waiting", description: "Ciphertexts in the queue.", unit: "short",
			queries: []query{{`sum by (instance) (caddy_customer_gate_queue_length{$I})`, "{{instance}}"}}},
		{title: "How long they wait", description: "Of those that had their turn.", unit: "s",
			queries: quantiles("caddy_customer_gate_queue_wait_seconds", "$I", "")},
		{title: "The same ciphertext again", description: "Refused by `reuse_limit`: guesses about a captured ciphertext, or an app in a loop.", unit: "ops",
			queries: []query{{`sum by (instance) (rate(caddy_customer_gate_reuse_refused_total{$I}[$__rate_interval]))`, "{{instance}}"}}},
	}},
	{"Keys", []panel{
		{title: "Who uses which key", description: "A key that retires may go when nobody has used it for seven days.", unit: "ops", width: 12,
			queries: []query{{`sum by (kid, platform) (rate(caddy_customer_gate_key_decryptions_total{$I}[$__rate_interval]))`, "{{kid}} {{platform}}"}}},
		{title: "Since a key was used", description: "By its kid.", unit: "s", width: 6,
			queries: []query{{`time() - max by (kid) (caddy_customer_gate_key_last_used_timestamp_seconds{$I})`, "{{kid}}"}}},
		{title: "The age of keys", description: "Since clients began to be given them; below nothing for one that is yet to come.", unit: "s", width: 6,
			queries: []query{{`time() - max by (kid) (caddy_customer_gate_key_created_timestamp_seconds{$I})`, "{{kid}}"}}},
	}},
	{"Unique addresses", []panel{
		{title: "Claims", description: "`failed` and `fenced` are what to look at: docs/uniqueness.md tells of each.", unit: "ops",
			queries: []query{{`sum by (outcome) (rate(caddy_customer_gate_claims_total{$I}[$__rate_interval]))`, "{{outcome}}"}}},
		{title: "How long the store takes", description: "", unit: "s",
			queries: quantiles("caddy_customer_gate_claim_duration_seconds", "$I", "verb")},
		{title: "Stores", description: "1 where the last operation worked.", unit: "short",
			queries: []query{{`min by (instance, store) (caddy_customer_gate_store_up{$I})`, "{{instance}} {{store}}"}}},
	}},
	{"Gateways", []panel{
		{title: "Self checks", description: "`skipped` while customers were waiting.", unit: "ops",
			queries: []query{{`sum by (check, result) (rate(caddy_customer_gate_self_checks_total{$I}[$__rate_interval]))`, "{{check}} {{result}}"}}},
		{title: "Since the last self check that went well", description: "More than a few times `self_check`, a minute by default, is an alarm.", unit: "s",
			queries: []query{{`time() - max by (instance, check) (caddy_customer_gate_self_check_last_success_timestamp_seconds{$I} > 0)`, "{{instance}} {{check}}"}}},
		{title: "Keys loaded", description: "When a file or the storage has another key.", unit: "ops",
			queries: []query{{`sum by (provider, result) (rate(caddy_customer_gate_key_loads_total{$I}[$__rate_interval]))`, "{{provider}} {{result}}"}}},
		{title: "Versions", description: "Gateways by what they were built of: one line, but during an upgrade.", unit: "short", width: 12,
			queries: []query{{`count by (version, caddy, go) (caddy_customer_gate_build_info{$I})`, "{{version}}, Caddy {{caddy}}, {{go}}"}}},
		{title: "Engines", description: "What does the private-key operations. `go` where you expect another: its library or the CPU's features are not there.", unit: "short", width: 12,
			queries: []query{{`count by (engine, version) (caddy_customer_gate_engine_info{$I})`, "{{engine}} {{version}}"}}},
	}},
}
