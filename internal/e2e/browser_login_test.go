package e2e

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

// TestClientInBrowserLogsIn fills in the form of examples/clients/login.html in
// Chromium, before a gateway that changes its key in between.
func TestClientInBrowserLogsIn(t *testing.T) {
	t.Parallel()
	typed := func(name, email, typed string) submission {
		return submission{name, map[string]string{"email": email, "password": typed}}
	}
	pages := newFormServer(t,
		typed("no address", "excel", password),
		typed("long", "excel@KanarienPost.example", strings.Repeat("€", 64)),
		typed("wrong", "excel@KanarienPost.example", "wrong"),
		typed("right", "excel@KanarienPost.example", password))
	origin := pages.origin()
	up := startUpstreamWith(t, func(c net.Conn, r received) bool { return answerLogin(c, r, origin) })
	gate := startLogins(t, up.address, "header /api/* >Access-Control-Allow-Origin "+origin)
	got := pages.shown(t, habit{example: "login.html"}, frontOfRotation(t, gate).URL)
	checkForm(t, got["no address"], map[string]string{
		"/email":           "This is not a complete email address such as name@example.com.",
		"/currentPassword": "", "status": "",
	})
	checkForm(t, got["long"], map[string]string{"/email": "", "/currentPassword": "too long", "status": ""})
	checkForm(t, got["wrong"], map[string]string{"/email": "", "/currentPassword": "", "status": "That was not it."})
	checkForm(t, got["right"], map[string]string{"/email": "", "/currentPassword": "", "status": "logged in"})
}

// answerLogin is the service's answer, which a page of the origin may read.
func answerLogin(c net.Conn, r received, origin string) bool {
	status, body := "200 OK", `{"success":true}`
	switch {
	case strings.HasPrefix(r.line, "OPTIONS "):
		_, err := fmt.Fprintf(c, "HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: %s\r\n"+
			"Access-Control-Allow-Methods: PUT\r\nAccess-Control-Allow-Headers: content-type, platform, uuid\r\n\r\n", origin)
		return err == nil
	case !strings.Contains(string(r.body), password):
		status, body = "401 Unauthorized", `{"success":false,"message":"That was not it."}`
	}
	_, err := fmt.Fprintf(c, "HTTP/1.1 %s\r\nAccess-Control-Allow-Origin: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		status, origin, len(body), body)
	return err == nil
}
