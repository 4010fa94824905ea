# make test    set up what is missing, then run every test with the race detector,
#              and each benchmark once
# make bench   the figures of the documentation
# make fuzz    every fuzz target for FUZZTIME
# make check   formatting, vet, staticcheck, tidiness of every module
# make amplify the Amplify back end and front end of examples/amplify (900 MB of npm packages)
# make demo    both patterns on this machine

MODULES := . examples crosscheck
TOOLS   := $(CURDIR)/.bin
# The test with AWS's own command line runs where that is, and must with CI=true.
AWSCLI  := $(if $(filter true,$(CI))$(shell command -v aws),-tags awscli)

.PHONY: test bench fuzz check amplify demo
test: .bin/ready
	@set -e; for m in $(MODULES); do echo "== test $$m"; (cd $$m && go test -race $(AWSCLI) ./...); done
	@echo "== without the race detector: allocations, 10,000 jobs of chaos, and each benchmark once"; \
	go test -run 'Allocations$$|ChaosEndToEnd$$' -bench . -benchtime 1x ./...

bench:
	go test -run '^$$' -bench . -benchmem ./...

# For each target: 60s, or a count such as 10000x.
FUZZTIME ?= 60s
fuzz: .bin/ready
	@FUZZTIME=$(FUZZTIME) tools/fuzz.sh $(MODULES)

check: .bin/staticcheck
	@out=$$($(TOOLS)/gofumpt -l .); [ -z "$$out" ] || { echo "gofumpt would change:"; echo "$$out"; exit 1; }
	@set -e; for m in $(MODULES); do echo "== check $$m"; (cd $$m && go vet -tags awscli,amplify ./... && $(TOOLS)/staticcheck -tags awscli,amplify ./...); done
	@set -e; for m in $(MODULES) tools; do echo "== tidy $$m"; (cd $$m && GOWORK=off go mod tidy -diff); done

amplify: .bin/ready
	@tools/amplify.sh

demo:
	go run ./examples/rosario -demo

.PHONY: .bin/ready
.bin/ready:
	@tools/dynoxide.sh
	@tools/appsync.sh

.bin/staticcheck: tools/go.mod tools/go.sum
	GOWORK=off GOBIN=$(TOOLS) go -C tools install tool
	@touch $@
