PYTHON ?= python3
BIN := .venv/bin
EVAL ?= ../shared/eval

.PHONY: run test test-faults test-second-emulator lint eval bench lock

run: .venv/installed  ## build the index when it is missing or stale, then Telegram (with a token) or the terminal
	@$(BIN)/chiedi run

test: .venv/installed
	$(BIN)/python -m pytest

test-faults: .venv/installed  ## the fault table in full length
	$(BIN)/python -m pytest -m faults

test-second-emulator: .venv/installed  ## the basic conversation against an emulator that nobody here wrote (needs node and npm)
	npm --prefix tests/second_emulator install --no-audit --no-fund --no-package-lock
	$(BIN)/python -m pytest tests/second_emulator/conversation.py

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: .venv/installed
	EVAL=$(EVAL) $(BIN)/python -m bench quality --table

bench: .venv/installed
	$(BIN)/python -m bench

lock:  ## write the versions that a fresh installation takes today
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet --upgrade pip
	build/lock/bin/pip install --quiet torch==2.13.0
	build/lock/bin/pip install --quiet -e '.[plot]' --group dev
	build/lock/bin/pip freeze --exclude-editable | sed 's/+cpu//' > requirements.lock

.venv/installed: pyproject.toml requirements.lock
	@echo "Installing Chiedi into .venv (once; some minutes) ..." >&2
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.lock -e . >&2
	@touch $@
