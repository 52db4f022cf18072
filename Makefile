# Everything a checkout needs: a Python of 3.11 to 3.13, make, and a package index that pip is configured for.
# `make help` lists the targets. The first target that needs it makes the environment in .venv; later ones reuse it.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
INSTALLED := $(VENV)/.installed
DOCS_VENV := .venv-docs
WHEEL_VENV := .venv-wheel
LITELLM_VENV := .venv-litellm
EXPORTERS_VENV := .venv-exporters
EXPORTERS_FOLDER := .exporters
SPARK_VENV := .venv-spark
PEERS_VENV := .venv-peers
OIDC_FOLDER := .oidc-provider
ISLANDS_READY := islands/node_modules/.ready
SITE := build/site
OUT ?= bench
UV ?= uv
PYTEST := OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest
# By file, since files share costly fixtures. Two processes of tests leave no core to the threads of a library.
IN_TWO := -n 2 --dist loadfile

##@ Begin here

.PHONY: demo
demo: $(READY) ## set everything up, find the campaign hidden in a made-up log, leave demo/scan/report.html
	@$(BIN)/stillwatch demo --out demo

.PHONY: test
test: $(READY) ## all tests that need nothing but Python, in two processes (under five minutes)
	@$(PYTEST) $(IN_TWO)

.PHONY: check
check: lint types imports docs-check test ## what every change must pass: rules, types, layers, reference pages, tests

##@ Parts of make check

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

.PHONY: docs-check
docs-check: $(READY) ## fail where a reference page is out of date
	@$(BIN)/python docs/generate.py --check

.PHONY: test-decisions
test-decisions: $(READY) ## of make test: cases, their commands and the console alone
	@$(PYTEST) $(IN_TWO) -m "decisions and not slow and not postgres and not oidc and not browser"

##@ Tests that take longer or need more than Python

.PHONY: test-slow
test-slow: $(READY) ## the tests that take minutes
	@$(PYTEST) $(IN_TWO) -m "slow and not spark and not postgres"

.PHONY: test-wheel
test-wheel: $(READY) $(WHEEL_VENV)/.ready ## build the wheel, install it into an empty environment, run the demo from an empty folder
	@rm -rf build/dist
	@$(BIN)/python -m hatchling build -d build/dist
	@$(call pip_install,$(WHEEL_VENV),--force-reinstall --no-deps build/dist/*.whl,the wheel)
	@STILLWATCH_DIST=build/dist STILLWATCH_PYTHON=$(WHEEL_VENV)/bin/python $(PYTEST) -m wheel tests/wheel

.PHONY: test-litellm
test-litellm: $(READY) $(LITELLM_VENV)/.ready ## scan what a real LiteLLM proxy logged
	@LITELLM_PYTHON=$(CURDIR)/$(LITELLM_VENV)/bin/python $(PYTEST) -m litellm tests/real

.PHONY: test-exporters
test-exporters: $(READY) $(EXPORTERS_VENV)/.ready $(EXPORTERS_FOLDER)/.ready ## read what real SDKs and exporters write (needs Node 20 or newer, and npm)
	@EXPORTERS_PYTHON=$(CURDIR)/$(EXPORTERS_VENV)/bin/python EXPORTERS_NODE=$(CURDIR)/$(EXPORTERS_FOLDER) \
		$(PYTEST) -m exporters tests/exporters

.PHONY: test-postgres
test-postgres: $(READY) ## spend logs and cases on a real PostgreSQL server, started for the test
	@$(with_postgres) && $(PYTEST) $(IN_TWO) -m "postgres and not slow" tests/ingest tests/cases

.PHONY: test-postgres-slow
test-postgres-slow: $(READY) ## the same server, with many processes that write and are killed (minutes)
	@$(with_postgres) && $(PYTEST) -m "postgres and slow" tests/cases

.PHONY: test-oidc
test-oidc: $(READY) ## sign in through a real OpenID Connect provider (needs Node 20 or newer, and npm)
	@$(need_node)
	@mkdir -p $(OIDC_FOLDER) && cp requirements/oidc/package.json requirements/oidc/package-lock.json $(OIDC_FOLDER)
	@$(call npm_install,$(OIDC_FOLDER),requirements/oidc)
	@OIDC_PROVIDER=$(CURDIR)/$(OIDC_FOLDER) $(PYTEST) -m oidc tests/console

.PHONY: test-browser
test-browser: $(READY) ## the console in a real Chromium: keys, accessibility, narrow windows, a whole case
	@$(need_chromium)
	@$(PYTEST) -m browser tests/served

.PHONY: test-spark
test-spark: $(SPARK_VENV)/.ready ## the second engine on a Spark cluster of two executors, started for the test (needs Java 17 or 21)
	@$(need_java)
	@$(SPARK_VENV)/bin/python -m pytest -m "spark and not slow" tests/engine tests/ingest tests/journeys

.PHONY: test-spark-large
test-spark-large: $(SPARK_VENV)/.ready ## half a million exchanges with hot keys, scanned by both engines (about ten minutes)
	@$(need_java)
	@$(SPARK_VENV)/bin/python -m pytest -m "spark and slow" tests/journeys

##@ Documentation

.PHONY: docs
docs: $(READY) ## write the reference pages again
	@$(BIN)/python docs/generate.py

.PHONY: docs-serve
docs-serve: $(DOCS_VENV)/.ready ## show docs/ as a site on this machine, built again at each change
	@$(DOCS_VENV)/bin/zensical serve

.PHONY: docs-build
docs-build: $(DOCS_VENV)/.ready ## build the site into build/site; a warning, a dead link or a file from elsewhere fails
	@rm -rf $(SITE)
	@NO_COLOR=1 $(DOCS_VENV)/bin/zensical build --clean --strict || \
		{ echo "The site has warnings, each listed above with its page and line; in strict mode they are errors." >&2; exit 1; }
	@$(DOCS_VENV)/bin/python docs/check_site.py $(SITE)

.PHONY: screenshots
screenshots: $(READY) ## take the pictures of the console again (needs demo/scan and Chromium)
	@$(need_chromium)
	@test -d demo/scan || { echo "The pictures are of the demo's scan, which is missing: make demo" >&2; exit 1; }
	@$(BIN)/python docs/screenshots.py demo/scan

##@ Browser code

.PHONY: islands
islands: $(ISLANDS_READY) ## check the types of islands/ and build it into the console (needs Node 20 or newer, and npm)
	@islands/node_modules/.bin/tsc -p islands
	@cd islands && node_modules/.bin/esbuild graph.ts --bundle --minify --format=iife --target=es2022 --legal-comments=none \
		--log-level=warning --outfile=$(or $(ISLANDS_OUT),../src/stillwatch/console/assets)/graph.js

.PHONY: islands-check
islands-check: ## fail where the console carries another build than its source makes
	@$(MAKE) --no-print-directory islands ISLANDS_OUT=$(CURDIR)/islands/node_modules/.built
	@cmp islands/node_modules/.built/graph.js src/stillwatch/console/assets/graph.js || \
		{ echo "src/stillwatch/console/assets/graph.js is out of date; run make islands" >&2; exit 1; }

##@ Measurements

SEED ?= 1

.PHONY: bench-real
bench-real: $(READY) ## PARTS=folder [SEED=1]: the real-parts world, scanned and measured
	@$(need_parts)
	@rm -rf $(OUT)/real
	$(BIN)/stillwatch lab build --preset real-parts --parts $(PARTS) --seed $(SEED) --out $(OUT)/real/world
	$(BIN)/stillwatch scan $(OUT)/real/world/exchanges --accounts $(OUT)/real/world/accounts.parquet --out $(OUT)/real/scan
	$(BIN)/stillwatch lab measure $(OUT)/real/scan $(OUT)/real/world

SEEDS ?= 11 12 13 14 15

.PHONY: bench-worlds
bench-worlds: $(READY) ## [PARTS=folder] [SEEDS="11 12 …"]: worlds of several seeds, scanned and measured
	@$(BIN)/python benchmarks/worlds.py $(if $(PARTS),--parts $(PARTS)) --seeds $(SEEDS)

.PHONY: bench-detect
bench-detect: $(READY) $(PEERS_VENV)/.ready ## [PARTS=folder] [SEEDS="11 12 …"] [ONLY="natural early …"]: the detection table (many hours)
	@nice -n 5 $(BIN)/python -m benchmarks.detect $(if $(PARTS),--parts $(PARTS)) --seeds $(SEEDS) $(if $(ONLY),--only $(ONLY)) \
		--out benchmarks/results/detect --page docs/reference/detection.md --peers-python $(PEERS_VENV)/bin/python

SIZE ?= s

.PHONY: bench-scale
bench-scale: $(READY) ## SIZE=s|m|l [PARTS=folder] [TEXTS=none] [WORLD=folder] [THROW_AWAY=1] [MEMORY_LIMIT=4GB]: the published campaign at that size, scanned and measured
	@$(BIN)/python benchmarks/scale.py $(SIZE) $(if $(PARTS),--parts $(PARTS)) $(if $(TEXTS),--texts $(TEXTS)) \
		$(if $(WORLD),--world $(WORLD)) $(if $(THROW_AWAY),--throw-away) \
		$(if $(MEMORY_LIMIT),--memory-limit $(MEMORY_LIMIT)) --seed $(or $(SCALE_SEED),51)

.PHONY: bench-spark
bench-spark: $(SPARK_VENV)/.ready ## SIZE=xs|s|m|l: the same scan on Spark, on this machine with one core, for what a row costs (needs Java 17 or 21)
	@$(need_java)
	@STILLWATCH_ENGINE__SPARK_MASTER='local[1]' $(SPARK_VENV)/bin/python benchmarks/scale.py $(SIZE) --engine spark \
		$(if $(WORLD),--world $(WORLD)) --seed $(or $(SCALE_SEED),51)

JOBS ?= 2

.PHONY: bench-strangers
bench-strangers: $(READY) ## [SEEDS="11 12 …"] [AUTHORS="cedar …"] [HABITS="plain …"] [KINDS="alone …"] [ONLY="crowd …"] [JOBS=2] [OUT=folder] [PAGE=1]: the bars and the calibration on worlds of other authors (hours)
	@cd benchmarks && nice -n 5 ../$(BIN)/python -m strangers --seeds $(SEEDS) $(if $(AUTHORS),--authors $(AUTHORS)) \
		$(if $(HABITS),--habits $(HABITS)) $(if $(KINDS),--kinds $(KINDS)) $(if $(ONLY),--only $(ONLY)) --jobs $(JOBS) \
		--out $(abspath $(OUT))/strangers.jsonl $(if $(PAGE),--page ../docs/reference/strangers.md)

WORLDS ?= 500

.PHONY: bench-open
bench-open: $(READY) ## [WORLDS=500] [AUTHORS="cedar …"] [JOBS=2] [OUT=folder] [PAGE=1]: how many of that many small worlds without a campaign have anything above watch
	@cd benchmarks && nice -n 5 ../$(BIN)/python -m strangers.open_worlds --worlds $(WORLDS) \
		$(if $(AUTHORS),--authors $(AUTHORS)) --jobs $(JOBS) \
		--out $(abspath $(OUT))/open-worlds.jsonl $(if $(PAGE),--page ../docs/reference/strangers.md)

.PHONY: bench-ask
bench-ask: $(READY) ## [MOST=8]: experiments of `case ask` over simulated groups: wrong standings, undecided, asked on average
	@$(BIN)/python benchmarks/asking.py $(if $(MOST),--most $(MOST))

.PHONY: bench-files
bench-files: $(READY) ## [FILES=10000]: the same rows from one file, from one file per row, and with a million accounts beside them
	@$(BIN)/python benchmarks/files.py $(if $(FILES),--files $(FILES))

.PHONY: bench-console
bench-console: $(READY) ## the console's pages over 1,000 campaigns, one of 25,000 members
	@$(BIN)/python benchmarks/console.py

.PHONY: bench-sketching
bench-sketching: $(PEERS_VENV)/.ready ## the kernel, datasketch and rensa on the same 200,000 prompts, and a whole scan of them
	@$(PEERS_VENV)/bin/python benchmarks/sketching.py

.PHONY: bench-capabilities
bench-capabilities: $(READY) ## PARTS=folder: the capability classifier on prompts it has not seen
	@$(need_parts)
	$(BIN)/python benchmarks/capabilities.py $(PARTS)/prompts.parquet $(wildcard $(PARTS)/dialogues.parquet)

.PHONY: bench-windows
bench-windows: $(PEERS_VENV)/.ready ## PARTS=folder: the window test beside MMD over sentence embeddings (about an hour on one core)
	@$(need_parts)
	@mkdir -p $(OUT)
	@OPENBLAS_NUM_THREADS=1 $(PEERS_VENV)/bin/python benchmarks/windows.py $(PARTS)/prompts.parquet \
		--embeddings $(OUT)/embeddings.npy

.PHONY: bench-templates
bench-templates: $(READY) ## PARTS=folder: templates of real prompts told apart by their frames
	@$(need_parts)
	$(BIN)/python benchmarks/templates.py $(PARTS)/prompts.parquet

##@ Upkeep

.PHONY: help
help: ## list the targets
	@echo 'Each target makes what it needs. After the first one the command is .venv/bin/stillwatch.'
	@awk '/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z][a-z-]*:.*## / { name = $$0; sub(/:.*/, "", name); sub(/.*## /, ""); printf "  %-20s %s\n", name, $$0 }' \
		$(MAKEFILE_LIST)

.PHONY: lock
lock: ## resolve the requirement files again (needs uv)
	@$(call need,$(UV),uv,pipx && pipx install uv)
	@$(call lock_one,base,pyproject.toml)
	@$(call lock_one,dev,pyproject.toml --group dev)
	@$(call lock_one,docs,--group docs)
	@$(call lock_one,s3,pyproject.toml --extra s3)
	@$(call lock_one,gcs,pyproject.toml --extra gcs)
	@$(call lock_one,azure,pyproject.toml --extra azure)
	@$(call lock_one,gateway,pyproject.toml --extra gateway)
	@$(call lock_one,spark,pyproject.toml --extra spark)
	@$(call lock_one,peers,pyproject.toml --group peers --no-emit-package torch $(addprefix --no-emit-package ,$(TORCH_PARTS)))

.PHONY: clean
clean: ## remove environments, caches and results
	rm -rf $(OIDC_FOLDER) $(EXPORTERS_FOLDER) $(EXPORTERS_VENV) islands/node_modules $(VENV) $(DOCS_VENV) $(WHEEL_VENV) $(LITELLM_VENV) $(SPARK_VENV) $(PEERS_VENV)
	rm -rf demo $(OUT) dist build .cache .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests docs benchmarks -name __pycache__ -type d -exec rm -rf {} +

# ---- Environments: each is made once from its requirement file and marked by a file .ready.

PIP_FLAGS := --disable-pip-version-check --no-input -q
# Requirement files are complete, so they are installed without resolving: in its hash mode pip takes a newer release of
# a package that another one names with an extra (pydantic[email]) for a requirement without a pin.
LOCKED := --no-deps --require-hashes -r
CHECKOUT := --no-deps --no-build-isolation -e .

$(INSTALLED): requirements/dev.txt
	@$(call make_venv,$(VENV))
	@$(call pip_install,$(VENV),$(LOCKED) $<,$<)
	@touch $@

$(READY): $(INSTALLED) pyproject.toml
	@$(call pip_install,$(VENV),$(CHECKOUT),this checkout)
	@touch $@

$(DOCS_VENV)/.ready: requirements/docs.txt
	@$(call make_venv,$(DOCS_VENV))
	@$(call pip_install,$(DOCS_VENV),$(LOCKED) $<,$<)
	@touch $@

$(WHEEL_VENV)/.ready: requirements/base.txt
	@$(call make_venv,$(WHEEL_VENV))
	@$(call pip_install,$(WHEEL_VENV),$(LOCKED) $<,$<)
	@touch $@

$(LITELLM_VENV)/.ready: requirements/litellm.txt
	@$(call make_venv,$(LITELLM_VENV))
	@$(call pip_install,$(LITELLM_VENV),$(LOCKED) $<,$<)
	@touch $@

$(EXPORTERS_VENV)/.ready: requirements/exporters.txt
	@$(call make_venv,$(EXPORTERS_VENV))
	@$(call pip_install,$(EXPORTERS_VENV),$(LOCKED) $<,$<)
	@touch $@

$(EXPORTERS_FOLDER)/.ready: requirements/exporters/package.json requirements/exporters/package-lock.json
	@$(need_node)
	@mkdir -p $(EXPORTERS_FOLDER) && cp $^ $(EXPORTERS_FOLDER)
	@$(call npm_install,$(EXPORTERS_FOLDER) --ignore-scripts,requirements/exporters)
	@touch $@

# Two files, one after the other: a pin that both have is the same in both.
$(SPARK_VENV)/.ready: requirements/dev.txt requirements/spark.txt pyproject.toml
	@$(call make_venv,$(SPARK_VENV))
	@$(call pip_install,$(SPARK_VENV),$(LOCKED) requirements/dev.txt,requirements/dev.txt)
	@$(call pip_install,$(SPARK_VENV),$(LOCKED) requirements/spark.txt,requirements/spark.txt)
	@$(call pip_install,$(SPARK_VENV),$(CHECKOUT),this checkout)
	@touch $@

# torch comes first and by itself: what it needs beside it differs by platform, and so stays out of the lock.
$(PEERS_VENV)/.ready: requirements/peers.txt pyproject.toml
	@$(call make_venv,$(PEERS_VENV))
	@$(call pip_install,$(PEERS_VENV),$(TORCH),$(TORCH))
	@$(call pip_install,$(PEERS_VENV),$(LOCKED) $<,$<)
	@$(call pip_install,$(PEERS_VENV),$(CHECKOUT),this checkout)
	@touch $@

$(ISLANDS_READY): islands/package.json islands/package-lock.json
	@$(need_node)
	@$(call npm_install,islands,islands/package-lock.json)
	@touch $@

TORCH := torch==2.13.0
# What the default build of torch brings along on Linux, and other builds do not.
TORCH_PARTS := cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti nvidia-cuda-nvrtc \
	nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver nvidia-cusparse \
	nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx triton

# uv keeps the versions that a file already pins; delete the file, or pass LOCK_FLAGS=--upgrade, for newer ones.
LOCK := $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --no-header --no-annotate --quiet
lock_one = $(LOCK) $(LOCK_FLAGS) $(2) -o requirements/$(1).txt && \
	echo '\# Made by `make lock`: uv pip compile $(2); do not edit.' >> requirements/$(1).txt

# ---- What may be missing: each check says in one sentence what is missing and what to do.

# The first Python that runs and has the right version. Where PYTHON names one, no other is tried.
find_python = for candidate in $(or $(PYTHON),python3 python3.13 python3.12 python3.11); do \
		if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
		then echo "$$candidate"; exit 0; fi; \
	done; \
	echo "Stillwatch needs Python 3.11, 3.12 or 3.13; $(or $(PYTHON),python3) is not one. Name one: make PYTHON=/path/to/python3.12" >&2; exit 1

# $(call make_venv,FOLDER)
make_venv = python=$$($(find_python)) && rm -rf $(1) && echo "Making $(1) with $$("$$python" --version)" && \
	{ "$$python" -m venv $(1) || { echo "That Python cannot make virtual environments (Debian: apt install python3-venv)." >&2; exit 1; }; }

# $(call pip_install,FOLDER,ARGUMENTS,NAME); pip's own lines say what failed.
pip_install = echo "Installing $(3) into $(1)" && { $(1)/bin/python -m pip install $(PIP_FLAGS) $(2) || \
	{ echo "pip could not install $(3); see above. If it cannot reach its package index, name one that it can: $(1)/bin/python -m pip config set global.index-url URL" >&2; exit 1; }; }

# $(call npm_install,FOLDER,NAME); npm's own lines say what failed.
npm_install = npm ci --prefix $(1) --no-audit --no-fund --loglevel=error --fetch-retry-maxtimeout=10000 || \
	{ echo "npm could not install $(2); see above. If it cannot reach its registry ($$(npm config get registry)), name one that it can: npm config set registry URL" >&2; exit 1; }

# $(call need,COMMANDS,NAME,DEBIAN PACKAGE): one of the commands must be there.
need = (for command in $(1); do command -v "$$command" >/dev/null && exit 0; done; \
	echo "make $@ needs $(2), which is not installed (Debian: apt install $(3))." >&2; exit 1)

need_node = $(call need,node,Node.js,nodejs) && $(call need,npm,npm,npm) && \
	{ node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || \
	{ echo "make $@ needs Node.js 20 or newer; this is $$(node --version)." >&2; exit 1; }; }

need_java = java="$${JAVA_HOME:+$$JAVA_HOME/bin/}java"; $(call need,"$$java",Java,openjdk-17-jre-headless) && \
	version=$$("$$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p') && \
	{ [ "$${version:-0}" -ge 17 ] || { echo "make $@ needs Java 17 or 21; this is Java $${version:-of an unknown version}. JAVA_HOME can name another." >&2; exit 1; }; }

need_chromium = $(call need,chromium chromium-browser google-chrome,Chromium,chromium)

# Debian keeps the programs of the server outside PATH.
POSTGRES ?= /usr/lib/postgresql/*/bin
with_postgres = PATH="$$(ls -d $(POSTGRES) 2>/dev/null | tail -n 1):$$PATH"; export PATH; \
	$(call need,initdb,the PostgreSQL server,postgresql)

need_parts = test -n "$(PARTS)" || { echo "Name a folder of real parts: make $@ PARTS=folder" >&2; exit 2; }
