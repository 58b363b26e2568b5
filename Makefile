# Every target installs what it needs first (scripts/bootstrap says what).
SHELL := bash
GO ?= go
export OMP_THREAD_LIMIT := 1

.DEFAULT_GOAL := help
.PHONY: supply reproducible hostile help bootstrap build demo up test lint fuzz bench benchmarks manifests batch eval pictures chaos train clean

help: ## show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap: ## install what is missing: a compiler, tesseract, Postgres, fonts
	@scripts/bootstrap

build: bootstrap ## build all programs into bin/
	@$(GO) build -trimpath -o bin/ ./cmd/...

demo: build ## run the whole path once on drawn specimens and print a table
	@bin/realname demo

up: build ## run the whole stack on this machine until Ctrl-C
	@bin/realname up

test: ## run all tests with the race detector, on real servers
	@scripts/bootstrap test
	$(GO) vet ./...
	$(GO) test -race -timeout 20m ./...
	$(GO) test -tags chaos -timeout 8m ./test/chaos -run Whatever -pace 100ms -seed 1

lint: bootstrap ## check format and run staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet ./...
	$(GO) tool -modfile=tools/go.mod staticcheck ./...

FUZZTIME ?= 30s
fuzz: bootstrap ## run every fuzz target for FUZZTIME (30s)
	@scripts/fuzz $(FUZZTIME)

N ?= 5000
batch: build ## send a drawn batch of N items (5000) through the real programs and check what becomes of it
	@scripts/bootstrap test
	@scripts/batch $(N)

eval: build ## review a drawn corpus of every document and fault and hold its floor (about ten minutes)
	@bin/realname eval drawn --seed 1 --clean 0.99 --each 0.95

pictures: bootstrap ## take a picture of every page of the console, in both languages, light and dark, into out/console
	@scripts/bootstrap test
	$(GO) test -count=1 -timeout 20m ./test/console -gallery

FAULTS ?= 1000
SUBMISSIONS ?= 100000
FOR ?= 25m
SEED ?= 0
chaos: bootstrap ## break the whole system FAULTS times under SUBMISSIONS, for at most FOR; SEED repeats a run
	$(GO) test -v -tags chaos -timeout 0 ./test/chaos -faults $(FAULTS) -submissions $(SUBMISSIONS) -for $(FOR) -pace 1ms -seed $(SEED)

supply: build ## bills of materials of the programs (out/*.cdx.json), and the licence of every module
	@scripts/supply

reproducible: bootstrap ## build the services twice and compare them
	@scripts/reproducible

FLIPS ?= 2000
hostile: bootstrap ## review hostile files, and every document cut at 500 lengths and with FLIPS flipped bits (2000: hours)
	$(GO) test -v -count=1 -timeout 0 ./internal/corpus -run 'Hostile|Torn' -figures -lengths 500 -flips $(FLIPS)

train: ## train the networks of the reader from nothing (over two hours of processor time)
	@training/train.sh

BENCH ?=
bench: bootstrap ## measure the pipeline beside its peers and write bench/REPORT.md; BENCH=… as bench/doc.go says
	cd bench && $(GO) mod tidy && $(GO) run . $(BENCH)

benchmarks: bootstrap ## run the benchmarks of the packages
	$(GO) test -run '^$$' -bench . -benchmem ./...

manifests: ## check deploy/kubernetes against the schemas of Kubernetes
	cd deploy/kubernetes/check && $(GO) vet ./... && $(GO) test ./...

clean: ## remove what was built
	rm -rf bin out
