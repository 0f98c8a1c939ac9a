# Parallax. `make demo` plays an incident, `make test` runs all tests; both run `make setup` first.
# FAULT=<id>[+<id>|+look-alike:<id>] | FAULT=none | CASE=<file> | JSON=1 go with `make demo`.
.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help setup demo up down faults test check checkov fmt unit coverage lab end-to-end container pages build lock record bench bench-accuracy bench-worlds bench-strangers bench-cost chaos chaos-lab load mutation fuzz docs site release-dry-run
FAULT ?= lb-health-check-wrong-port
FAULTS ?= smoke
RUNS ?= 1
SEED ?= 1
PART ?= story
SAMPLE ?= 0
TIMING ?= tests
INPUTS ?= 1000000
MINUTES ?= 10
CASE ?= lab/cases/keybuzz.yaml
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := true

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[36m%-15s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing into .venv and .tools
	@tools/setup $(if $(JSON),>&2)

demo: setup ## play an incident until its mail (FAULT=, CASE=, JSON=1)
	@exec $(PY) -m lab.demo play --fault "$(FAULT)" --case "$(CASE)" $(if $(JSON),--json)

up: setup ## keep lab, emulator, functions and agents running (CASE=)
	@$(PY) -m lab.demo up --case "$(CASE)"

down: ## stop what `make up` started
	@$(PY) -m lab.demo down

faults: setup ## list the faults that `make demo FAULT=` can play
	@$(PY) -m lab faults --case "$(CASE)"

test: setup check unit lab end-to-end container pages release-dry-run ## run all checks and tests, as CI does

check: setup ## check format, lint, types, imports, template, lock
	@tools/check

checkov: setup ## hold template, Dockerfile, chart and workflows against checkov
	@tools/checkov

fmt: setup ## format the code
	@ruff format -q . && ruff check -q --fix .

unit: setup ## run unit and property tests
	@$(PY) -m pytest -q -n 2 --dist loadfile -m "not lab and not container and not browser" --cov --cov-report=term:skip-covered tests

coverage: setup ## run the unit tests and count branches too (slower)
	@COVERAGE_CORE=ctrace $(PY) -m pytest -q -n 2 --dist loadfile -m "not lab and not container and not browser" --cov --cov-branch --cov-report=term:skip-covered tests

lab: setup ## run the lab's tests on real servers
	@$(PY) -m pytest -q -m "lab" tests/lab

end-to-end: setup build ## play faults end to end (FAULTS=smoke|all|ids, RUNS=n)
	@PARALLAX_FAULTS="$(FAULTS)" PARALLAX_RUNS="$(RUNS)" PARALLAX_TIMING="$(TIMING)" $(PY) -m lab.demo run --case "$(CASE)" -- $(PY) -m pytest -q -m lab tests/end_to_end

container: setup build ## test functions and agent image in Docker containers
	@tools/container $(PY) -m pytest -q -m container tests/functions tests/agent/container

pages: setup ## test the pages in Debian's Chromium, with axe
	@tools/browser
	@$(PY) -m pytest -q -m browser tests/browser

build: setup ## build the functions and the layer with SAM
	@sam build >/dev/null 2>.aws-sam-build.log || { cat .aws-sam-build.log; exit 1; }; rm -f .aws-sam-build.log

record: setup ## play every fault and save its snapshot in events/diagnose/
	@$(PY) -m lab.demo record --case "$(CASE)"

docs: setup ## generate pages of docs/ and parts of the chart
	@$(PY) -m tools.handbook
	@$(PY) -m tools.interfaces
	@$(PY) -m tools.chart

site: setup ## build the documentation's site in .site/html
	@$(PY) -m tools.site && echo "open .site/html/index.html"

release-dry-run: setup ## write a release's files into .release, publish nothing
	@$(PY) -m tools.release files .release

fuzz: setup ## send damaged inputs (INPUTS=, ENTRY=, SEED=, REPLAY=)
	@nice -n 10 $(PY) -m fuzz --inputs $(INPUTS) --seed $(SEED) $(if $(ENTRY),--entry "$(ENTRY)") $(if $(REPLAY),--replay "$(REPLAY)")

load: setup ## run ingest and the prober at ten times their rate (MINUTES=)
	@nice -n 5 $(PY) -m load --minutes "$(MINUTES)" --seed "$(SEED)" --write

lock: setup ## pin all requirements as of the date in pyproject.toml
	@tools/lock

bench: setup ## measure speed, also against other probes (docs/benchmarks.md)
	@$(PY) -m bench

bench-accuracy: setup ## measure how often the cause is right (docs/accuracy.md)
	@$(PY) -m bench.accuracy --holdout
	@$(PY) -m bench.week

bench-worlds: setup ## measure on public reports and by topology (docs/accuracy-*.md)
	@$(PY) -m bench.worlds --write
	@$(PY) -m bench.dimensions --write

bench-strangers: setup ## judge a public data set's clone (DATA=<clone>)
	@$(PY) -m bench.public_data $(if $(DATA),"$(DATA)")

bench-cost: setup ## count what a month costs (docs/cost.md)
	@$(PY) -m bench.cost

chaos: setup ## inject 10,000 faults into the handlers (SEED=)
	@nice -n 10 $(PY) -m chaos --seed "$(SEED)" --write

chaos-lab: setup build ## inject 200 faults into emulator and lab (SEED=)
	@$(PY) -m lab.demo run --case "$(CASE)" -- $(PY) -m chaos.stage --seed "$(SEED)"

mutation: setup ## count the changes that tests notice (PART=, SAMPLE=, SEED=)
	@.tools/uv/bin/uv sync --quiet --inexact --group mutation
	@nice -n 19 $(PY) -m tools.mutation "$(PART)" --sample "$(SAMPLE)" --seed "$(SEED)"
