# `make test` is the one test command: people, hooks and CI all run it.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOFUMPT     = mvdan.cc/gofumpt@v0.12.0
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0
GORELEASER  = go run github.com/goreleaser/goreleaser/v2@v2.16.0
# The benchmark runs against the Python of the system where there is one: it has
# the packages that its workloads need.
PYTHON      = $(firstword $(wildcard /usr/bin/python3) python3)

.PHONY: build
build: ## build ./cacheview; git tells it its version
	go build -trimpath -buildvcs=auto -ldflags '-s -w' -o cacheview .

# The race detector takes three to ten times as long. decode starts no goroutines (a
# test checks that), so only its pool is tested with it. The tests of the command line
# start the program as a process and wait for it, so many of them run at once.
REQUIRE = CACHEVIEW_REQUIRE_REDIS=1 CACHEVIEW_REQUIRE_PYTHON=1

.PHONY: test
test: deps lint ## everything that must hold before a commit lands
	$(REQUIRE) go test -timeout 20m ./decode/...
	$(REQUIRE) go test -timeout 20m -parallel 8 ./ui/cli
	$(REQUIRE) go test -timeout 20m ./ui -run "Hostile|CopiedText"
	$(REQUIRE) go test -timeout 20m -race ./decode/pickle -run Concurrent
	$(REQUIRE) go test -timeout 20m -race $$(go list ./... | grep -v -e /decode -e /ui/cli)

.PHONY: deps
deps: ## install, or name, what the tests need beside Go
	.ci/install

.PHONY: lint
lint: ## formatting, vet and staticcheck, pinned and outside of go.mod
	@bad=$$(go run $(GOFUMPT) -l .); [ -z "$$bad" ] || { echo "not gofumpt-clean:"; echo "$$bad"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...

.PHONY: journeys
journeys: ## go the ways of a first-time user at every size; JOURNEYS=update keeps what is seen
	CACHEVIEW_REQUIRE_REDIS=1 CACHEVIEW_JOURNEYS=$(JOURNEYS) go test -tags journeys -count=1 -run TestJourneys ./ui/cli

.PHONY: pictures
pictures: ## make the README's pictures from the real program (needs tmux)
	.ci/pictures

PLATFORMS = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64
.PHONY: cross
cross: $(PLATFORMS:%=cross-%) ## build for every platform that releases are for

.PHONY: $(PLATFORMS:%=cross-%)
$(PLATFORMS:%=cross-%): cross-%:
	CGO_ENABLED=0 GOOS=$(*D) GOARCH=$(*F) go build -trimpath -o /dev/null .

.PHONY: reproducible
reproducible: ## build the last commit twice, and compare the bytes
	.ci/reproducible

.PHONY: release-check
release-check: ## make all of a release here, publish nothing, and look at it
	GORELEASER="$(GORELEASER)" .ci/release-check

.PHONY: release
release: ## what the release workflow runs on a tag
	$(GORELEASER) release --clean

.PHONY: vuln
vuln: ## look up what is known of the modules (needs vuln.go.dev)
	go run $(GOVULNCHECK) ./...

.PHONY: bench-decode
bench-decode: ## time the pickle reader beside CPython on the same bytes
	$(PYTHON) decode/pickle/testdata/tools/bench.py

.PHONY: bench-scale
bench-scale: ## measure with a million keys, or KEYS of them, beside redis-cli and a bare loop
	go test -tags scale ./ui -run '^TestScale$$' -count=1 -timeout 3h -v

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (default 1m each), and more random pickles
	.ci/fuzz

.PHONY: test-servers
test-servers: ## run the tests of inspect on Valkey 8 and Redis 8 (from Debian)
	.ci/test-servers

.PHONY: fresh
fresh: ## follow README and guide on a clean Debian (needs root and debootstrap)
	.ci/fresh

SOAK = 30m
.PHONY: soak
soak: ## change real servers for SOAK (default 30m), with kills, broken connections and full disks
	SOAK=$(SOAK) CACHEVIEW_REQUIRE_REDIS=1 go test ./inspect -v -run '^TestSoak(Faults)?$$' -timeout 0

.PHONY: long
long: ## the tests of huge values and many keys with the most there are (minutes, 2 GB of memory)
	CACHEVIEW_REQUIRE_REDIS=1 go test -tags long ./ui/cli -v -count=1 -run '^(TestHuge|TestManyKeys)$$' -timeout 30m

.PHONY: fmt
fmt: ## format every file as lint wants it
	go run $(GOFUMPT) -w .

.PHONY: clean
clean:
	rm -rf cacheview dist extras

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14
