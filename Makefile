# Two commands on a fresh machine: `make demo` and `make test`. Needed: Python 3.11 or newer with venv, and a network
# for the first run. Everything that is made lies in .venv, .data and out; `make clean` removes it.

PYTHON  ?=
PG      ?=
TESTS   ?= tests
WORKERS ?= 2
ROUNDS  ?= 20
ARGS    ?=

VENV   := .venv/bin/python
PYTEST := $(VENV) -m pytest -q
CRASH  := $(addprefix tests/properties/test_,crash.py collecting_crash.py interleavings.py holds_prop.py)
export ABONO_TEST_PG_BIN = $(PG)

.NOTPARALLEL:
.PHONY: help demo test check mission bench crash lock wheels clean run-environment test-environment

help:
	@echo 'make demo                  five invented sellers, six months of billing, the books checked'
	@echo 'make test                  all tests      PG=<folder with other PostgreSQL programs> TESTS=tests/rules WORKERS=2'
	@echo 'make check                 format, lint, strict types, import contracts'
	@echo 'make mission               which parts of the mission hold, as a table'
	@echo 'make bench                 how fast it is, as ratios'
	@echo 'make crash ROUNDS=20       kill it at random, pay while it suspends, again and again, and check the books'
	@echo 'make lock                  lock the requirements anew'
	@echo 'make wheels                how much make demo downloads'
	@echo 'make clean                 stop the embedded server and remove all that was made, its data too'
	@echo 'PYTHON=<python3.12>        another Python;  ABONO_DATA=<folder>  another place for the data'

demo: run-environment
	@.venv/bin/abono demo $(ARGS)

test: test-environment
	@if [ -n "$(PG)" ] && [ ! -x "$(PG)/postgres" ]; then echo 'PG=$(PG): there is no program postgres'; exit 2; fi
	@$(PYTEST) -n $(WORKERS) $(TESTS) $(ARGS)

check: test-environment
	@failed=; \
	$(VENV) -m ruff format --check . || failed="$$failed format"; \
	$(VENV) -m ruff check . || failed="$$failed lint"; \
	$(VENV) -m mypy || failed="$$failed types"; \
	$(VENV) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' || failed="$$failed imports"; \
	[ -z "$$failed" ] || { echo "make check failed:$$failed"; exit 1; }

mission: test-environment
	@$(PYTEST) tests/mission --mission-table $(ARGS)

bench: run-environment
	@$(VENV) bench/run.py $(ARGS)

crash: test-environment
	@ABONO_CRASH_ROUNDS=$(ROUNDS) $(PYTEST) $(CRASH) $(ARGS)

lock:
	@scripts/lock.sh '$(PYTHON)'

wheels: run-environment
	@rm -rf out/wheels
	@$(VENV) -m pip download -q --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: \
	  -r requirements/run.txt -d out/wheels
	@$(VENV) scripts/wheels.py out/wheels 150

clean:
	@scripts/clean.sh '$(PYTHON)'

run-environment:
	@scripts/environment.sh run '$(PYTHON)'

test-environment:
	@scripts/environment.sh test '$(PYTHON)'
