# Each target sets up what it needs. The second run is quick because everything is there.
SHELL := /bin/bash
# Empty: the newest supported Python. To name one: make PYTHON=python3.12 run
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
# Started as a module, as everything is: a script of .venv/bin fails once the folder was moved.
IMPORT_LINTER := $(BIN)/python -c "from importlinter.cli import lint_imports_command as lint; lint()"

# The tests start some hundred processes; without bytecode each would compile every module anew.
test attacks fuzz reliability: export PYTHONDONTWRITEBYTECODE :=

WITH_SERVERS := tests/browser tests/contracts tests/integration
SIDE_BY_SIDE := $(BIN)/python -m pytest -q --dist loadfile --no-loadscope-reorder --durations 12 --durations-min 5 -m "not alone"

.PHONY: run lan cluster cluster-test test attacks fuzz reliability lint style types format bench lock clean help packages-run packages-test packages-cluster
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: packages-run ## set everything up and serve the page with the demo lesson (ARGS="--port 9000")
	@$(BIN)/python run.py serve $(ARGS)

lan: packages-run ## as run, for phones in the same network: HTTPS, and a QR code to scan
	@$(BIN)/python run.py serve --lan $(ARGS)

cluster: packages-cluster ## as run, with the sessions in processes of their own (ARGS="--workers 8")
	@$(BIN)/python run.py serve --workers 2 $(ARGS)

cluster-test: packages-test packages-cluster ## kill, drain and restart session hosts during lessons (two minutes)
	$(BIN)/python -m pytest -q tests/integration/cluster -s $(ARGS)

test: ## set everything up, a browser included, and run every check
	@setup/for_tests.sh "$(PYTHON)"
ifeq ($(ARGS),)
	@$(BIN)/python -m tests.prepare & films=$$!; $(MAKE) --no-print-directory style; status=$$?; wait $$films && exit $$status
	$(SIDE_BY_SIDE) -n $$($(BIN)/python -m tests.workers browser) tests/browser
	$(SIDE_BY_SIDE) -n $$($(BIN)/python -m tests.workers other) tests/contracts tests/integration
	@setup/checks_beside.sh $(BIN)/python -m pytest --durations 12 --durations-min 5 -m alone $(WITH_SERVERS)
else
	@$(MAKE) --no-print-directory style
	@$(MAKE) --no-print-directory types
	$(BIN)/python -m pytest $(ARGS)
endif

attacks: packages-test ## attack the server and measure what a good learner notices (needs a quiet machine)
	$(BIN)/python -m pytest -q tests/integration/attacks --timed -s $(ARGS)

fuzz: packages-test ## 10,000 changed inputs of each kind (half an hour; ARGS="--kind offers --cases 500 --seed 2")
	$(BIN)/python -m tests.fuzz $(ARGS)

reliability: packages-test ## kill, soak and starve the server (hours; ARGS="soak --minutes 30")
	$(BIN)/python -m tests.reliability $(ARGS)

lint: style types ## ruff, mypy --strict, import contracts

style: packages-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: packages-test
	@$(BIN)/python -m mypy & mypy=$$!; $(IMPORT_LINTER); imports=$$?; wait $$mypy && exit $$imports

format: packages-test ## fix and format the code with ruff
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: packages-test ## run every measurement of bench/
	@set -e; for file in $$(grep -l '^def main(' bench/*.py bench/*/*.py); do echo "== $$file"; $(BIN)/python "$$file" $(ARGS); done

lock: packages-test ## pin the dependencies of pyproject.toml again, with hashes
	@setup/lock.sh

clean: ## remove everything that was set up, fetched or built (lessons and results stay)
	rm -rf $(VENV) .cache artifacts models/*.pb .mypy_cache .ruff_cache .pytest_cache .hypothesis

packages-run packages-test packages-cluster: packages-%:
	@setup/python.sh $* "$(PYTHON)"
