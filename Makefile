# Bare `make` lists the targets. Only python3 (3.11 to 3.13) with venv and make are needed.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo test fast check audit bench bench-full pictures lock docs clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: .venv/.installed  ## build .venv from requirements.lock

demo: setup  ## make the sample company, load it, compute every metric, show the scorecard
	$(BIN)/goalkeeper demo --workspace demo

test: setup  ## the whole test suite, checks included
	$(BIN)/python -m pytest -n 2 --dist worksteal

fast: setup  ## the quick part of the tests (under a minute)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow and not browser"

check: setup  ## format, lint, types, import layers, generated docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m goalkeeper.bench.docs --check

audit: setup  ## look the pinned libraries up among known vulnerabilities
	-$(PYTHON) -m venv .venv/audit && .venv/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/python -m goalkeeper.bench.audit .venv/audit/bin/pip-audit

bench: setup  ## measure speed as ratios in one run
	$(BIN)/python -m goalkeeper.bench

bench-full: setup  ## the same up to ten million tickets (20 minutes, 10 GB), written to docs/performance.md
	$(BIN)/python -m goalkeeper.bench --full

pictures: setup  ## take the README's pictures of the sample company's pages
	$(BIN)/python -m goalkeeper.bench.pictures

lock: setup  ## pin the dependencies anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --extra dev pyproject.toml -o requirements.lock

docs: setup  ## write the generated documents
	$(BIN)/python -m goalkeeper.bench.docs

clean:  ## remove what the targets made
	rm -rf .venv demo build dist
