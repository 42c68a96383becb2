package uniqueness

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// stallingClient takes a part in the time that it has for each, and at some time no
// more.
type stallingClient struct {
	*httptest.ResponseRecorder
	takes    int // parts
	pause    time.Duration
	renewals int           // how often the server gives it more time by itself
	deadline chan struct{} // has one when it has passed
}

func (c *stallingClient) SetWriteDeadline(time.Time) error {
	c.deadline <- struct{}{}
	return nil
}

// wrapper keeps its deadline without a lock, as Caddy's do.
type wrapper struct {
	http.ResponseWriter
	deadline time.Time
}

func (w *wrapper) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *wrapper) SetWriteDeadline(deadline time.Time) error {
	w.deadline = deadline
	return http.NewResponseController(w.ResponseWriter).SetWriteDeadline(deadline)
}

func (w *wrapper) Write(p []byte) (int, error) {
	w.deadline = time.Now().Add(time.Minute)
	n, err := w.ResponseWriter.Write(p)
	w.deadline = time.Time{}
	return n, err
}

func (c *stallingClient) Write(p []byte) (int, error) {
	if c.takes == 0 {
		for range 1 + c.renewals {
			<-c.deadline
		}
		return 0, os.ErrDeadlineExceeded
	}
	c.takes--
	time.Sleep(c.pause)
	return c.ResponseRecorder.Write(p)
}

// TestAnswerToAStallingClient: a client may be slow, but not for ever.
func TestAnswerToAStallingClient(t *testing.T) {
	for name, test := range map[string]struct{ takes, parts, renewals int }{
		"slow": {10, 10, 0}, "takes nothing": {0, 10, 0}, "takes some": {3, 10, 0}, "is given more time": {3, 10, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := &stallingClient{httptest.NewRecorder(), test.takes, stallLimit - time.Second, test.renewals, make(chan struct{})}
				began := time.Now()
				(&Answer{Status: http.StatusOK, Body: make([]byte, test.parts*partSize)}).Write(&wrapper{ResponseWriter: client})
				if got := client.Body.Len(); got != test.takes*partSize {
					t.Errorf("it got %d bytes", got)
				}
				if took := time.Since(began); took > time.Duration(test.parts)*stallLimit {
					t.Errorf("it took %s", took)
				}
			})
		})
	}
}
