# `make` alone prints this list. Python 3.11 or newer, make and git are all that must be there.
PYTHON ?= python3
PYTHON310 ?= python3.10
BIN := .venv/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

help:
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

.venv/run: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what is pinned in requirements.lock ..."
	@$(INSTALL) --require-hashes --requirement requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements-dev.lock .venv/run
	@echo "Installing what is pinned in requirements-dev.lock ..."
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock
	@touch $@

run: .venv/run ## a bot on localhost: web chat, SQLite, no accounts
	@$(BIN)/bot serve

chat: .venv/run ## the same bot in this terminal
	@$(BIN)/bot chat

check: .venv/dev ## format, lint, types, arrows, content, docs: under a minute, before each commit
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(BIN)/bot content check
	@$(BIN)/bot docs --check

test: .venv/dev ## everything: checks, then all tests on SQLite, PostgreSQL and a real browser
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest

fix: .venv/dev ## format and what ruff can repair
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

golden: .venv/dev ## rewrite transcripts, show the diff
	@$(BIN)/pytest -q tests/transcripts --golden ; git diff --stat tests/transcripts

content: .venv/run ## check data/ and show each fault with file and line
	@$(BIN)/bot content check

evaluate: .venv/run ## understanding on the development sets
	@$(BIN)/bot nlu evaluate tests/understanding/development*.jsonl

understanding: .venv/run ## the page docs/understanding.md, measured anew: a minute or two
	@$(BIN)/bot nlu report

bench: .venv/dev ## turns a second and latency, into tests/bench/RESULTS.md
	@$(BIN)/python tests/bench/turn.py
	@$(BIN)/python -m tests.bench.webhook

# Rasa 3.6 runs on no newer Python than 3.10, so it has an environment of its own.
var/rasa/venv/ready: bot/rasa/requirements.lock
	@$(PYTHON310) -c pass 2>/dev/null || { echo "make rasa needs python3.10, the newest that Rasa\
	 3.6 runs on, and finds none: install it, or say PYTHON310=/where/it/is"; exit 1; }
	@echo "Installing what is pinned in bot/rasa/requirements.lock, 2.5 GB ..."
	@$(PYTHON310) -m venv --clear var/rasa/venv
	@var/rasa/venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

rasa: .venv/dev var/rasa/venv/ready ## Rasa beside our own model, half an hour: contract and bench
	@$(BIN)/python -m tests.bench.rasa

docs: .venv/run ## pages that are generated from the code
	@$(BIN)/bot docs

lock: ## renew the lock files (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --group build --group dev pyproject.toml -o requirements-dev.lock
	echo 'rasa==3.6.21' | uv pip compile -q --generate-hashes --no-header --no-annotate --python-version 3.10 - -o bot/rasa/requirements.lock

.PHONY: help run chat check test fix golden content evaluate understanding bench rasa docs lock
