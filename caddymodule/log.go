package caddymodule

import (
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"go.opentelemetry.io/otel/trace"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/customergate/customergate/caddymodule/internal/trouble"
)

// logRefusal writes one line for each refusal: which request, what outcome,
// which codes. What the client sent is not in it, nor in the message, which is
// made of the gate's own words and figures.
func (a *refuser) logRefusal(r *http.Request, refused *refusal, traces []detail, tenant string) {
	level := zapcore.InfoLevel
	if refused.status >= http.StatusInternalServerError {
		level = zapcore.WarnLevel
	}
	if entry := a.logger.Check(level, "request refused"); entry != nil {
		entry.Write(a.line(r, refused, traces, tenant)...)
	}
}

// logWouldRefuse writes the line of a refusal for a request that went on, with what
// the upstream has said.
func (a *refuser) logWouldRefuse(r *http.Request, would *refusal, tenant string, status int) {
	if entry := a.logger.Check(zapcore.InfoLevel, "request would have been refused"); entry != nil {
		entry.Write(append(a.line(r, would, would.traces(), tenant), zap.Int("upstream_status", status))...)
	}
}

// line is what is logged of a refusal.
func (a *refuser) line(r *http.Request, refused *refusal, traces []detail, tenant string) []zap.Field {
	fields := []zap.Field{
		zap.String("request_id", requestID(r)),
		zap.String("request_uuid", requestUUID(r)),
		zap.String("endpoint", a.endpointLabel),
		zap.String("tenant", tenant),
		zap.Int("status", refused.status),
		zap.String("code", refused.code),
		zap.String("message", refused.says.Text),
		zap.Array("violations", traceList(traces)),
	}
	if span := trace.SpanContextFromContext(r.Context()); span.IsValid() {
		fields = append(fields, zap.Stringer("trace_id", span.TraceID()), zap.Stringer("span_id", span.SpanID()))
	}
	return fields
}

// logTo has a logger. That there are no keys of a tenant, or that one of them fails, is
// said in it once, and once that it is over; the errors speak of files and storage, and
// of the key's ID, never of a request.
func (a *refuser) logTo(logger *zap.Logger) {
	a.logger = logger
	a.keyless = trouble.NewByName(a.logger, "tenant", "no private key at hand, so what needs one is answered 503", "there is a private key at hand again")
	a.keyFails = trouble.NewByName(a.logger, "tenant", "a private key failed, so what is encrypted is answered 503", "the private keys work again")
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
