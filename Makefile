# The host's Python makes the environment; everything below runs inside it.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

.PHONY: test lint matrix bench calibrate samples goldens dist clean

test: $(VENV)/ready
	$(RUN) -m pytest $(ARGS)

lint: $(VENV)/ready
	$(RUN) -m ruff check scripts tests

matrix: $(VENV)/ready
	$(RUN) tests/matrix.py

bench: $(VENV)/ready
	$(RUN) tests/bench.py

calibrate: $(VENV)/ready
	$(RUN) tests/calibrate.py

samples: $(VENV)/ready
	$(RUN) tests/make_samples.py
	$(RUN) tests/make_references.py

goldens: $(VENV)/ready
	$(RUN) -m pytest tests/test_goldens.py --update-goldens
	$(RUN) tests/make_readme.py

# Needs no packages: what is committed, git and a Python.
dist:
	$(PYTHON) tests/make_dist.py

clean:
	rm -rf $(VENV) .pytest_cache .hypothesis .ruff_cache

$(VENV)/ready: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
