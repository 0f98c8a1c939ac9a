# Parallax. `make demo` shows the main job, `make test` proves it; both set themselves up.
# FAULT=<id>[+<id>|+oddity:<name>] | FAULT=none | CASE=<file> | JSON=1 go with `make demo`.
.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help setup demo up down faults test check fmt unit lab end-to-end container build lock record bench bench-accuracy docs
FAULT ?= lb-health-check-wrong-port
FAULTS ?= smoke
RUNS ?= 1
CASE ?= lab/cases/keybuzz.yaml
PY := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.tools/bin:$(PATH)
export SAM_CLI_TELEMETRY := 0
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := true

help: ## show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install what is missing, saying what and why
	@tools/setup $(if $(JSON),>&2)

demo: setup ## the incident, live: outside red, inside green, the cause, the mail (FAULT=, CASE=, JSON=1)
	@exec $(PY) -m lab.demo play --fault "$(FAULT)" --case "$(CASE)" $(if $(JSON),--json)

up: setup ## keep lab, emulator, functions and agents running for work on them (CASE=)
	@$(PY) -m lab.demo up --case "$(CASE)"

down: ## end what `make up` started
	@$(PY) -m lab.demo down

faults: setup ## list the faults that `make demo FAULT=` knows
	@$(PY) -m lab faults --case "$(CASE)"

test: setup check unit lab end-to-end container ## everything that CI runs

check: setup ## format, lint, types, import walls, template, lock
	@tools/check

fmt: setup ## format the code
	@ruff format -q . && ruff check -q --fix .

unit: setup ## unit and property tests, the recorded captures
	@$(PY) -m pytest -q -n 2 --dist loadfile -m "not lab and not container" --cov --cov-report=term:skip-covered tests

lab: setup ## the lab's own tests, on the real servers
	@$(PY) -m pytest -q -m "lab" tests/lab

end-to-end: setup build ## health and a fault of each hop through queue and topic (FAULTS=all|ids, RUNS=n)
	@PARALLAX_FAULTS="$(FAULTS)" PARALLAX_RUNS="$(RUNS)" $(PY) -m lab.demo run --case "$(CASE)" -- $(PY) -m pytest -q -m lab tests/end_to_end

container: setup build ## `sam local invoke` and the agent's image, in real containers
	@tools/container $(PY) -m pytest -q -m container tests/functions tests/agent/container

build: setup ## build the functions and the layer with SAM
	@sam build >/dev/null 2>.aws-sam-build.log || { cat .aws-sam-build.log; exit 1; }; rm -f .aws-sam-build.log

record: setup ## play every fault and save its snapshot in events/diagnose/
	@$(PY) -m lab.demo record --case "$(CASE)"

docs: setup ## write docs/causes.md and its pictures anew from the causes
	@$(PY) -m tools.handbook

lock: setup ## write the pinned requirements anew from the date in pyproject.toml
	@tools/lock

bench: setup ## what a judgement and the agent cost in a large cluster; docs/benchmarks.md
	@$(PY) -m bench.speed

bench-accuracy: setup ## how often class and cause are right: recorded, drawn, held out; docs/accuracy.md
	@$(PY) -m bench.accuracy --holdout
	@$(PY) -m bench.week
