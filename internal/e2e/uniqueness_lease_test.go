package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// pair is two gateways, each before a service of its own, that share a store; the
// first one is behind a breaker.
type pair struct {
	proxy                       *breaker
	first, second               *gateway
	firstService, secondService *customerService
}

func startPair(t *testing.T) *pair {
	t.Helper()
	server := sharedRedis.get(t)
	p := &pair{proxy: startBreaker(t, server.Address), firstService: startService(t), secondService: startService(t)}
	storage, database := "STORAGE="+t.TempDir(), newRedisDatabase()
	start := func(store claimStore, service *customerService) *gateway {
		return startGateway(t, setup{
			upstream: service.address,
			env:      []string{storage},
			site:     store.with(patientStore).with(database).gate(shortLease),
		})
	}
	p.first = start(redisStore(p.proxy.address), p.firstService)
	p.second = start(redisStore(server.Address), p.secondService)
	register(t, p.first, newAddress()).check(t, 201) // from now on, the server knows the scripts
	return p
}

// holdCommit registers an address at the first gateway, and stops the commit on
// its way.
func (p *pair) holdCommit(t *testing.T, address string) <-chan answer {
	t.Helper()
	answerFirst := p.firstService.holds(t, answerCreated)
	got := registerBeside(t, p.first, address)
	p.firstService.await(t, address)
	p.proxy.hold(requests)
	sent := p.proxy.count(requests)
	answerFirst()
	waitUntil(t, "the commit is on its way", func() bool { return p.proxy.count(requests) > sent })
	return got
}

// TestCommitGivenUp: where the store is away when a customer has been created,
// the client is told so in time, the operator that the claim is lost, and the
// address is held for its lease and no longer.
func TestCommitGivenUp(t *testing.T) {
	t.Parallel()
	p := startPair(t)
	address := newAddress()
	start := time.Now()
	(<-p.holdCommit(t, address)).check(t, 201)
	answered := time.Now()
	if took := answered.Sub(start); took > patience { // 10s, where the machine has time
		t.Errorf("the answer took %s", took)
	}
	if failed, reported := claimsMetric(t, p.first, "failed"), failedCommits(p.first); failed != 1 || reported != 1 {
		t.Errorf("%d operations failed and %d commits were reported as failed, want 1", failed, reported)
	}
	awaitLeaseEnd(t, answered, func() answer { return register(t, p.second, address) }).check(t, 201)
	p.proxy.pass()
	register(t, p.first, newAddress()).check(t, 201)
	register(t, p.second, address).checkTaken(t)
}

// TestLateCommit: a gateway waits for the upstream for as long as the lease, less
// a second, so it is the way to the store that can make its commit late. Where
// another registration has the address by then, the commit changes nothing.
func TestLateCommit(t *testing.T) {
	t.Parallel()
	p := startPair(t)
	address := newAddress()
	firstAnswer := p.holdCommit(t, address)

	answerSecond := p.secondService.holds(t, answerWith(400, `{"success":false}`))
	var secondAnswer <-chan answer
	waitUntil(t, "the lease has ended, and a second registration is with the upstream", func() bool {
		if secondAnswer == nil {
			secondAnswer = registerBeside(t, p.second, address)
		}
		select {
		case got := <-secondAnswer:
			got.checkPending(t, leaseOfTests)
			secondAnswer = nil
		default:
		}
		return p.secondService.registrations(address) == 1
	})
	p.proxy.pass()
	(<-firstAnswer).check(t, 201) // the upstream's answer is the client's
	if fenced, committed := claimsMetric(t, p.first, "fenced"), claimsMetric(t, p.first, "committed"); fenced != 1 || committed != 1 {
		t.Errorf("%d claims were fenced and %d committed, want 1 and the one before", fenced, committed)
	}
	register(t, p.second, address).checkPending(t, leaseOfTests)

	answerSecond()
	(<-secondAnswer).check(t, 400)
	p.secondService.answers(answerCreated)
	register(t, p.second, address).check(t, 201)
}

// registerBeside registers an address while the test goes on.
func registerBeside(t *testing.T, g *gateway, address string, headers ...headerField) <-chan answer {
	got := make(chan answer, 1)
	go func() {
		a, err := tryRegister(g, address, headers...)
		if err != nil {
			t.Error(err)
		}
		got <- a
	}()
	return got
}

// TestCreatedMeansTaken: however long the upstream's answer is, and however it is
// framed, a client has all of it only when the store has the claim.
func TestCreatedMeansTaken(t *testing.T) {
	t.Parallel()
	service := startService(t)
	proxy := startBreaker(t, sharedRedis.get(t).Address)
	gate := startGateway(t, setup{
		upstream: service.address,
		site:     redisStore(proxy.address).with(patientStore).with(newRedisDatabase()).gate(""),
	})
	register(t, gate, newAddress()).check(t, 201)
	for name, how := range map[string]http.HandlerFunc{
		"short":   answerCreated,
		"long":    answerWith(201, strings.Repeat(" ", 30000)+createdBody),
		"empty":   answerWith(201, ""),
		"chunked": answerInChunks,
	} {
		t.Run(name, func(t *testing.T) {
			answer := service.holds(t, how)
			address := newAddress()
			registered := registerBeside(t, gate, address)
			service.await(t, address)
			proxy.hold(requests)
			sent := proxy.count(requests)
			answer()
			waitUntil(t, "the commit is on its way", func() bool { return proxy.count(requests) > sent })
			select {
			case got := <-registered:
				t.Errorf("the client has its answer, %d, and the store has no claim", got.status)
				proxy.pass()
			case <-time.After(200 * time.Millisecond): // what is not to happen has had its chance
				proxy.pass()
				(<-registered).check(t, 201)
			}
			register(t, gate, address).checkTaken(t)
		})
	}
}

func answerInChunks(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusCreated)
	for part := range split(createdBody, 10) {
		_, _ = io.WriteString(w, part)
		_ = http.NewResponseController(w).Flush()
	}
}
