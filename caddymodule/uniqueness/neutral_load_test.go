package uniqueness

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"github.com/customergate/customergate/caddymodule/claims"
	"github.com/customergate/customergate/caddymodule/claims/storetest"
	"github.com/customergate/customergate/internal/race"
)

// A customerService works on a few registrations at a time; the others wait. It
// takes a third less time over a customer whom it knows.
type customerService struct {
	workers chan struct{}
	work    time.Duration // of one registration, on average
	jitter  float64       // by how much of it that varies, up and down
}

func newService(workers int, work time.Duration, jitter float64) *customerService {
	return &customerService{make(chan struct{}, workers), work, jitter}
}

func (s *customerService) register(status int) {
	s.workers <- struct{}{}
	defer func() { <-s.workers }()
	took := float64(s.work) * (1 + s.jitter*(2*rand.Float64()-1))
	if status == http.StatusConflict {
		took *= 2. / 3
	}
	time.Sleep(time.Duration(took))
}

// diskStore takes time over what it writes, and none over what it reads.
type diskStore struct{ claims.Store }

func (diskStore) write() { time.Sleep(time.Duration(1+rand.IntN(4)) * time.Millisecond) }

func (s diskStore) Reserve(ctx context.Context, id claims.ID, token claims.Token, lease time.Duration) (claims.Found, error) {
	found, err := s.Store.Reserve(ctx, id, token, lease)
	if found.State == claims.Free {
		s.write()
	}
	return found, err
}

func (s diskStore) Commit(ctx context.Context, id claims.ID, token claims.Token, value []byte, keep time.Duration) error {
	s.write()
	return s.Store.Commit(ctx, id, token, value, keep)
}

// A prober measures how long a gate with neutral answers takes, on the clock of a
// bubble.
type prober struct {
	t       *testing.T
	keeper  *Keeper
	service *customerService
	made    atomic.Int64 // addresses
}

func probe(t *testing.T, service *customerService) *prober {
	mark := &pepperMark{pepper: pepperOf("probe")}
	mark.passed.Store(true)
	pace := new(pace)
	return &prober{t: t, service: service, keeper: &Keeper{
		store:     &sharedStore{Store: diskStore{storetest.NewMemory()}, mark: mark, pace: pace, use: newStoreUse(func() {})},
		lease:     defaultLease,
		success:   defaultSuccess,
		taken:     defaultTaken,
		neutral:   (&NeutralAnswer{Status: 202, Body: "{}"}).ready(pace),
		logger:    zap.NewNop(),
		abandoned: make(chan struct{}, maxAbandoned),
	}}
}

// registration is one that the service answers with a status.
type registration struct {
	*customerService
	status int
}

func (r *registration) Serve(_ context.Context, w http.ResponseWriter) error {
	r.register(r.status)
	w.WriteHeader(r.status)
	return nil
}

func (*registration) NeverSent(error) bool { return false }

func (*registration) Wipe() {}

// newAddress is one that nobody has.
func (p *prober) newAddress() string { return fmt.Sprintf("%d@example.com", p.made.Add(1)) }

// register returns how long a registration takes. The status is the service's, if
// it gets there.
func (p *prober) register(address string, status int) time.Duration {
	began := time.Now()
	v := p.keeper.Enter()
	defer v.Leave()
	answer := httptest.NewRecorder()
	found, err := v.Claim(p.t.Context(), netip.Addr{}, "default", address)
	switch {
	case err != nil:
		p.t.Error(err)
	case found.State != claims.Free:
		v.AnswerNeutrally(answer)
	default:
		err = v.Forward(p.t.Context(), answer, &registration{p.service, status})
	}
	if err != nil || answer.Code != http.StatusAccepted {
		p.t.Errorf("answered %d, %v", answer.Code, err)
	}
	return time.Since(began)
}

// A kind of address is one that a prober would tell from others.
type kind uint8

const (
	isNew kind = iota
	isTaken
	isKnown // to the service alone
)

// address makes one of a kind. What the service says to it comes with it.
func (p *prober) address(k kind) (address string, status int) {
	address = p.newAddress()
	switch k {
	case isTaken:
		p.register(address, http.StatusCreated)
		p.rest()
	case isKnown:
		return address, http.StatusConflict
	}
	return address, http.StatusCreated
}

// rest lets everything that is under way end.
func (p *prober) rest() { time.Sleep(time.Duration(5000+rand.IntN(1000)) * time.Millisecond) }

// burst has many registrations under way at once. It does not wait for them.
func (p *prober) burst(n int, address func() string) *sync.WaitGroup {
	var under sync.WaitGroup
	for range n {
		under.Go(func() { p.register(address(), http.StatusCreated) })
	}
	return &under
}

const (
	burstSize = 30
	samples   = 300 / race.Share // of each kind
)

// conditions are under which an address is probed. Each returns a time that the
// prober can measure.
var conditions = map[string]func(p *prober, address string, status int) time.Duration{
	"idle": (*prober).register,
	"beside a burst": func(p *prober, address string, status int) time.Duration {
		defer p.burst(burstSize, p.newAddress).Wait()
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
		return p.register(address, status)
	},
	"after a burst": func(p *prober, address string, status int) time.Duration {
		p.burst(burstSize, p.newAddress).Wait()
		time.Sleep(time.Duration(rand.IntN(50)) * time.Millisecond)
		return p.register(address, status)
	},
	"by one's own behind it": func(p *prober, address string, status int) time.Duration {
		var probed sync.WaitGroup
		defer probed.Wait()
		probed.Go(func() { p.register(address, status) })
		synctest.Wait()
		return p.register(p.newAddress(), http.StatusCreated)
	},
	"many times at once": func(p *prober, address string, status int) time.Duration {
		began := time.Now()
		p.burst(burstSize, func() string { return address }).Wait()
		return time.Since(began)
	},
	"beside a burst of one that is taken": func(p *prober, address string, status int) time.Duration {
		defer p.burst(burstSize, func() string { return "0@example.com" }).Wait()
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
		return p.register(address, status)
	},
}

// TestNeutralAnswersUnderLoad: however busy a prober keeps the gate and the service
// behind it, the time of an answer does not tell what an address is. What is
// measured is how often a new one is answered later than another, and the other way
// round (the area under the ROC curve): 0.5 is chance, 1 is certainty. A dozen
// against a dozen are off by 0.12 by chance alone, so these are many dozens, which
// are off by 0.02.
func TestNeutralAnswersUnderLoad(t *testing.T) {
	limit := 0.6
	if race.Share > 1 {
		limit = 0.8 // of fewer samples
	}
	for name, service := range map[string]*customerService{
		"one worker":                newService(1, 20*time.Millisecond, 0.8),
		"16 workers":                newService(16, 20*time.Millisecond, 0.3),
		"a slow one with 4 workers": newService(4, 180*time.Millisecond, 0.3),
	} {
		for condition, measure := range conditions {
			t.Run(name+"/"+condition, func(t *testing.T) {
				var times [3][]time.Duration
				synctest.Test(t, func(t *testing.T) {
					times = collect(probe(t, &customerService{make(chan struct{}, cap(service.workers)), service.work, service.jitter}), measure)
				})
				for other, what := range map[kind]string{isTaken: "taken", isKnown: "known"} {
					all := auc(times[isNew], times[other])
					dozens := aucOfParts(times[isNew], times[other], 12)
					t.Logf("new and %s: %.2f of all, %.2f of a dozen; half within %s and %s", what, all, dozens, median(times[isNew]), median(times[other]))
					if tells(all) > limit || tells(dozens) > limit {
						t.Errorf("the time of an answer tells a new address from one that is %s: %.2f of all, %.2f of a dozen", what, all, dozens)
					}
				}
			})
		}
	}
}

// collect probes addresses of each kind in turn.
func collect(p *prober, measure func(*prober, string, int) time.Duration) (times [3][]time.Duration) {
	p.register("0@example.com", http.StatusCreated)
	for range 64 {
		p.register(p.newAddress(), http.StatusCreated)
	}
	for range samples {
		for k := range times {
			address, status := p.address(kind(k))
			times[k] = append(times[k], measure(p, address, status))
			p.rest()
		}
	}
	return times
}

// auc is the chance that one of a is later than one of b, where half of the ties
// count.
func auc(a, b []time.Duration) float64 {
	wins := 0.
	for _, x := range a {
		for _, y := range b {
			wins += float64(cmp.Compare(x, y)+1) / 2
		}
	}
	return wins / float64(len(a)*len(b))
}

// aucOfParts is the average of those of parts of so many samples.
func aucOfParts(a, b []time.Duration, size int) float64 {
	sum, n := 0., len(a)/size
	for i := range n {
		sum += auc(a[i*size:(i+1)*size], b[i*size:(i+1)*size])
	}
	return sum / float64(n)
}

// tells is the same where earlier and later change places.
func tells(auc float64) float64 { return max(auc, 1-auc) }

func median(times []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}
