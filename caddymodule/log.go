package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// logRefusal writes one line for each refusal: which request, what outcome,
// which codes. What the client sent is not in it, nor in the message, which is
// made of the gate's own words and figures.
func (a *refuser) logRefusal(r *http.Request, refused *refusal, traces []detail, tenant string) {
	level := zapcore.InfoLevel
	if refused.status >= http.StatusInternalServerError {
		level = zapcore.WarnLevel
	}
	entry := a.logger.Check(level, "request refused")
	if entry == nil {
		return
	}
	entry.Write(
		zap.String("request_id", requestID(r)),
		zap.String("request_uuid", requestUUID(r)),
		zap.String("tenant", tenant),
		zap.Int("status", refused.status),
		zap.String("code", refused.code),
		zap.String("message", refused.message),
		zap.Array("violations", traceList(traces)),
	)
}

// logWouldRefuse writes the line of a refusal for a request that went on, with what
// the upstream has said.
func (g *Gate) logWouldRefuse(r *http.Request, would *refusal, tenant string, status int) {
	entry := g.logger.Check(zapcore.InfoLevel, "request would have been refused")
	if entry == nil {
		return
	}
	entry.Write(
		zap.String("request_id", requestID(r)),
		zap.String("request_uuid", requestUUID(r)),
		zap.String("tenant", tenant),
		zap.Int("status", would.status),
		zap.String("code", would.code),
		zap.String("message", would.message),
		zap.Array("violations", traceList(would.traces())),
		zap.Int("upstream_status", status),
	)
}

// logKeysFailure tells the operator that a provider has no keys to give; its
// error speaks of files and storage, never of a request.
func (g *Gate) logKeysFailure(tenant string, err error) {
	g.logger.Error("no private key at hand, so what is encrypted is answered 503", zap.String("tenant", tenant), zap.Error(err))
}

// logKeyFailed tells the operator that a key could not be used. Its error
// holds the key's ID and the type of what went wrong, none of a stranger's text.
func (g *Gate) logKeyFailed(tenant string, err error) {
	g.logger.Error("a private key failed, so an encrypted request is answered 503", zap.String("tenant", tenant), zap.Error(err))
}

// requestUUID is Caddy's own identifier of the request, which is unique where
// the client's uuid header is not.
func requestUUID(r *http.Request) string {
	repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer)
	if !ok {
		return ""
	}
	uuid, _ := repl.GetString("http.request.uuid")
	return uuid
}

// traceList is the log form of what was wrong: "/email email_format".
type traceList []detail

func (l traceList) MarshalLogArray(array zapcore.ArrayEncoder) error {
	for _, d := range l {
		where := d.place
		if d.Header != "" {
			where = d.Header
		}
		array.AppendString(where + " " + string(d.Code))
	}
	return nil
}
