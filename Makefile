# Needs Python 3.11 and make, nothing else. `make run` starts the portal; `make help` lists the rest.

PYTHON ?= $(shell for each in python3.11 python3; do \
	$$each -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& { command -v $$each; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
DEMO ?= $(or $(shell sed -n 's/^DEMO=//p' .env 2>/dev/null),1)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	--root-user-action=ignore --require-hashes

export DEMO
.PHONY: help run test check lint oracle crash bench vendor pictures shape
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

run: $(VENV)/run.stamp ## install what is needed, start web, worker and beat; Ctrl-C stops them
	@exec $(BIN)/python manage.py up

test: $(VENV)/dev.stamp ## all tests, on SQLite and on a private PostgreSQL and Redis
	@$(BIN)/python -m scripts.test

lint: $(VENV)/dev.stamp ## style, types, import contracts, migrations, settings, API schema
	@$(BIN)/python -m scripts.lint

check: lint test ## what has to pass before a change is taken

oracle: $(VENV)/dev.stamp ## a thousand rotas over a year against the slow oracle (takes half an hour)
	@ORACLE_ROTAS=1000 $(BIN)/python -m pytest -n 2 tests/oncall/test_oracle.py

crash: $(VENV)/dev.stamp ## kills before every read too, not only where it leaves another world (ten minutes)
	@EVERY_READ=1 $(BIN)/python -m pytest -n 2 tests/crash

bench: $(VENV)/dev.stamp ## the figures Rollcall promises, each beside its limit of the same run
	@$(BIN)/python -m benchmarks

vendor: $(VENV)/dev.stamp ## the browser's libraries anew from npm, byte for byte (needs Node.js)
	@$(BIN)/python -m scripts.vendoring

pictures: $(VENV)/dev.stamp ## the README's pictures, from a running demonstration
	@$(BIN)/python -m scripts.pictures

shape: $(VENV)/dev.stamp ## sizes of files and functions, types, tests to code, beside their aims
	@$(BIN)/python -m scripts.shape

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 was not found; set PYTHON to it" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
	echo "This Python has no venv module (Debian: apt-get install python3.11-venv)" >&2; exit 1; }

$(VENV)/run.stamp: requirements.txt | $(VENV)/bin/python
	@echo "Installing $$(grep -c == requirements.txt) packages (once, about half a minute)"
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing $$(grep -c == requirements-dev.txt) packages for development (once)"
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp
