package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// TestRefusedFramings sends what is malformed, ambiguous or forbidden: a clear
// answer, and not a byte to the upstream.
func TestRefusedFramings(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	body := newCustomer().json()
	good := rawPost("", body)
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	large := body + strings.Repeat(" ", 64<<10+1-len(body))
	replace := func(old, by string) string { return strings.Replace(good, old, by, 1) }

	for name, tc := range map[string]struct {
		request string
		status  int
		code    string // empty where Caddy's HTTP server answers before the gate
	}{
		"two lengths":                   {rawPost("Content-Length: 5\r\n", body), 400, ""},
		"list of lengths":               {replace(length, fmt.Sprintf("Content-Length: %d, 5\r\n", len(body))), 400, ""},
		"signed length":                 {replace("Content-Length: ", "Content-Length: +"), 400, ""},
		"negative length":               {replace("Content-Length: ", "Content-Length: -"), 400, ""},
		"hexadecimal length":            {replace("Content-Length: ", "Content-Length: 0x"), 400, ""},
		"huge length":                   {replace(length, "Content-Length: 99999999999999999999\r\n"), 400, ""},
		"blank before the colon":        {replace("Content-Length:", "Content-Length :"), 400, ""},
		"folded first line":             {replace("Host:", " Host:"), 400, ""},
		"control character in a header": {rawPost("X-Bad: a\x01b\r\n", body), 400, ""},
		"NUL in a header":               {rawPost("X-Bad: a\x00b\r\n", body), 400, ""},
		"carriage return in a header":   {rawPost("X-Bad: a\rX-Other: b\r\n", body), 400, ""},
		"no host":                       {replace("Host: gate.example\r\n", ""), 400, ""},
		"two hosts":                     {rawPost("Host: other.example\r\n", body), 400, ""},
		"unknown transfer encoding":     {strings.Replace(rawChunked("", chunks(body, "")+"0\r\n\r\n"), ": chunked", ": gzip, chunked", 1), 501, ""},
		"chunked twice":                 {strings.Replace(rawChunked("", chunks(body, "")+"0\r\n\r\n"), ": chunked", ": chunked, chunked", 1), 501, ""},
		"two transfer encodings":        {rawChunked("Transfer-Encoding: identity\r\n", chunks(body, "")+"0\r\n\r\n"), 501, ""},
		"obscured transfer encoding":    {strings.Replace(rawChunked("", chunks(body, "")+"0\r\n\r\n"), ": chunked", ": \x0bchunked", 1), 400, ""},
		"chunked in HTTP/1.0":           {strings.Replace(rawChunked("", chunks(body, "")+"0\r\n\r\n"), "HTTP/1.1", "HTTP/1.0", 1), 400, ""},

		"chunk size is no number":     {rawChunked("", "xyz\r\n"+body+"\r\n0\r\n\r\n"), 400, "MALFORMED_JSON"},
		"negative chunk size":         {rawChunked("", "-5\r\n"+body+"\r\n0\r\n\r\n"), 400, "MALFORMED_JSON"},
		"chunk size overflows":        {rawChunked("", "fffffffffffffffff\r\n"+body+"\r\n0\r\n\r\n"), 400, "MALFORMED_JSON"},
		"chunk longer than its size":  {rawChunked("", "5\r\n"+body+"\r\n0\r\n\r\n"), 400, "MALFORMED_JSON"},
		"bare line feed after a size": {rawChunked("", strings.Replace(chunks(body, ""), "\r\n", "\n", 1)+"0\r\n\r\n"), 400, "MALFORMED_JSON"},
		"line feed in an extension":   {rawChunked("", chunks(body, ";a\nb")+"0\r\n\r\n"), 400, "MALFORMED_JSON"},
		"malformed trailer":           {rawChunked("", chunks(body, "")+"0\r\nno colon\r\n\r\n"), 400, "MALFORMED_JSON"},
		"no body":                     {replace(length, "Content-Length: 0\r\n"), 400, "MALFORMED_JSON"},
		"no length":                   {replace(length, ""), 400, "MALFORMED_JSON"},
		"two JSON texts":              {rawPost("", body+body), 400, "MALFORMED_JSON"},

		"declared too large": {rawPost("", large), 413, "PAYLOAD_TOO_LARGE"},
		"chunked too large":  {rawChunked("", chunks(large, "")+"0\r\n\r\n"), 413, "PAYLOAD_TOO_LARGE"},

		"gzip":                     {rawPost("Content-Encoding: gzip\r\n", body), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"identity":                 {rawPost("Content-Encoding: identity\r\n", body), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"empty content encoding":   {rawPost("Content-Encoding:\r\n", body), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"no content type":          {replace("Content-Type: application/json\r\n", ""), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"content type twice":       {rawPost("Content-Type: application/json\r\n", body), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"another content type":     {replace("application/json", "text/json"), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"another charset":          {replace("application/json", "application/json; charset=utf-16"), 415, "UNSUPPORTED_MEDIA_TYPE"},
		"platform twice":           {rawPost("Platform: fincode\r\n", body), 400, "INVALID_HEADER"},
		"platform twice, in one":   {replace("platform: fincode", "platform: fincode, fincode"), 400, "INVALID_HEADER"},
		"another platform":         {replace("platform: fincode", "platform: Fincode"), 400, "INVALID_HEADER"},
		"uuid twice":               {rawPost("UUID: 201\r\n", body), 400, "INVALID_HEADER"},
		"empty uuid":               {replace("uuid: 200", "uuid:"), 400, "INVALID_HEADER"},
		"uuid beyond ASCII":        {replace("uuid: 200", "uuid: 200\xe9"), 400, "INVALID_HEADER"},
		"uuid too long":            {replace("uuid: 200", "uuid: "+strings.Repeat("2", 129)), 400, "INVALID_HEADER"},
		"header with underscore":   {replace("uuid: 200", "uu_id: 200"), 400, "INVALID_HEADER"},
		"early data of a proxy":    {rawPost("Early-Data: 1\r\n", body), 425, "TOO_EARLY"},
		"another method":           {replace("POST", "PUT"), 405, "METHOD_NOT_ALLOWED"},
		"method in lower case":     {replace("POST", "post"), 405, "METHOD_NOT_ALLOWED"},
		"OPTIONS but no preflight": {replace("POST", "OPTIONS"), 405, "METHOD_NOT_ALLOWED"},
	} {
		t.Run(name, func(t *testing.T) {
			got := exchange(t, gate.address, tc.request)
			got.check(t, tc.status)
			if tc.code != "" {
				got.check(t, tc.status, `"code":"`+tc.code+`"`)
			}
			if tc.status == 405 && got.header.Get("Allow") != "POST" {
				t.Errorf("Allow is %q", got.header.Get("Allow"))
			}
			for _, leak := range findCanaries([]byte(got.body)) {
				t.Errorf("the answer holds %s", leak)
			}
			up.checkUntouched(t)
		})
	}
}

// TestCutOffBodies: a client that goes away in the middle has sent nothing.
func TestCutOffBodies(t *testing.T) {
	t.Parallel()
	up := startUpstream(t)
	gate := startGateway(t, setup{upstream: up.address})
	body := newCustomer().json()
	declared := rawPost("", body)
	chunked := rawChunked("", chunks(body, "")+"0\r\n\r\n")

	for name, request := range map[string]string{
		"before the declared end": declared[:len(declared)-1],
		"before the body":         declared[:len(declared)-len(body)],
		"inside a chunk":          chunked[:len(chunked)-30],
		"before the last chunk":   strings.TrimSuffix(chunked, "0\r\n\r\n"),
		"before the trailers end": strings.TrimSuffix(chunked, "\r\n"),
	} {
		t.Run(name, func(t *testing.T) {
			client := dialRaw(t, gate.address)
			client.send(request)
			client.endSending()
			client.read().check(t, 400, `"code":"MALFORMED_JSON"`)
			up.checkUntouched(t)
		})
		t.Run(name+", gone", func(t *testing.T) {
			client := dialRaw(t, gate.address)
			client.send(request)
			client.Close()
			exchange(t, gate.address, rawPost("", "{")).check(t, 400)
			up.checkUntouched(t)
		})
	}
}
