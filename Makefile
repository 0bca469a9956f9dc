# Python 3.11 or later, pip and make are all that is needed. PYTHON chooses the interpreter: make PYTHON=python3.12 test
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PACKAGES := bot console handlers schedules reports channels storage surveys
# Each stamp says what the environment holds, so that a second call installs nothing.
MADE := $(VENV)/.made
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev
UPGRADE ?=
PYTEST_ARGS ?=
ON_SERVER ?= tests/handlers tests/storage tests/schedules tests/scenarios/test_season_s1.py
# Tests are run beside each other, each file by one worker: half of their time is spent waiting for real servers.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(2 * (os.cpu_count() or 1))')
BESIDE := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
# They make thousands of small databases, and each commit waits for its disk. A file system in memory takes them as well:
# what a killed process had written stays there too.
TEST_FOLDER ?= $(shell scripts/test-folder)
PYTEST := TMPDIR=$(TEST_FOLDER) $(BIN)/python -m pytest

.PHONY: demo test test-postgresql check soak bench lock clean help

help:
	@echo "make demo    try Soundings on invented people; nothing leaves this machine"
	@echo "make test    run the tests"
	@echo "make test-postgresql   the tests of storing and sending once more, on PostgreSQL"
	@echo "make check   style, types, layers and documentation"
	@echo "make soak    the tests that take too long for every day"
	@echo "make bench   speed, as ratios to a bare baseline"
	@echo "make lock    renew the lock files (UPGRADE=--upgrade takes newer versions)"
	@echo "make clean   remove the environment and everything built"

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Soundings needs Python 3.11 or later; $(PYTHON) is `$(PYTHON) --version 2>&1`. Try: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNTIME): requirements.lock pyproject.toml $(MADE)
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml $(MADE)
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(RUNTIME)

demo: $(RUNTIME)
	$(BIN)/soundings demo

test: $(DEV)
	@scripts/install-system-packages --missing || true
	$(PYTEST) $(BESIDE) $(PYTEST_ARGS)

# The parts that ask most of the database, once more with what they store on a PostgreSQL server.
test-postgresql: $(DEV)
	$(PYTEST) $(BESIDE) --database postgresql $(ON_SERVER) $(PYTEST_ARGS)

check: $(DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/docs $(PYTEST_ARGS)

soak: $(DEV)
	$(BIN)/python -m pytest -m soak --timeout 3600 $(PYTEST_ARGS)

bench: $(DEV)
	$(BIN)/python -m tests.bench

lock:
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/python -m pip --disable-pip-version-check install --quiet 'uv>=0.5'
	.lock-venv/bin/python scripts/lock.py $(UPGRADE)

clean:
	rm -rf $(VENV) .lock-venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find $(PACKAGES) tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
