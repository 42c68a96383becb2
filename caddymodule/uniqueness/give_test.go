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
	deadline chan struct{} // closed when it has passed
}

func (c *stallingClient) SetWriteDeadline(time.Time) error {
	close(c.deadline)
	return nil
}

func (c *stallingClient) Write(p []byte) (int, error) {
	if c.takes == 0 {
		<-c.deadline
		return 0, os.ErrDeadlineExceeded
	}
	c.takes--
	time.Sleep(c.pause)
	return c.ResponseRecorder.Write(p)
}

// TestAnswerToAStallingClient: a client may be slow, but not for ever.
func TestAnswerToAStallingClient(t *testing.T) {
	for name, test := range map[string]struct{ takes, parts int }{
		"slow": {10, 10}, "takes nothing": {0, 10}, "takes some": {3, 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := &stallingClient{httptest.NewRecorder(), test.takes, stallLimit - time.Second, make(chan struct{})}
				began := time.Now()
				(&Answer{Status: http.StatusOK, Body: make([]byte, test.parts*partSize)}).Write(client)
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
