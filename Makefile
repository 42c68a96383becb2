# Every check of the project is a target here; .ci/run calls the same ones.

TOOL := go tool -modfile=tools/go.mod

# The packages whose statements count, and the least share of them, in
# percent, that the tests must reach.
COVERED      := validation caddymodule
MIN_COVERAGE := 90

# How long each fuzz target runs.
FUZZTIME ?= 5s

.PHONY: help deps wasm npm test torture soak timing cover fuzz bench soak-junk lint gofmt vet golangci-lint tidy govulncheck example xcaddy

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

deps:
	@scripts/install-deps.sh
	@scripts/unpack-crypto-mb.sh
	@scripts/install-contract-tools.sh

wasm: ## compile the validation rules to WebAssembly, after a change of them
	@scripts/build-wasm.sh

npm: ## make the npm package of the validation rules in build/npm
	@scripts/build-npm.sh

# With the race detector every process, each gateway of the end-to-end tests among them,
# sleeps for a second before it ends, unless it is told not to. And without what only
# debuggers read, programs are linked in half the time.
RACE := GORACE=atexit_sleep_ms=10 go test -race -ldflags=-w

test: deps ## run all tests, install what they need
	@# The end-to-end tests first, as they take longest; and eight of them at once, as
	@# many wait for a lease or an overlap to end.
	$(RACE) -parallel 8 -timeout 20m ./internal/e2e ./...
	go -C tools test ./...

torture: deps ## kill gateways and stores of claims, and reload, 100 times each, under load
	CUSTOMERGATE_ROUNDS=100 $(RACE) -count 1 -timeout 60m -v -run 'Killed$$|^TestReloadKeepsClaims$$' ./internal/e2e

# How long make soak lets everything fail in turn.
SOAK ?= 10m

soak: deps ## let everything around a gateway fail for SOAK (default 10m), then send it a million bad requests
	CUSTOMERGATE_SOAK=$(SOAK) CUSTOMERGATE_BAD_REQUESTS=1000000 go test -count 1 -timeout 60m -v -parallel 1 -run '^Test(Soak|BadRequests)$$' ./internal/e2e

timing: deps ## compare the times that failures to decrypt take, by each engine
	go test -count 1 -timeout 30m -tags timing -v -run TakeTheSameTime ./caddymodule/internal/oaep

cover: deps ## count the statements that tests run, and show the others in build/coverage.html
	@mkdir -p build
	@# Without the race detector, which makes counting ten times slower, and so with
	@# nothing left out of the exhaustive tests. What waits for servers to go and come
	@# covers nothing more.
	go test -parallel 4 -timeout 20m -skip 'ThatBreak|ThatGoesAway|OutliveKills|TestKilled$$|TestSweep$$' -coverpkg=./validation/...,./caddymodule/... -coverprofile=build/coverage.out ./validation/... ./caddymodule/...
	go tool cover -html=build/coverage.out -o build/coverage.html
	@scripts/coverage.sh build/coverage.out $(MIN_COVERAGE) $(COVERED)

fuzz: ## run each fuzz target for FUZZTIME (default 5s)
	@scripts/fuzz.sh $(FUZZTIME)

# A commit whose gateway make bench measures beside this one.
BASE ?=
# Whether make soak-junk fails where what is to be reached is not.
STRICT ?=

bench: ## measure each rule, each store of claims, then the whole gateway
	@scripts/unpack-crypto-mb.sh
	@scripts/install-node-gateway.sh
	go test -run '^$$' -bench . -benchmem ./validation/...
	go test -run '^$$' -bench '^BenchmarkClaim$$' ./caddymodule/claims/...
	go run ./internal/bench $(if $(BASE),-base $(BASE))

soak-junk: ## flood the gateway with junk, and see who is served meanwhile
	@scripts/unpack-crypto-mb.sh
	go run ./internal/soak $(if $(STRICT),-strict)

lint: gofmt vet golangci-lint tidy ## run the static checks

gofmt:
	@unformatted=$$(gofmt -l .) && test -z "$$unformatted" || { echo "gofmt these files:"; echo "$$unformatted"; exit 1; }

vet:
	go vet ./...
	go -C tools vet ./...

golangci-lint:
	$(TOOL) golangci-lint run

tidy:
	go mod tidy -diff
	go -C tools mod tidy -diff

govulncheck: ## look for known vulnerabilities that the code can reach
	@scripts/govulncheck.sh

example: ## check Caddyfile.example with the gateway itself
	go build -o build/caddy ./cmd/caddy
	@diff=$$(build/caddy fmt --diff Caddyfile.example) || { echo "$$diff"; exit 1; }
	build/caddy validate --config Caddyfile.example

xcaddy: ## build ./caddy from this checkout with xcaddy
	$(TOOL) $$(grep '=\.$$' xcaddy.txt)
