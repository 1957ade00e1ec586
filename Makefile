# Each target sets up what it needs; a second run finds it there and is quick.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test lint format bench lock clean help
.DEFAULT_GOAL := help

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/run.stamp ## set everything up and serve the page with the demo lesson (ARGS="--port 9000")
	@$(BIN)/python run.py serve $(ARGS)

test: $(VENV)/test.stamp ## set everything up, a browser included, and run every check
	@setup/browser.sh
	@setup/npm.sh
	@$(MAKE) --no-print-directory lint
ifeq ($(ARGS),)
	$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder -m "not alone"
	$(BIN)/python -m pytest -m alone
else
	$(BIN)/python -m pytest $(ARGS)
endif

lint: $(VENV)/test.stamp ## ruff, mypy --strict, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/mypy & types=$$!; $(BIN)/lint-imports; rooms=$$?; wait $$types && exit $$rooms

format: $(VENV)/test.stamp ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/test.stamp ## every measurement of bench/, side by side
	@set -e; for file in $$(grep -l '^def main(' bench/*.py); do echo "== $$file"; $(BIN)/python "$$file" $(ARGS); done

lock: $(VENV)/test.stamp ## pin the dependencies of pyproject.toml anew, with hashes
	@setup/lock.sh

clean: ## forget everything that was set up, fetched or made (lessons and results stay)
	rm -rf $(VENV) .cache artifacts models/*.pb .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/run.stamp: requirements/run.txt setup/python.sh
	@setup/python.sh $(VENV) requirements/run.txt "$(PYTHON)"
	@touch $@

$(VENV)/test.stamp: requirements/test.txt setup/python.sh
	@setup/python.sh $(VENV) requirements/test.txt "$(PYTHON)"
	@touch $@ $(VENV)/run.stamp
