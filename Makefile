# One command each; CI runs `make test`.
GOLANGCI = golangci-lint
GOLANGCI_VERSION = v2.15.0
GORELEASER_VERSION = v2.13.0
CYCLONEDX_VERSION = v1.10.0
CORPORA ?= ../shared/corpora

.PHONY: all build site test tools lint generate bench eval others train tune folds grams fuzz evade growth hammer peers peers-mail proof soak image release clean

all: build

build:
	go build -trimpath -ldflags "-s -w" -o bin/madoguchi ./cmd/madoguchi

# The page as files for any host, answered on the device: bin/site.
bin/madoguchi.wasm: $(shell git ls-files '*.go' '*.bin' '*.html' '*.js' '*.css' '*.txt' go.mod)
	GOOS=js GOARCH=wasm go build -trimpath -ldflags "-s -w" -o $@ ./cmd/madoguchi-wasm
	cp "$$(go env GOROOT)/lib/wasm/wasm_exec.js" bin/
web/ocr/node_modules: web/ocr/package-lock.json
	cd web/ocr && npm ci --silent --no-audit --no-fund --ignore-scripts && touch node_modules
site: build bin/madoguchi.wasm web/ocr/node_modules
	rm -rf bin/site && bin/madoguchi site --ocr web/ocr bin/site

# Everything: lint, tests, data. No test is skipped; what a test needs is
# installed by this file. What is fetched is fetched while what is compiled is compiled;
# tests that wait for a disk or a server leave the cores to others.
test:
	$(MAKE) --no-print-directory -j3 --output-sync=line lint tools build bin/madoguchi.wasm
	$(MAKE) --no-print-directory -j2 --output-sync=line site web/e2e/node_modules
	go test -timeout 30m -p 4 ./...
	cd web/e2e && npm run --silent types && npm test --silent

web/e2e/node_modules: web/e2e/package-lock.json
	cd web/e2e && npm ci --silent --no-audit --no-fund && touch node_modules

# What the tests need beside Go, from Debian's packages.
TOOLS = python3 poppler-utils openssl dbus gnome-keyring postgresql systemd chromium fonts-morisawa-bizud-gothic nodejs postfix rspamd
tools:
	@dpkg -s $(TOOLS) >/dev/null 2>&1 || { apt-get update -qq && echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(TOOLS) >/dev/null; }

lint: bin/$(GOLANGCI)-$(GOLANGCI_VERSION)
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt these:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	bin/$(GOLANGCI)-$(GOLANGCI_VERSION) run ./...
	go run ./cmd/madoguchi data lint data

bin/$(GOLANGCI)-$(GOLANGCI_VERSION):
	GOBIN=$(CURDIR)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv bin/golangci-lint $@

# What is committed and made from something else.
generate:
	go run ./internal/knowledge/curate/compile

bench:
	go test ./... -run '^$$' -bench . -benchmem

# The reader's weights, from corpus/hands alone (internal/reader/train; needs a C++ compiler). folds
# leaves hands out: one model for each part, for the figures; two parts go on side by side.
FOLDS = 3
venv = bin/venv/bin/python
# Blocks of memory are kept and used again: a fifth of the time.
train = MALLOC_MMAP_THRESHOLD_=4000000000 MALLOC_TRIM_THRESHOLD_=8000000000 TORCH_EXTENSIONS_DIR=bin/extensions PATH="bin/venv/bin:$$PATH" $(venv) internal/reader/train/train.py bin/train.jsonl
$(venv): internal/reader/train/requirements.txt
	python3 -m venv bin/venv && bin/venv/bin/pip install -q -r $< && touch $@
bin/train.jsonl: corpus/hands/*.txt
	go run ./internal/reader/train -out $@ $^
train: $(venv) bin/train.jsonl
	$(train) --out internal/reader/model.bin
	go run ./internal/reader/train/grams -data bin/train.jsonl -into internal/reader/model.bin
folds: $(venv) bin/train.jsonl
	seq 0 $$(($(FOLDS) - 1)) | xargs -P 2 -I{} env $(train) --folds $(FOLDS) --only {} --dir bin/folds
	go run ./internal/reader/train/grams -data bin/train.jsonl -folds $(FOLDS) -dir bin/folds
# The networks go on from those that are there, where hands came to the corpus: half an hour.
tune: $(venv) bin/train.jsonl
	seq 0 1 | xargs -P 2 -I{} env $(train) --tune internal/reader/model.bin --passes 3 --lr 6e-4 --only-network {} --out bin/tuned.{}
	cat bin/tuned.0 bin/tuned.1 > internal/reader/model.bin
	go run ./internal/reader/train/grams -data bin/train.jsonl -into internal/reader/model.bin
# The classifier of whole texts alone, behind the networks that are there: a minute.
grams: bin/train.jsonl
	go run ./internal/reader/train/grams -data bin/train.jsonl -into internal/reader/model.bin

# Figures of docs/evaluation.md, on hands left out (make folds first, two hours) and on
# short texts of other hands; fails where one is worse than eval/baseline.json. others:
# names, addresses, mails, URLs of other sources; needs the corpora folder and Python 3.
HARD = $(wildcard corpus/hands/h8[2-9].txt)
LATER = $(wildcard corpus/hands/h9*.txt corpus/hands/h1[0-9][0-9].txt)
eval: build
	bin/madoguchi eval --folds bin/folds --misses 0 --html bin/evaluation.html --baseline eval/baseline.json $(filter-out $(HARD) $(LATER),$(wildcard corpus/hands/h*.txt))
	bin/madoguchi eval --folds bin/folds --misses 0 $(HARD)
	bin/madoguchi eval --folds bin/folds --misses 0 $(LATER)
	bin/madoguchi eval --misses 0 --baseline eval/baseline.json eval/scenarios.jsonl
others: build
	eval/run.sh bin/madoguchi $(CORPORA)

# Every parser, FUZZTIME each: each fuzz target of the module by its own name.
FUZZTIME = 10m
fuzz:
	@grep -rhoE --include='*_test.go' '^func Fuzz[A-Za-z]+' . | sort | uniq -d | { ! grep .; }
	@set -e; grep -rHoE --include='*_test.go' '^func Fuzz[A-Za-z]+' . | sort | while IFS=: read -r file func; do \
		echo "$$file $${func#func }"; \
		go test "$$(dirname "$$file")" -run '^$$' -fuzz "^$${func#func }$$" -fuzztime $(FUZZTIME) </dev/null; \
	done

# Disguises of messages and drafts, by kind; how time and memory grow with the input.
evade:
	go run ./eval/evade
growth:
	go run ./internal/eval/growth/measure -n 16384

# The casebook under faults: a thousand kills of two processes that write to it,
# PostgreSQL killed under its writers, every single bit of its files turned over,
# a disk that is full (needs the right to mount).
hammer:
	HAMMER=500 go test ./internal/casebook -run 'TestKilled|TestServerKilled|TestBitFlips|TestFullDisk' -v -timeout 180m

# The container, by podman, buildah or docker.
IMAGER = podman
image:
	mkdir -p bin/image
	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o bin/image/madoguchi ./cmd/madoguchi
	cp /etc/ssl/certs/ca-certificates.crt bin/image/
	$(IMAGER) build -t madoguchi -f packaging/Containerfile bin/image

# What is published, for each system, with checksums and a list of what is in it;
# nothing leaves this machine.
release:
	test -x bin/cyclonedx-gomod || GOBIN=$(CURDIR)/bin go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$(CYCLONEDX_VERSION)
	test -x bin/goreleaser || GOBIN=$(CURDIR)/bin go install github.com/goreleaser/goreleaser/v2@$(GORELEASER_VERSION)
	bin/goreleaser check
	PATH="$(CURDIR)/bin:$$PATH" bin/goreleaser release --snapshot --clean

clean:
	rm -rf bin

# The API against programs of others: schemathesis, LiteLLM's guardrail, wrk.
proof: build
	dpkg -s wrk >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq wrk; }
	api/proof/run.sh bin/madoguchi

# A million messages through a three-node cluster while nodes and workers are
# killed and cut off, then with disks that fill; see internal/stream/soak.
# SOAK="-n 60000 -every 3s" is a short one.
SOAK = -n 1000000 -every 20s -measure rates,delays,recovery
soak: build
	GOBIN=$(CURDIR)/bin go install github.com/nats-io/nats-server/v2
	go build -o bin/soak ./internal/stream/soak
	bin/soak $(SOAK)
	bin/soak -n 150000 -every 3s -disk 1g

# rspamd and SpamAssassin, local checks only, on the same mails in the same run.
peers-mail: build
	dpkg -s rspamd spamassassin >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq rspamd spamassassin; }
	python3 bench/peers/mails.py bin/madoguchi $(CORPORA)

# The peers on the same texts in the same run; installs them.
peers: build
	dpkg -s mecab mecab-ipadic-utf8 >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq mecab mecab-ipadic-utf8; }
	test -x bench/peers/venv/bin/python || python3 -m venv bench/peers/venv
	bench/peers/venv/bin/pip install -q presidio-analyzer==2.2.366 ja-ginza==5.3.0
	cd bench/peers/kagome && go mod tidy && go build -o kagome .
	python3 bench/peers/run.py bin/madoguchi $(CORPORA)
