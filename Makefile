# Two commands do all: `make run` and `make test`. Each makes the virtual environment first, once.
# The README gives the same commands for Windows, without make.

PYTHON ?= python3
DATASET ?= demo
STAGE ?= workspace
ONLY ?=
SAFEGUARDS ?=
BIN := .venv/bin
export OMP_NUM_THREADS := 1
export PYTHONHASHSEED := 0

.DEFAULT_GOAL := help

# The lock is complete, so nothing is resolved (--no-deps): a resolver would ask the index again about an extra such as
# coverage[toml] and take a newer release than the lock holds. `pip check` afterwards says whether it was complete.
# Bytecode is written here, once: where PYTHONDONTWRITEBYTECODE is set, every kernel would compile all modules anew.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] < (3, 14) else "Python 3.11, 3.12 or 3.13 is needed, this is " + sys.version.split()[0] + ". Set PYTHON=python3.12, say.")'
	@echo "Setting up .venv (about two minutes, once) ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --compile --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@$(BIN)/python -m pip check || { echo "The environment holds what the lock does not: remove .venv and start again." >&2; exit 1; }
	@$(BIN)/python -m compileall -q rcommerce_helpers
	@touch .venv/ready

.PHONY: help setup run test safeguards nightly lab check format bench lock sbom glossary clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:[^#]*## /\t/' | awk -F'\t' '{printf "make %-10s %s\n", $$1, $$2}'

setup: .venv/ready  ## make the environment only

run: .venv/ready  ## all stages on the default data set (DATASET=name or sources.toml), report at the end
	@$(BIN)/rcommerce run --dataset $(DATASET)

test: .venv/ready  ## all tests, in random order, two at a time
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

safeguards: .venv/ready  ## take every safeguard out in a copy, see its test fail (SAFEGUARDS="--rooms patterns")
	@$(BIN)/python -m tests.safeguards $(SAFEGUARDS)

nightly: .venv/ready  ## what takes too long for every change: all safeguards, the tests marked nightly, coverage
	@$(BIN)/python -m tests.safeguards
	@$(BIN)/python -m pytest -m nightly
	@$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered

lab: .venv/ready  ## JupyterLab on this machine only, the tour open
	@$(BIN)/rcommerce lab

check: .venv/ready  ## style, types, layers, declared packages, glossary, notebooks without outputs
	@$(BIN)/ruff check rcommerce_helpers notebooks tests benchmarks
	@$(BIN)/ruff format --check rcommerce_helpers notebooks tests benchmarks
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry rcommerce_helpers notebooks
	@$(BIN)/deptry tests tests/*/ benchmarks --exclude '[.]venv' --ignore DEP002,DEP004
	@$(BIN)/python -m pytest -p no:randomly -q tests/test_house_rules.py

format: .venv/ready  ## put code and notebooks into shape
	@$(BIN)/ruff check --fix rcommerce_helpers notebooks tests benchmarks
	@$(BIN)/ruff format rcommerce_helpers notebooks tests benchmarks

bench: .venv/ready  ## benchmarks: STAGE=workspace|demo|..., ONLY=name
	@$(BIN)/python -m benchmarks $(STAGE) $(ONLY)

lock: .venv/ready  ## resolve pyproject.toml into requirements.lock (hashes, extras, no addresses); keeps what still fits
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --extra dev --generate-hashes --universal -p 3.11 --no-strip-extras --no-emit-index-url --no-header --quiet -o requirements.lock

sbom: .venv/ready  ## software bill of materials (CycloneDX) of what is installed: sbom.json, licences checked
	@$(BIN)/cyclonedx-py environment .venv --gather-license-texts --output-reproducible --of JSON -o sbom.json
	@$(BIN)/python tests/setup/licences.py sbom.json

glossary: .venv/ready  ## write docs/glossary.md from the schema
	@$(BIN)/python -c 'from pathlib import Path; from rcommerce_helpers.schema import TABLES, write_glossary; write_glossary(TABLES.values(), Path("docs/glossary.md"))'

clean:  ## remove runs and caches, keep the environment
	@if [ -d runs ]; then chmod -R u+rwX runs; fi
	@rm -rf runs .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
