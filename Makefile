# 'make' lists the targets. CONTRIBUTING.md says when to use which.

MODULES   := . examples crosscheck
# The packages of several modules for one command of Go, which then has work for each core until the end. Those that
# take longest are first.
EACH      := ./crosscheck/... ./examples/... ./...
# In recipes "$$TOOLS": make itself would not quote a folder whose name the shell takes apart.
export TOOLS := $(CURDIR)/.bin
TEMPLATES := examples/template.yaml examples/publishqueryjob/template.yaml examples/publishevents/template.yaml $(filter-out %/README.md,$(wildcard docs/guides/*.md))
# The test with AWS's own command line runs where that is installed, and always with CI=true.
AWSCLI    := $(if $(filter true,$(CI))$(shell command -v aws),-tags awscli)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: tools
tools: servers .bin/installed ## Install what the tests and checks need: a DynamoDB server, an AppSync simulator, AWS's clients for Node.js, linters

.PHONY: test
test: servers ## Run every test, and each benchmark once
	go test $(AWSCLI) $(EACH)
	@echo "== each benchmark once"; go test -run '^$$' -bench . -benchtime 1x ./...

# Not with the detector: crosscheck, which compares with the libraries of others and drives a browser; internal/docs; the
# tests that run the code of TestStore against other models and tables; those of built programs, which have no
# detector; a test of requests that meet, which the detector keeps apart; and one that fills a large table. 'make test' runs them.
ONCE := ^Test(Variants|Composite|RecoverySweep|Amplify.*|Template.*|AnswersLeaveRoomForAcknowledgements)$$|^TestStore$$/^(plain|amplify|fixed_sort_key)$$
.PHONY: race
race: servers ## Run the tests with the race detector (needs gcc)
	go test -race -skip '$(ONCE)' $(AWSCLI) $$(go list $(EACH) | grep -v '/crosscheck\|/internal/docs$$')

.PHONY: bench
bench: ## Measure the figures of docs/benchmarks.md
	go test -run '^$$' -bench . -benchmem ./...

FUZZTIME ?= 60s
.PHONY: fuzz
fuzz: servers ## Run every fuzz target for FUZZTIME: 60s, or a count such as 10000x
	@FUZZTIME=$(FUZZTIME) tools/fuzz.sh $(MODULES)

.PHONY: check
check: .bin/installed template ## Check formatting, vet, staticcheck, workflows, go.mod files, the module's zip
	@out=$$("$$TOOLS"/gofumpt -l .); [ -z "$$out" ] || { echo "gofumpt would change:"; echo "$$out"; exit 1; }
	@set -e; for m in $(MODULES); do echo "== check $$m"; (cd $$m && go vet -tags awscli,amplify ./... && "$$TOOLS"/staticcheck -tags awscli,amplify ./...); done
	@set -e; for m in $(MODULES) tools; do echo "== tidy $$m"; (cd $$m && GOWORK=off go mod tidy -diff); done
	@echo "== workflows"; "$$TOOLS"/actionlint -shellcheck= -pyflakes= .github/workflows/*.yml
	@echo "== module zip"; "$$TOOLS"/modzip .

.PHONY: template
template: ## Check the CloudFormation templates of the examples and the guides
	@tools/npm.sh tools/template "AWS's resource specification"
	@echo "== templates"; cd tools/template && node --test --test-reporter=dot && node check.mjs $(addprefix ../../,$(TEMPLATES))

.PHONY: apidiff
apidiff: .bin/installed ## Compare the API with BASE: the last release, or the previous commit
	@tools/apidiff.sh $(BASE)

.PHONY: vuln
vuln: .bin/installed ## Look for known vulnerabilities (needs vuln.go.dev)
	@set -e; for m in $(MODULES) tools; do echo "== vuln $$m"; (cd $$m && GOWORK=off "$$TOOLS"/govulncheck -test ./...); done

.PHONY: amplify
amplify: servers ## Check the Amplify back end and front end of examples/amplify (900 MB of npm packages)
	@tools/amplify.sh

.PHONY: demo
demo: ## Run both patterns on this machine
	go run ./examples/rosario -demo

.PHONY: servers
servers:
	@tools/dynoxide.sh
	@tools/npm.sh internal/appsynctest/simulator "the AppSync simulator"
	@tools/nodeclients.sh
	@tools/npm.sh examples/publishevents/frontend "Amplify's client for AppSync Events"

# The linters are built with the toolchain of tools/go.mod, the newest that this
# repository supports: an older one cannot read code for a newer.
.bin/installed: tools/go.mod tools/go.sum $(wildcard tools/*/*.go)
	GOWORK=off GOTOOLCHAIN=auto GOBIN="$$TOOLS" go -C tools install tool ./...
	@touch $@
