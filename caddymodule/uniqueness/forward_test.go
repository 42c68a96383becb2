package uniqueness

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
)

// journey is a registration whose upstream, store and client note what happens.
type journey struct {
	http.ResponseWriter // the client's
	claims.Store
	length, declared int // of the answer's body
	events           []string
}

func (j *journey) note(event string) {
	if !slices.Contains(j.events, event) {
		j.events = append(j.events, event)
	}
}

func (j *journey) Serve(_ context.Context, w http.ResponseWriter) error {
	if j.declared >= 0 {
		w.Header().Set("Content-Length", strconv.Itoa(j.declared))
	}
	w.WriteHeader(http.StatusCreated)
	for sent := 0; sent < j.length; sent += 1000 {
		_, _ = w.Write(make([]byte, min(1000, j.length-sent)))
		_ = http.NewResponseController(w).Flush()
	}
	j.note("answered")
	return nil
}

func (j *journey) NeverSent(error) bool { return false }

func (j *journey) Wipe() { j.note("wiped") }

func (j *journey) Commit(context.Context, claims.ID, claims.Token, []byte, time.Duration) error {
	j.note("settled")
	return nil
}

func (j *journey) Write(p []byte) (int, error) {
	j.note("told")
	return j.ResponseWriter.Write(p)
}

// TestForward: whatever a client does with what it is told, the claim is settled
// before, and for as long as that may take, no password is in memory. Only an
// answer beyond what it is judged by settles the claim while it goes on.
func TestForward(t *testing.T) {
	inOrder := []string{"answered", "wiped", "settled", "told"}
	for name, test := range map[string]struct {
		length, declared int
		want             []string
	}{
		"no body":              {0, 0, inOrder[:3]},
		"short":                {3, 3, inOrder},
		"of unknown length":    {3, -1, inOrder},
		"in parts":             {5000, 5000, inOrder},
		"as long as is judged": {maxJudged, -1, inOrder},
		"longer":               {maxJudged + 1, -1, []string{"settled", "told", "answered", "wiped"}},
		"long, declared":       {1 << 20, 1 << 20, []string{"settled", "told", "answered", "wiped"}},
	} {
		t.Run(name, func(t *testing.T) {
			client := httptest.NewRecorder()
			j := &journey{ResponseWriter: client, length: test.length, declared: test.declared}
			v := settling(j, zap.NewNop())
			v.keeper.lease, v.keeper.success, v.keeper.taken = defaultLease, defaultSuccess, defaultTaken
			if err := v.Forward(t.Context(), j, j); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(j.events, test.want) {
				t.Errorf("it is %v, want %v", j.events, test.want)
			}
			if client.Code != http.StatusCreated || client.Body.Len() != test.length {
				t.Errorf("the client got %d and %d bytes", client.Code, client.Body.Len())
			}
		})
	}
}
