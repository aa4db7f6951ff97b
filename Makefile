# Two commands do all the set-up: `make demo` and `make test`. They need python3 and make, and bring uv when there is none.
SHELL := /bin/bash
SERVE ?= 1
PORT ?= 8000
COVERAGE_FLOOR := 78
VENV := .venv
BIN := $(VENV)/bin
SITES_VENV := build/site-generators
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
# Byte code is kept whatever the environment says: compiling the suite and the source anew takes 10 s at each run.
export PYTHONDONTWRITEBYTECODE :=
DEMO := --config notebooks/data/footnoted.toml
# The packages of Debian that the tests start: a browser, a pooler, a cache, Node.js, and jq for a shown script.
DEBIAN_PACKAGES := jq chromium chromium-driver pgbouncer redis-server nodejs npm
NEEDED_PROGRAMS := jq chromium chromedriver pgbouncer redis-server node npm

.DEFAULT_GOAL := help
.PHONY: help install demo test test-fast test-sites coverage test-live openapi lint bench bench-readers faults lock clean system-packages node-packages site-packages
help:  ## Say what each of these does.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed  ## Install Footnoted into .venv, with uv and the locked versions.

.tools/bin/uv:
	@python3 -m venv .tools 2>/dev/null || { rm -rf .tools; \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get -qq update && apt-get -qq install -y python3-venv >/dev/null && python3 -m venv .tools; \
	  else echo "python3 has no venv module: install it (Debian: apt-get install python3-venv) or install uv." >&2; exit 1; fi; }
	@.tools/bin/python -m pip install -q --require-hashes -r requirements-uv.lock

$(VENV)/bin/python: | $(if $(findstring .tools,$(UV)),.tools/bin/uv)
	@$(UV) venv -q --allow-existing --python '>=3.11,<3.14' $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@$(UV) pip install -q --compile-bytecode --python $(BIN)/python --link-mode copy --require-hashes -r requirements.lock
	@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@$(UV) pip install -q --compile-bytecode --python $(BIN)/python --link-mode copy --require-hashes -r requirements-dev.lock
	@touch $@

demo: install  ## Ingest the sample book, answer one question, serve it (SERVE=0: not).
	@$(BIN)/footnoted ingest $(DEMO)
	@$(BIN)/footnoted ask $(DEMO) "How does BM25 limit the weight of a repeated term?"
	@echo 'The other commands know the sample book by $(DEMO): $(BIN)/footnoted status $(DEMO)'
ifneq ($(SERVE),0)
	@$(BIN)/footnoted serve $(DEMO) --port $(PORT)
endif

# As root on a Debian system the missing packages are installed; elsewhere they are named and their tests left out.
system-packages:
	@missing=""; for p in $(NEEDED_PROGRAMS); do command -v $$p >/dev/null || [ -x /usr/sbin/$$p ] || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    want="$(DEBIAN_PACKAGES)"; command -v node >/dev/null && want="$${want/nodejs npm/}"; \
	    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$want >/dev/null; \
	  else echo "Not installed:$$missing. The tests that need them are left out."; fi; fi

node-packages: system-packages
	@if command -v npm >/dev/null; then for folder in tests/contract/node tests/e2e/react; do \
	  [ $$folder/node_modules/.package-lock.json -nt $$folder/package-lock.json ] || npm ci --prefix $$folder --silent --no-audit --no-fund || exit 1; done; fi

# Two processes at a time: most of the suite waits for processes, sockets and disks. A file stays with one of them, so
# that what its tests share (a served book, two servers behind a Redis) is made once.
# WITHOUT=<folder> leaves a folder out: continuous integration runs the unit tests once, with their coverage.
test: $(VENV)/.installed-dev system-packages node-packages  ## Run the whole suite but for the builds of whole sites.
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(if $(WITHOUT),--ignore=$(WITHOUT))

test-fast: $(VENV)/.installed-dev  ## Run the unit tests alone: no services, under a minute.
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/unit

# Whole generators, which are needed by nothing else.
$(SITES_VENV)/.installed: requirements-sites.lock | $(VENV)/bin/python
	@$(UV) venv -q --allow-existing --python '>=3.11,<3.14' $(SITES_VENV)
	@$(UV) pip install -q --python $(SITES_VENV)/bin/python --link-mode copy --require-hashes -r requirements-sites.lock
	@touch $@

site-packages: system-packages $(SITES_VENV)/.installed
	@if command -v npm >/dev/null; then for folder in tests/contract/starlight tests/contract/docusaurus tests/contract/vitepress; do \
	  [ $$folder/node_modules/.package-lock.json -nt $$folder/package-lock.json ] || npm ci --prefix $$folder --silent --ignore-scripts --no-audit --no-fund || exit 1; done; fi

test-sites: $(VENV)/.installed-dev system-packages node-packages site-packages  ## Build whole sites with their generators, and look at them in a browser.
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m sites

# Over the unit tests only: counting lines costs three quarters more CPU where Python lacks sys.monitoring (3.11).
coverage: $(VENV)/.installed-dev  ## Run the unit tests and say how much of the source they run; below the floor it fails.
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/unit --cov --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE_FLOOR)

# Calls the vendors whose keys are set in the environment; prints first what that costs.
test-live: $(VENV)/.installed-dev  ## Run the tests that call vendors, with the keys of the environment.
	@$(BIN)/python -m pytest -m live -s

# The copy of the API's document that the repository keeps.
openapi: install  ## Write docs/openapi.json anew.
	@$(BIN)/footnoted openapi > docs/openapi.json

# Needs the public question sets beside the project, or FOOTNOTED_SHARED_DATA.
bench: $(VENV)/.installed-dev  ## Run the benchmarks.
	@$(BIN)/python -m tests.load.bench_start
	@$(BIN)/python -m tests.load.bench_retrieval --cache build/bench
	@$(BIN)/python -m tests.load.bench_ingestion
	@$(BIN)/python -m tests.load.bench_ingestion --processes 2
	@$(BIN)/python -m tests.load.bench_reruns
	@$(BIN)/python -m tests.load.bench_chat_while_ingesting
	@$(BIN)/python -m tests.load.bench_extractive
	@$(BIN)/python -m tests.load.bench_golden
	@$(BIN)/python -m tests.load.bench_streaming
	@$(BIN)/python -m tests.load.bench_readers

# About half an hour on a quiet machine: ours with a vendor's models and without a key, the floor, and a peer.
bench-readers: READERS_SECONDS ?= 15
bench-readers: $(VENV)/.installed-dev  ## Measure 1 to 1000 readers at once, beside the floor and a peer, three runs.
	@mkdir -p build
	@$(BIN)/python -m tests.load.bench_readers --readers 1 10 100 300 1000 --runs 3 --seconds $(READERS_SECONDS) --servers footnoted keyless floor peer --json build/readers.json --plot build/readers.svg
	@$(BIN)/python -m tests.load.bench_readers --readers 2000 --runs 3 --seconds $(READERS_SECONDS) --servers footnoted --json build/readers-2000.json
	@$(BIN)/python -m tests.load.bench_readers --readers 100 1000 --seconds $(READERS_SECONDS) --servers footnoted --profile --json build/readers-stages.json

# Kills, drops, restarts, misbehaving vendors, overload, full disks, hostile bodies. What is measured lies in build/.
faults: export FOOTNOTED_FIGURES := $(CURDIR)/build/faults.jsonl
faults: $(VENV)/.installed-dev system-packages  ## Run the tests of kills, drops, restarts and failing vendors, the long way.
	@mkdir -p build && rm -f $(FOOTNOTED_FIGURES)
	@$(BIN)/python -m pytest tests/integration/test_edge.py tests/integration/test_postgres_drops.py tests/integration/test_postgres_embedded.py tests/contract/test_qdrant_failures.py tests/contract/test_vendor_failures.py tests/integration/test_active_index.py tests/integration/test_embedding_switch.py tests/integration/test_limits.py tests/integration/test_through_a_server.py tests/integration/test_records_runs.py tests/integration/test_workers.py tests/integration/test_overload.py tests/integration/test_shutdown.py tests/integration/test_disk_full.py tests/integration/test_clock_jumps.py tests/integration/test_limits_redis.py tests/unit/app/auth/test_jwks.py tests/unit/app/http/test_connection_bounds.py tests/security/test_attacks_time.py tests/integration/test_page_process.py tests/integration/test_pages_read_apart.py tests/integration/test_ingestion_ray.py
	@FOOTNOTED_KILLS=48 $(BIN)/python -m pytest --timeout 900 -s tests/integration/test_ingestion_killed.py
	@$(BIN)/python -m tests.load.bench_stalls
	@cat $(FOOTNOTED_FIGURES)

lint: $(VENV)/.installed-dev  ## Check style, types and who imports whom.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

lock: | $(VENV)/bin/python  ## Write the lock files anew from pyproject.toml.
	@$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml -o requirements.lock
	@$(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" -c requirements.lock --group dev pyproject.toml -o requirements-dev.lock
	@$(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --group sites -o requirements-sites.lock
	@echo uv | $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" - -o requirements-uv.lock

clean:  ## Remove what the others installed and built.
	rm -rf $(VENV) .tools build dist *.egg-info
