# Everything a checkout needs: a Python of 3.11 to 3.13, make, and a package index that pip is configured for.
# `make help` lists the targets. The first target that needs it makes the environment in .venv; later ones reuse it.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
READY := $(VENV)/.ready
LITELLM_VENV := .venv-litellm
LITELLM_READY := $(LITELLM_VENV)/.ready
SPARK_VENV := .venv-spark
SPARK_READY := $(SPARK_VENV)/.ready
PEERS_VENV := .venv-peers
PEERS_READY := $(PEERS_VENV)/.ready
PIP_FLAGS := --disable-pip-version-check --no-input -q
# Requirement files are complete, so they are installed without resolving: in its hash mode pip takes a newer release of
# what somebody asks for with an extra (pydantic[email]) for a requirement without a pin.
OUT ?= bench
UV ?= uv
LOCK := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate --quiet

# The first of these that runs and has the right version; `make PYTHON=...` overrules the search.
find_python = for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
		if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
		then echo "$$candidate"; exit 0; fi; \
	done; echo "Stillwatch needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=/path/to/python3.12" >&2; exit 1

# $(call make_venv,FOLDER): a fresh virtual environment, with a plain word where the system has no venv module.
make_venv = python=$$($(find_python)) && rm -rf $(1) && echo "Making $(1) with $$("$$python" --version)" && \
	{ "$$python" -m venv $(1) || { echo "That Python cannot make virtual environments (Debian: apt install python3-venv)" >&2; exit 1; }; }

.PHONY: help
help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

$(INSTALLED): requirements/dev.txt
	@$(call make_venv,$(VENV))
	@echo "Installing requirements/dev.txt"
	@$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

$(READY): $(INSTALLED) pyproject.toml
	@$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@touch $@

$(LITELLM_READY): requirements/litellm.txt
	@$(call make_venv,$(LITELLM_VENV))
	@echo "Installing requirements/litellm.txt"
	@$(LITELLM_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --require-hashes -r requirements/litellm.txt
	@touch $@

# Two files, one after the other: a pin that both have is the same in both.
$(SPARK_READY): requirements/dev.txt requirements/spark.txt pyproject.toml
	@$(call make_venv,$(SPARK_VENV))
	@echo "Installing requirements/dev.txt and requirements/spark.txt"
	@$(SPARK_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --require-hashes -r requirements/dev.txt
	@$(SPARK_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --require-hashes -r requirements/spark.txt
	@$(SPARK_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@touch $@

# torch comes first and by itself: what it needs beside it differs by platform, and so stays out of the lock.
$(PEERS_READY): requirements/peers.txt pyproject.toml
	@$(call make_venv,$(PEERS_VENV))
	@echo "Installing torch and requirements/peers.txt"
	@$(PEERS_VENV)/bin/python -m pip install $(PIP_FLAGS) $(TORCH)
	@$(PEERS_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --require-hashes -r requirements/peers.txt
	@$(PEERS_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: demo
demo: $(READY) ## build a world with a hidden campaign, scan it, leave demo/scan/report.html
	@$(BIN)/stillwatch demo --out demo

.PHONY: test
test: $(READY) ## the default tests, two files at a time
	@# Two processes of tests leave no core to the threads of a library, which then wait for each other.
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

.PHONY: test-decisions
test-decisions: $(READY) ## the store of cases and the console, two files at a time
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile \
		-m "decisions and not slow and not postgres and not oidc and not browser"

.PHONY: check
check: lint types imports docs-check test test-decisions ## everything that a change must pass

.PHONY: lint
lint: $(READY) ## ruff: rules and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: types
types: $(READY) ## mypy, strict, for the Python at hand (its stubs differ)
	@$(BIN)/mypy --python-version $$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')

.PHONY: imports
imports: $(READY) ## import-linter: imports go down only
	@$(BIN)/lint-imports

ISLANDS_READY := islands/node_modules/.ready
$(ISLANDS_READY): islands/package.json islands/package-lock.json
	@if ! command -v npm >/dev/null; then echo "npm is not installed (Debian: apt install npm)" >&2; exit 1; fi
	@npm ci --prefix islands --no-audit --no-fund --silent
	@touch $@

.PHONY: islands
islands: $(ISLANDS_READY) ## check the types of what a browser draws by itself, and build it into the console (needs Node)
	@islands/node_modules/.bin/tsc -p islands
	@cd islands && node_modules/.bin/esbuild graph.ts --bundle --minify --format=iife --target=es2022 --legal-comments=none \
		--log-level=warning --outfile=$(or $(ISLANDS_OUT),../src/stillwatch/console/assets)/graph.js

.PHONY: islands-check
islands-check: ## fail where the console carries another build than its source makes
	@$(MAKE) --no-print-directory islands ISLANDS_OUT=$(CURDIR)/islands/node_modules/.built
	@cmp islands/node_modules/.built/graph.js src/stillwatch/console/assets/graph.js || \
		{ echo "src/stillwatch/console/assets/graph.js is out of date; run make islands" >&2; exit 1; }

.PHONY: docs
docs: $(READY) ## write the reference pages again
	@$(BIN)/python docs/generate.py

.PHONY: screenshots
screenshots: $(READY) ## take the pictures of the console again (needs demo/scan and Chromium)
	@$(BIN)/python docs/screenshots.py demo/scan

.PHONY: docs-check
docs-check: $(READY) ## fail where a reference page is out of date
	@$(BIN)/python docs/generate.py --check

.PHONY: test-slow
test-slow: $(READY) ## the tests that take minutes
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m "slow and not spark and not postgres"

.PHONY: test-litellm
test-litellm: $(READY) $(LITELLM_READY) ## scan what a real LiteLLM proxy logged
	@LITELLM_PYTHON=$(CURDIR)/$(LITELLM_VENV)/bin/python $(BIN)/python -m pytest -m litellm tests/real

.PHONY: test-postgres
test-postgres: $(READY) ## spend logs and cases on a real PostgreSQL server, started for the test
	@PATH="$$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1):$$PATH"; export PATH; \
	if ! command -v initdb >/dev/null; then echo "PostgreSQL is not installed (Debian: apt install postgresql)" >&2; exit 1; fi; \
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "postgres and not slow" tests/ingest tests/cases

.PHONY: test-postgres-slow
test-postgres-slow: $(READY) ## the same, with many processes that write and are killed (minutes)
	@PATH="$$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1):$$PATH"; export PATH; \
	if ! command -v initdb >/dev/null; then echo "PostgreSQL is not installed (Debian: apt install postgresql)" >&2; exit 1; fi; \
	$(BIN)/python -m pytest -m "postgres and slow" tests/cases

.PHONY: test-browser
test-browser: $(READY) ## the console as it is served, in a real Chromium: keys, axe, narrow windows, a whole case
	@if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then echo "Chromium is not installed (Debian: apt install chromium)" >&2; exit 1; fi
	@$(BIN)/python -m pytest -m browser tests/served

OIDC_FOLDER := .oidc-provider

.PHONY: test-oidc
test-oidc: $(READY) ## sign in by way of a real OpenID Connect provider (needs Node 20 or newer, and npm)
	@if ! command -v npm >/dev/null; then echo "npm is not installed (Debian: apt install npm)" >&2; exit 1; fi
	@mkdir -p $(OIDC_FOLDER) && cp requirements/oidc/package.json requirements/oidc/package-lock.json $(OIDC_FOLDER)
	@npm ci --prefix $(OIDC_FOLDER) --no-audit --no-fund --silent
	@OIDC_PROVIDER=$(CURDIR)/$(OIDC_FOLDER) $(BIN)/python -m pytest -m oidc tests/console

.PHONY: test-spark
test-spark: $(SPARK_READY) ## the second engine on a Spark cluster of two executors, started for the test (needs Java 17 or 21)
	@if ! command -v java >/dev/null && [ -z "$$JAVA_HOME" ]; then echo "Java is not installed (Debian: apt install openjdk-17-jre-headless)" >&2; exit 1; fi
	@$(SPARK_VENV)/bin/python -m pytest -m "spark and not slow" tests/engine tests/ingest tests/journeys

.PHONY: test-spark-large
test-spark-large: $(SPARK_READY) ## half a million exchanges with hot keys, scanned by both engines (about ten minutes)
	@$(SPARK_VENV)/bin/python -m pytest -m "spark and slow" tests/journeys

SEED ?= 1

.PHONY: bench-real
bench-real: $(READY) ## PARTS=folder [SEED=1]: the real-parts world, scanned and measured
	@test -n "$(PARTS)" || { echo "Name a folder of real parts: make bench-real PARTS=folder" >&2; exit 2; }
	@rm -rf $(OUT)/real
	$(BIN)/stillwatch lab build --preset real-parts --parts $(PARTS) --seed $(SEED) --out $(OUT)/real/world
	$(BIN)/stillwatch scan $(OUT)/real/world/exchanges --accounts $(OUT)/real/world/accounts.parquet --out $(OUT)/real/scan
	$(BIN)/stillwatch lab measure $(OUT)/real/scan $(OUT)/real/world

SEEDS ?= 11 12 13 14 15

.PHONY: bench-worlds
bench-worlds: $(READY) ## [PARTS=folder] [SEEDS="11 12 …"]: worlds of several seeds, scanned and measured
	@$(BIN)/python benchmarks/worlds.py $(if $(PARTS),--parts $(PARTS)) --seeds $(SEEDS)

.PHONY: bench-detect
bench-detect: $(READY) $(PEERS_READY) ## [PARTS=folder] [SEEDS="11 12 …"] [ONLY="natural early …"]: the detection table (many hours)
	@nice -n 5 $(BIN)/python -m benchmarks.detect $(if $(PARTS),--parts $(PARTS)) --seeds $(SEEDS) $(if $(ONLY),--only $(ONLY)) \
		--out benchmarks/results/detect --page docs/reference/detection.md --peers-python $(PEERS_VENV)/bin/python

SIZE ?= s

.PHONY: bench-scale
bench-scale: $(READY) ## SIZE=s|m|l [PARTS=folder] [TEXTS=none] [WORLD=folder] [THROW_AWAY=1] [MEMORY_LIMIT=4GB]: the published campaign at that size, scanned and measured
	@$(BIN)/python benchmarks/scale.py $(SIZE) $(if $(PARTS),--parts $(PARTS)) $(if $(TEXTS),--texts $(TEXTS)) \
		$(if $(WORLD),--world $(WORLD)) $(if $(THROW_AWAY),--throw-away) \
		$(if $(MEMORY_LIMIT),--memory-limit $(MEMORY_LIMIT)) --seed $(or $(SCALE_SEED),51)

.PHONY: bench-spark
bench-spark: $(SPARK_READY) ## SIZE=xs|s|m|l: the same scan on Spark, on this machine with one core, for what a row costs (needs Java 17 or 21)
	@STILLWATCH_ENGINE__SPARK_MASTER='local[1]' $(SPARK_VENV)/bin/python benchmarks/scale.py $(SIZE) --engine spark \
		$(if $(WORLD),--world $(WORLD)) --seed $(or $(SCALE_SEED),51)

.PHONY: bench-console
bench-console: $(READY) ## the console's pages over 1,000 campaigns, one of 25,000 members
	@$(BIN)/python benchmarks/console.py

.PHONY: bench-sketching
bench-sketching: $(PEERS_READY) ## the kernel, datasketch and rensa on the same 200,000 prompts, and a whole scan of them
	@$(PEERS_VENV)/bin/python benchmarks/sketching.py

.PHONY: bench-capabilities
bench-capabilities: $(READY) ## PARTS=folder: the capability classifier on prompts it has not seen
	@test -n "$(PARTS)" || { echo "Name a folder of real parts: make bench-capabilities PARTS=folder" >&2; exit 2; }
	$(BIN)/python benchmarks/capabilities.py $(PARTS)/prompts.parquet $(wildcard $(PARTS)/dialogues.parquet)

.PHONY: bench-windows
bench-windows: $(PEERS_READY) ## PARTS=folder: the window test beside MMD over sentence embeddings (about an hour on one core)
	@test -n "$(PARTS)" || { echo "Name a folder of real parts: make bench-windows PARTS=folder" >&2; exit 2; }
	@mkdir -p $(OUT)
	@OPENBLAS_NUM_THREADS=1 $(PEERS_VENV)/bin/python benchmarks/windows.py $(PARTS)/prompts.parquet \
		--embeddings $(OUT)/embeddings.npy

.PHONY: bench-templates
bench-templates: $(READY) ## PARTS=folder: templates of real prompts told apart by their frames
	@test -n "$(PARTS)" || { echo "Name a folder of real parts: make bench-templates PARTS=folder" >&2; exit 2; }
	$(BIN)/python benchmarks/templates.py $(PARTS)/prompts.parquet

.PHONY: lock
lock: ## resolve the requirement files again (needs uv)
	@$(call lock_one,base,)
	@$(call lock_one,dev,--group dev)
	@$(call lock_one,s3,--extra s3)
	@$(call lock_one,gcs,--extra gcs)
	@$(call lock_one,azure,--extra azure)
	@$(call lock_one,spark,--extra spark)
	@$(call lock_one,peers,--group peers --no-emit-package torch $(addprefix --no-emit-package ,$(TORCH_PARTS)))

TORCH := torch==2.13.0
# What the default build of torch brings along on Linux, and other builds do not.
TORCH_PARTS := cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti nvidia-cuda-nvrtc \
	nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver nvidia-cusparse \
	nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx triton

# uv keeps the versions that a file already pins; delete the file, or pass LOCK_FLAGS=--upgrade, for newer ones.
lock_one = $(LOCK) $(LOCK_FLAGS) $(2) -o requirements/$(1).txt && \
	echo '\# Made by `make lock`: uv pip compile pyproject.toml $(2); do not edit.' >> requirements/$(1).txt

.PHONY: clean
clean: ## remove environments, caches and results
	rm -rf $(OIDC_FOLDER) islands/node_modules $(VENV) $(LITELLM_VENV) $(SPARK_VENV) $(PEERS_VENV) demo $(OUT) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests docs benchmarks -name __pycache__ -type d -exec rm -rf {} +
