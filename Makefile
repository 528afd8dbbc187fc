# Each target creates what it needs; `make run` and `make test` are all the set-up there is.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= runs/aleppo_2016
MEMBERS ?= 200
CASES ?= ../shared/cases/flee

.PHONY: run test test-all results bench lint schema docs linkcheck notebooks clean
.DELETE_ON_ERROR:

.venv/.run: pyproject.toml
	@test -d .venv || $(PYTHON) -m venv .venv
	@echo "Installing displacement into .venv (first time only)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.dev: pyproject.toml
	@test -d .venv || $(PYTHON) -m venv .venv
	@echo "Installing displacement and the tools for its development into .venv (first time only)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,lint,docs]'
	@touch .venv/.run $@

run: .venv/.run     ## simulate Aleppo, February 2016, and say where the charts are
	@$(BIN)/displacement run scenarios/aleppo_2016 --out $(OUT) --members $(MEMBERS) --force

test: .venv/.dev    ## the suite that a developer waits for
	@$(BIN)/python -m pytest -n 2

test-all: .venv/.dev  ## what CI runs beyond `test`: laws 1,000 or 2,000 times, rivals 200 times, slow tests
	@HYPOTHESIS_PROFILE=ci $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "law or often or slow" tests

results: .venv/.dev ## scores on historic conflicts in Flee's format: make results CASES=folder
	@$(BIN)/python docs/make_results.py $(CASES)

bench: .venv/.dev   ## ratios, never bare seconds
	@for question in benchmarks/bench_*.py; do $(BIN)/python $$question || exit 1; done

lint: .venv/.dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

schema: .venv/.dev  ## what editors know of scenario.toml, from the code (a test says when it is out of date)
	@$(BIN)/python -m displacement.io.schema

notebooks: .venv/.dev  ## each from top to bottom (`make docs` runs them too, and stops at an error)
	@$(BIN)/python -m pytest -n 2 --nbmake --nbmake-timeout=60 notebooks

docs: .venv/.dev
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html && echo "docs/_build/html/index.html"

linkcheck: .venv/.dev  ## for maintainers, with a network: do links to elsewhere still lead somewhere? (`make docs` checks the others)
	@$(BIN)/sphinx-build -q --keep-going -b linkcheck docs docs/_build/linkcheck; cat docs/_build/linkcheck/output.txt

clean:
	rm -rf .venv runs docs/_build build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
