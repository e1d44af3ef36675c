PYTHON ?= python3
BIN := .venv/bin
EVAL ?= ../shared/eval

.PHONY: run test test-quick test-faults test-second-emulator lint eval bench lock

run: .venv/installed  ## build the index when it is missing or stale, then Telegram (with a token) or the terminal
	@$(BIN)/chiedi run

test: .venv/installed
	$(BIN)/python -m pytest

test-quick: .venv/installed  ## the inner loop: what needs no model and no bot process
	$(BIN)/python -m pytest -q tests/index tests/bot/replies tests/bot/state tests/test_architecture.py -m 'not model and not faults'

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

lock:  ## write the versions that a fresh installation takes today, with their hashes; needs uv for these
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install --quiet uv torch==2.13.0
	build/lock/bin/pip install --quiet -e '.[plot]' --group dev
	build/lock/bin/pip freeze --exclude-editable --exclude torch --exclude uv > build/lock/pins.txt
	build/lock/bin/uv pip compile --quiet --no-deps --generate-hashes --no-header --no-annotate build/lock/pins.txt -o requirements.lock

.venv/installed: pyproject.toml requirements.lock deploy/install.py
	@$(PYTHON) deploy/install.py .venv
	@touch $@
