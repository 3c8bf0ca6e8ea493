# Everything runs in .venv, which install.py makes and keeps up to date with the requirements: what
# serving needs for `make run`, the developers' tools too for the other commands.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
RUN := $(VENV)/ready-run
DEV := $(VENV)/ready-dev
# Tests that start, kill and measure processes run apart from the others, because they mostly wait.
PROCESSES := fitness_project/tests/e2e
ENGINE := fitness_project/database/tests
FAULTS := fitness_project/tests/faults
FUZZ := fitness_project/tests/fuzz
BROWSER := fitness_project/tests/browser
CLIENTS := clients
GENERATED := $(CLIENTS)/generated
TOOLS := $(CLIENTS)/.tools
WITH_TOOLS := PATH="$(CURDIR)/$(TOOLS)/bin:$$PATH"
# How many requests `make fuzz` generates for each call and phase.
FUZZ_EXAMPLES ?= 250
# How many seconds `make soak` loads the service.
SECONDS ?= 600

.PHONY: run test test-faults test-browser test-clients test-own-clients test-generated-clients types coverage check fuzz bench bench-scale soak examples format lock

run: $(RUN)  ## Serve on http://127.0.0.1:8000 until Ctrl-C
	@exec $(BIN)/python manage.py serve

test: $(DEV)  ## Run all tests except faults, fuzz, browser and clients, on all cores
	$(PYTEST) -n auto --ignore=$(PROCESSES) --ignore=$(ENGINE) \
		--ignore=$(FAULTS) --ignore=$(FUZZ) --ignore=$(BROWSER) --ignore=$(CLIENTS)
	$(PYTEST) -n 3 $(PROCESSES) $(ENGINE)

test-faults: $(DEV)  ## Kill, stop, hang and fill everything under load
	$(PYTEST) $(FAULTS)

test-browser: $(DEV)  ## Use the admin, the docs and the other pages in Chromium
	$(PYTEST) $(BROWSER)

test-clients: test-own-clients test-generated-clients  ## Run clients of the API against a real service

test-own-clients: $(DEV) $(TOOLS)/ready  ## The TypeScript client, and the walk in Python
	$(WITH_TOOLS) $(PYTEST) $(CLIENTS)/tests

test-generated-clients: $(DEV) $(TOOLS)/ready  ## Those that generators make of the schema
	$(WITH_TOOLS) $(PYTEST) $(GENERATED)/tests

# In an environment of their own, Node and Java included: the service needs none of this.
$(TOOLS)/ready: $(CLIENTS)/requirements.txt $(GENERATED)/package-lock.json
	$(PYTHON) -m venv --clear $(TOOLS)
	$(TOOLS)/bin/python -m pip install --quiet --no-deps --requirement $<
	cd $(GENERATED) && $(WITH_TOOLS) npm ci --silent
	@touch $@

types: $(DEV)  ## mypy
	$(BIN)/mypy

coverage: $(DEV)  ## Run `make test`, and report the lines that it doesn't reach
	$(BIN)/coverage erase
	$(MAKE) test PYTEST="$(BIN)/coverage run -m pytest"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(DEV)  ## Run every check, and the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/deptry .
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(MAKE) coverage

fuzz: $(DEV)  ## Send more than ten thousand generated requests
	FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PYTEST) -n auto -rP $(FUZZ)

bench: $(DEV)  ## Measure every call, on a fresh database
	$(BIN)/python bench/run.py

bench-scale: $(DEV)  ## Measure single requests on a database with a million sessions
	$(BIN)/python bench/scale.py

soak: $(DEV)  ## Make every call, as many users, for ten minutes or SECONDS=
	$(BIN)/python bench/soak.py $(SECONDS)

examples: $(DEV)  ## Record the examples in the docs anew
	WRITE_EXAMPLES=1 $(PYTEST) fitness_project/tests/test_examples.py

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(DEV)  ## Pin the newest releases that requirements*.in allow
	@$(PYTHON) install.py lock

$(RUN) $(DEV): install.py requirements.txt requirements-embedded.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.12")'
	@$(PYTHON) install.py $(@:$(VENV)/ready-%=%)
$(DEV): requirements-dev.txt

# The Python that .venv was made with may be gone.
ifeq ($(realpath $(BIN)/python),)
.PHONY: $(RUN) $(DEV)
endif
