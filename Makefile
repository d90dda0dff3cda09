# `make chat` is the main door: it sets up what is missing, builds the store and opens the page.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
PORT ?= 8501

.PHONY: setup chat test check format bench vectors clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: set PYTHON to where it is"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)
	@echo "Set up. Ask: $(BIN)/policy-assistant ask \"How many people's genomes make bulk data?\""

chat: setup
	$(BIN)/policy-assistant ingest --if-needed
	$(BIN)/policy-assistant serve --port $(PORT)

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup
	$(BIN)/policy-assistant eval speed

# Vectors of the restatements, after a change in corpus/restatements.
vectors: setup
	$(BIN)/policy-assistant ingest --write-vectors

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache dist
