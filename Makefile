# One command per wish. Everything is installed into .venv and nowhere else.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SECONDS ?= 60
JOBS ?= 3
STATE ?=
ONLY ?=
SIZE ?=

help: ## Show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## Make .venv from the lock file, hashes checked

# The old .venv goes first: a half-made one must never pass for a whole one.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 …"; exit 1; }
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

demo: setup ## Plant, platform and agent on this machine: make demo [SECONDS=60] [STATE=DIR]
	@$(BIN)/edge-agent demo config/plants/demo.yaml --seconds $(SECONDS) $(if $(STATE),--state "$(STATE)")

# Most tests wait for something, so there are more jobs than cores. Hundreds of agents and devices are started
# as processes of their own: compiled modules are kept, in .venv, whatever the user has set.
test: setup lint ## Lint, types, import contracts and all tests: make test [JOBS=3]
	env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX="$(CURDIR)/$(VENV)/pycache" $(BIN)/pytest -n $(JOBS) --dist worksteal -m "not soak and not alone"
	env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX="$(CURDIR)/$(VENV)/pycache" $(BIN)/pytest -m alone

lint: setup ## ruff, mypy --strict and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: setup ## Long faults; every line cut, delayed and corrupted in turn: make soak [SECONDS=600]
	SOAK_SECONDS=$(SECONDS) $(BIN)/pytest -m soak --timeout 900 -o addopts="--strict-markers --strict-config -ra"

bench: setup ## Speed and size, as ratios within one run: make bench [ONLY=NAME] [SIZE=GB]
	$(BIN)/python -m benchmarks $(ONLY) $(if $(SIZE),--size $(SIZE))

docs: setup ## Write docs/supported-devices.md, which is made of the profiles
	$(BIN)/python -m tests.docs.supported_devices > docs/supported-devices.md

lock: ## Renew requirements.lock (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" -o requirements.lock

.PHONY: help setup demo test lint soak bench docs lock
