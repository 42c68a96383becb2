package caddymodule

import (
	"net/http"

	"github.com/customergate/customergate/caddymodule/languages"
)

// spoken is a refusal in the language that its client likes best, which the answer
// names. Logs, metrics and traces keep the English one.
func (a *refuser) spoken(header http.Header, r *http.Request, refused *refusal) *refusal {
	tongue := languages.English
	if a.speaker != nil && refused.says.Key != "" {
		tongue = a.speaker.Choose(r.Header["Accept-Language"])
		header.Add("Vary", "Accept-Language")
	}
	header.Set("Content-Language", tongue.Tag)
	if tongue.IsPlain() {
		return refused
	}
	return refused.in(tongue)
}

// in says a refusal in another language.
func (r *refusal) in(tongue *languages.Tongue) *refusal {
	translated := *r
	translated.says.Text = tongue.Say(r.says)
	translated.details = make([]detail, len(r.details))
	for i, d := range r.details {
		d.Message = tongue.Say(languages.Of(d.Code, d.Params, d.Message))
		translated.details[i] = d
	}
	return &translated
}
