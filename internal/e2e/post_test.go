package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// post sends a body with the headers that the contract asks for and further
// ones, name by name, as well-behaved clients do.
func post(t testing.TB, url, body string, headers ...headerField) answer {
	t.Helper()
	got, err := tryPost(url, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var client = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}

// tryPost is post for use beside the test's own goroutine.
func tryPost(url, body string, headers ...headerField) (answer, error) {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	request.Header = http.Header{"Content-Type": {"application/json"}, "Platform": {"fincode"}, "Uuid": {"200"}}
	for _, h := range headers {
		request.Header.Set(h.name, h.value)
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	return readAnswer(response)
}
