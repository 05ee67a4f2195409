# hquorum: `make help` lists what can be done here.
.DEFAULT_GOAL := help
SHELL := /bin/bash
export HBASE ?= 2.6.4
FUZZTIME ?= 10s
# Set TEST to run some tests only: make test-peers TEST=TestHBase
TEST ?= .

.PHONY: demo
demo: ## a real HBase (HBASE=2.6.4 or 2.2.3) on hquorum; stays until Ctrl-C
	@go build -o bin/demo ./test/demo && exec bin/demo $(DEMOFLAGS)

.PHONY: test
test: check test-unit test-race test-peers ## everything: checks, unit tests, and the tests against real peers

.PHONY: check
check: ## formatting, vet, and the rules of the house
	@files=$$(gofmt -l .); if [ -n "$$files" ]; then echo "not formatted (run gofmt -w):"; echo "$$files"; exit 1; fi
	go vet ./...
	go test ./test/rules

.PHONY: test-unit
test-unit: ## unit tests and the simulation: no peer needed
	go test $$(go list ./... | grep -v '/test/') ./test/wire ./test/sim/... -run '$(TEST)'

.PHONY: test-race
test-race: ## the unit tests of the concurrent packages under the race detector
	go test -race -short ./shim/... ./test/sim/... -run '$(TEST)'

# One package after the other: each starts JVMs or etcd processes, and two
# cores are enough for one at a time.
.PHONY: test-peers
test-peers: ## against real ZooKeeper, etcd and HBase, which are fetched by Maven and the Go proxy
	go test -p 1 -count 1 -timeout 60m ./test/peer ./test/clients ./test/crash ./test/diff ./test/hbase ./test/model -run '$(TEST)' -v | $(FILTER)

# Shows progress and results, not every line of every log.
FILTER := grep -v --line-buffered -E '^=== (RUN|PAUSE|CONT|NAME)' ; exit $${PIPESTATUS[0]}

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (10s) each
	@set -e; for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; go test $$package -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME); \
	  done; done

.PHONY: bench
bench: ## hquorum beside real ZooKeeper, half an hour; BENCHFLAGS='--only crud --json bench.json'
	@go build -o bin/bench ./test/bench && exec bin/bench $(BENCHFLAGS)

.PHONY: bench-smoke
bench-smoke: ## the same in two minutes, with figures that only tell whether it works
	@go build -o bin/bench ./test/bench && exec bin/bench --smoke $(BENCHFLAGS)

.PHONY: bench-growth
bench-growth: ## how throughput and memory grow with connections, znodes, watches, sessions and data
	@go build -o bin/bench ./test/bench && exec bin/bench --growth $(BENCHFLAGS)

.PHONY: bench-parts
bench-parts: ## Go benchmarks of the hot parts, with what they allocate
	go test ./shim/... -run '^$$' -bench . -benchmem

.PHONY: build
build: ## bin/hquorum, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/hquorum ./cmd/hquorum

.PHONY: lint
lint: ## golangci-lint, built from its module at a pinned version
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.5.0 run

.PHONY: clean
clean: ## removes what was built here
	rm -rf bin

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
