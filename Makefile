# What one does here. `make demo` and `make test` need nothing but Python 3.11 and make.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.PHONY: demo demo-reset setup setup-run needs test prove bench lint types unit screenshots translations reference pin clean

demo: $(VENV)/.run  ## Install, fill the demonstration organisation and serve it on PORT
	@$(BIN)/competency demo --port $(PORT)

demo-reset: $(VENV)/.run  ## The same, starting over
	@$(BIN)/competency demo --port $(PORT) --reset

setup: $(VENV)/.dev  ## Install everything that developing needs

$(BIN)/python:
	@tools/make-venv $(PYTHON) $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run

needs:  ## What the tests need of the system: Chromium, PostgreSQL, poppler
	@tools/system-needs

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

translations: $(VENV)/.dev  ## Collect the messages of code and templates into the catalogues
	tools/collect-messages

reference: $(VENV)/.dev  ## Write docs/fields.md and the JSON Schemas from the code
	$(BIN)/python -m tools.field_reference

test: $(VENV)/.dev needs lint  ## Everything but the long proofs
	$(BIN)/python build_translations.py
	$(BIN)/pytest -n $(WORKERS)

prove: $(VENV)/.dev needs  ## The long proofs: kills, races, mutations
	$(BIN)/python build_translations.py
	$(BIN)/pytest -m slow -n $(WORKERS) --timeout 3600

bench: $(VENV)/.dev needs  ## Ratios against bare floors, in one run
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.dev needs  ## Make the pictures of the README again
	$(BIN)/python -m tools.screenshots

pin: $(VENV)/.dev  ## Pin every dependency with its hashes
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --extra build --output-file requirements/run.txt pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --extra build --extra dev --output-file requirements/dev.txt pyproject.toml

clean:
	rm -rf $(VENV) instance dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
