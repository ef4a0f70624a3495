# What can be done here. `make` alone tells.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lock benchmark clean

ZONE ?= zones/etown
PORT ?= 8000

help: ## say what can be done here
	@echo "Milepost: what can be done here"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name what; do printf '  make %-10s %s\n' "$$name" "$$what"; done

setup: ## prepare .venv, so that .venv/bin/milepost works (nothing else is touched)
	@scripts/prepare-venv

demo: setup ## judge the plan of Beijing E-Town and serve its site (PORT=8000)
	@.venv/bin/milepost walk $(ZONE)
	@echo "Trying past chances against what came true, for the scoreboard (about half a minute) ..."
	@.venv/bin/milepost backtest $(ZONE) >/dev/null
	@.venv/bin/milepost serve $(ZONE) --port $(PORT)

test: ## prepare what tests need (Chromium and fonts too, where it may) and run all of them
	@scripts/prepare-tests
	.venv/bin/python -m pytest -rs -n auto --maxprocesses=4 --dist loadfile

check: ## the quick gate: format, lint, types, import laws, doctests, fast tests
	@scripts/prepare-venv --dev
	@scripts/check

format: ## put the code in order, as the gate wants it
	@scripts/prepare-venv --dev
	@.venv/bin/ruff check --fix --quiet . && .venv/bin/ruff format .

lock: ## resolve the dependencies again and write both lock files (needs uv)
	@scripts/lock

benchmark: ## time and memory of a walk beside the plain alternative
	@scripts/prepare-venv --dev
	@.venv/bin/python benchmarks/walk.py

clean: ## remove .venv and the tools' caches (never a zone's data)
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
