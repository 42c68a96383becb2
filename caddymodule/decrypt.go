package caddymodule

import (
	"context"
	"errors"

	"github.com/customergate/customergate/caddymodule/internal/clientip"
	"github.com/customergate/customergate/caddymodule/internal/keyuse"
	"github.com/customergate/customergate/caddymodule/internal/oaep"
	"github.com/customergate/customergate/caddymodule/languages"
)

// admit turns away, before the body is read, whose passwords could not be decrypted
// in time: to read and judge a body costs more than to refuse it. Who may send raw
// passwords may have no need of that.
func (p *passage) admit() *refusal {
	d := p.gate.decrypter
	if d == nil || d.Admits(clientip.Of(p.r)) || p.gate.plaintext.Allows(clientip.Sure(p.r)) {
		return nil
	}
	return unavailable()
}

// decrypt opens the sealed fields. What cannot be opened is a violation like
// any other, found by the next step; only a full queue, a provider without
// keys or a key that fails ends the request here.
func (p *passage) decrypt() *refusal {
	switch err := p.open(false); {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return clientGone()
	case p.ring.Err != nil:
		p.gate.keyless.Failed(p.ring.Tenant, "", err)
	case errors.Is(err, oaep.ErrKeyFailed):
		p.gate.keyFails.Failed(p.ring.Tenant, "", err)
	}
	return unavailable()
}

// open does private-key operations when their turn comes or, to spare others the
// waiting, only where nobody waits.
func (p *passage) open(spare bool) error {
	ciphertexts := p.submission.Ciphertexts()
	if len(ciphertexts) == 0 {
		return nil
	}
	if p.ring.Err != nil {
		return p.ring.Err
	}
	p.gate.keyless.Works(p.ring.Tenant)
	p.gate.warnOfProxy(p.r)
	plaintexts, err := p.gate.decrypter.Open(p.r.Context(), p.ring.Keys, oaep.Sender{
		Client:   clientip.Of(p.r),
		Spare:    spare,
		Platform: keyuse.Platform(p.submission.Text("devicePlatform")),
		KeyID:    p.r.Header.Get(keyIDHeader),
		Words:    p.submission.PersonalWords,
	}, ciphertexts...)
	if err != nil {
		return err
	}
	p.gate.keyFails.Works(p.ring.Tenant)
	p.submission.Unseal(plaintexts)
	return nil
}

// clientGone is of a client that goes away while it waits, which is counted as
// such, not as an outage.
func clientGone() *refusal {
	return newRefusal(codeClientGone, languages.Plain("The client has gone away."))
}

// retryAfter is what a client waits when the gate is too busy, in seconds: the
// queue is empty or full again by then.
const retryAfter = "1"

func unavailable() *refusal {
	return newRefusal(codeServiceUnavailable, languages.Say(codeServiceUnavailable)).
		with("Retry-After", retryAfter)
}
