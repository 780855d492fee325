# Everything runs in .venv, made from requirements.lock; PYTHON names the interpreter it is made with.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: repro test oulad bench lint docs

repro: $(BIN)/ready       ## run the pipeline on the simulated company, and say where the list is
	@dvc repro
	@churnrisk show

test: $(BIN)/ready        ## all tests; what needs Chromium says so when it is left out
	@pytest

oulad: $(BIN)/ready       ## run the pipeline on the Open University's real data: make oulad DATA=folder
	@test -n "$(DATA)" || { echo "say where the data lie: make oulad DATA=folder (see examples/oulad/README.md)"; exit 2; }
	@cd examples/oulad && OULAD_DATA="$(abspath $(DATA))" dvc repro
	@churnrisk show --workspace examples/oulad

lint: $(BIN)/ready        ## style, types, import floors, docs
	@ruff check
	@ruff format --check
	@mypy
	@lint-imports
	@churnrisk docs --check

docs: $(BIN)/ready        ## write the generated pages of docs/
	@churnrisk docs

$(BIN)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || \
		{ echo "Python 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -m venv .venv
	@echo "installing the packages of requirements.lock into .venv (a few minutes, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
