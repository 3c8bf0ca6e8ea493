# Everything runs in .venv, which is made once and again only when the requirements change.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# Tests that start, kill and measure processes have the machine to themselves; they wait more than
# they work.
PROCESSES := fitness_project/tests/e2e
ENGINE := fitness_project/database/tests
FAULTS := fitness_project/tests/faults
FUZZ := fitness_project/tests/fuzz
# Of one call and phase.
FUZZ_EXAMPLES ?= 250
# How long `make soak` loads the service.
SECONDS ?= 600

.PHONY: run test test-faults check fuzz bench soak format lock

run: $(READY)  ## Serve on http://127.0.0.1:8000 until Ctrl-C
	@exec $(BIN)/python manage.py serve

test: $(READY)  ## All tests but faults and fuzz, on all cores
	$(BIN)/python -m pytest -n auto --ignore=$(PROCESSES) --ignore=$(ENGINE) --ignore=$(FAULTS) --ignore=$(FUZZ)
	$(BIN)/python -m pytest -n 3 $(PROCESSES) $(ENGINE)

test-faults: $(READY)  ## Kill, stop, hang and fill whatever can be, under load
	$(BIN)/python -m pytest $(FAULTS)

check: $(READY)  ## The whole gate
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(MAKE) test

fuzz: $(READY)  ## Ten thousand generated requests and more
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(BIN)/python -m pytest -n auto -rP $(FUZZ)

bench: $(READY)  ## Figures of every call, on a fresh database
	$(BIN)/python bench/run.py

soak: $(READY)  ## Every call, by many users, for ten minutes or SECONDS=
	$(BIN)/python bench/soak.py $(SECONDS)

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY)  ## Pin the newest releases that requirements*.in allow
	$(BIN)/pip-compile --quiet --strip-extras --upgrade --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host requirements.in
	$(BIN)/pip-compile --quiet --strip-extras --upgrade --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host requirements-dev.in

$(READY): requirements.txt requirements-dev.txt
	@echo "Setting up $(VENV): this happens once, and again when the requirements change"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12")'
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
