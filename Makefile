# Thin on purpose: each word calls one tool. Everything sets up what it needs, once.
PYTHON ?= python3
BIN := .venv/bin
# Two processes; which file goes where is decided in tests/conftest.py.
PYTEST_ARGS ?= -n 2 --no-loadscope-reorder

# The fictional demonstration is what a newcomer runs; production never shows it.
ifneq ($(LMS_ENV),production)
export LMS_DEMO ?= 1
endif

.DEFAULT_GOAL := help
.PHONY: help setup run test check format lint bench faults scan lock clean

help:  ## what can be asked for
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup:  ## virtual environment, dependencies, assets, translations (for run)
	@$(PYTHON) tools/setup.py run

run: setup  ## the application with its demonstration; HOST, PORT and LMS_DATA change where
	@exec $(BIN)/lms serve

test:  ## all tests, on SQLite and PostgreSQL, with a real browser; PYTEST_ARGS to choose
	@$(PYTHON) tools/setup.py test
	@LMS_DEMO= $(BIN)/pytest $(PYTEST_ARGS)

check: lint test  ## lint, then all tests

format:  ## bring the code to the house's format
	@$(PYTHON) tools/setup.py test
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint:  ## format, style, types, import contracts, sizes, translations, docs/permissions.md
	@$(PYTHON) tools/setup.py test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r lms certificates
	$(BIN)/python tools/translations.py check
	@LMS_DEMO= $(BIN)/pytest -q tests/foundation/test_sizes.py tests/foundation/test_permissions_page.py

bench:  ## speed, as ratios measured in one run
	@$(PYTHON) tools/setup.py test
	@LMS_DEMO= $(BIN)/python -m bench

# So many kills, and 300 certificates for each: 20 are 6,000.
FAULTS ?= 20
faults:  ## the long version of the tests that kill processes; FAULTS (20) says how long
	@$(PYTHON) tools/setup.py test
	@LMS_DEMO= FAULTS=$(FAULTS) $(BIN)/pytest -n 0 tests/faults tests/issuance/test_rendering.py

scan:  ## scanners against the running demonstration, half an hour (docs/security.md)
	@$(PYTHON) tools/setup.py run
	@LMS_DEMO= $(BIN)/python tools/scan.py

lock:  ## pin dependencies anew: Python by hash, npm by integrity
	@$(PYTHON) tools/setup.py test
	@for name in runtime dev; do \
	  CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --upgrade --allow-unsafe \
	    --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links \
	    --no-emit-trusted-host --output-file requirements/$$name.txt requirements/$$name.in \
	    || exit 1; done
	@cd frontend && npm update --package-lock-only --ignore-scripts

clean:  ## remove what set-up made (never data: that is the folder LMS_DATA)
	@rm -rf .venv frontend/node_modules static/vendor
	@find static -name '*.br' -delete -o -name '*.gz' -delete
	@find translations -name '*.mo' -delete
